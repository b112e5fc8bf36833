#include "report/fix_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "report/escape.h"
#include "report/shell_place.h"

namespace logfix {
namespace {

const RedactedText* value_of(const Finding& finding, std::string_view name) {
  if (finding.variants.empty()) return nullptr;
  for (const auto& [key, value] : finding.variants.front().captures)
    if (key == name) return &value;
  return nullptr;
}

// The type that a signature of the rule declares for a name; later ones may say less.
CaptureType declared_type(const Rule& rule, std::string_view name) {
  for (const Signature& signature : rule.signatures)
    for (const Capture& capture : signature.captures)
      if (capture.name == name && capture.type != CaptureType::kText) return capture.type;
  return CaptureType::kText;
}

// Nothing if the value can't be put there.
std::optional<std::string> escaped_for(FixTarget target, const RedactedText& value) {
  switch (target) {
    case FixTarget::kProse:
      return for_prose(value);
    case FixTarget::kUnclear:
      return for_unclear(value);
    case FixTarget::kUrl:
      return for_url(value);
    case FixTarget::kShell:
      return for_shell(value);
    case FixTarget::kQuoted:
      return for_bare_shell(value);
    case FixTarget::kNowhere:
      return std::nullopt;
    case FixTarget::kSql:
      return for_sql_identifier(value);
    case FixTarget::kInlineCode:
    case FixTarget::kCode:
      return for_code(value);
  }
  return std::nullopt;
}

std::string substitute(std::string_view placeholder, FixTarget target, const Finding& finding) {
  const std::size_t bar = placeholder.find('|');
  const std::string_view name = trimmed(placeholder.substr(0, bar));
  const RedactedText* value = value_of(finding, name);
  if (value && is_of_type(value->untrusted(), declared_type(*finding.rule, name)))
    if (const auto escaped = escaped_for(target, *value)) return *escaped;
  if (bar != std::string_view::npos) return std::string(trimmed(placeholder.substr(bar + 1)));
  if (target == FixTarget::kProse) return fmt::format("`<{}>`", name);
  if (target == FixTarget::kUrl) return fmt::format("{{{}}}", name);
  return target == FixTarget::kShell ? fmt::format("'<{}>'", name) : fmt::format("<{}>", name);
}

// `{{name|default}}` has a bar of its own.
std::string without_placeholders(std::string_view line) {
  std::string out;
  while (true) {
    const std::size_t begin = line.find("{{"), end = line.find("}}", begin);
    out += line.substr(0, begin);
    if (begin == std::string_view::npos || end == std::string_view::npos) return out;
    line.remove_prefix(end + 2);
  }
}

// In a row of a table, a bar ends the cell, in a code span, too.
std::string without_cell_ends(std::string_view value) {
  std::string out;
  for (char c : value) {
    if (c == '|') out += '\\';
    out += c;
  }
  return out;
}

std::size_t ticks_at(std::string_view line, std::size_t at) {
  return std::min(line.find_first_not_of('`', at), line.size()) - at;
}

// Where the run of exactly `ticks` backticks is that closes a code span.
std::size_t closing_ticks(std::string_view line, std::size_t at, std::size_t ticks) {
  for (at = line.find('`', at); at != std::string_view::npos; at = line.find('`', at)) {
    const std::size_t run = ticks_at(line, at);
    if (run == ticks) break;
    at += run;
  }
  return at;
}

// Prose before a placeholder, without code spans: what the placeholder stands in.
FixTarget target_behind(std::string_view before) {
  const bool is_url = before.substr(before.find_last_of(" \t(<") + 1).find("://") != std::string_view::npos;
  const std::size_t link = before.rfind("](");
  if (link != std::string_view::npos && before.find(')', link) == std::string_view::npos)
    return before.find(' ', link) == std::string_view::npos ? FixTarget::kUrl : FixTarget::kUnclear;
  const std::size_t tag = before.rfind('<');
  const bool is_tag = tag != std::string_view::npos && before.find('>', tag) == std::string_view::npos &&
                      tag + 1 < before.size() && before[tag + 1] != ' ';
  return is_url ? FixTarget::kUrl : is_tag ? FixTarget::kUnclear : FixTarget::kProse;
}

// What stands at `at` of a line of prose. Where a backtick opens a code span that the line doesn't close,
// nothing is clear from there on.
FixTarget target_in_prose(std::string_view line, std::size_t at) {
  std::string before;
  for (std::size_t i = 0; i < at;) {
    if (line[i] == '\\') {
      before += line.substr(i, 2);
      i += 2;
    } else if (line[i] != '`') {
      before += line[i++];
    } else {
      const std::size_t ticks = ticks_at(line, i);
      const std::size_t close = closing_ticks(line, i + ticks, ticks);
      if (close == std::string_view::npos) return FixTarget::kUnclear;
      if (close > at) return FixTarget::kInlineCode;
      i = close + ticks;
    }
  }
  return target_behind(before);
}

FixTarget target_in_shell(std::string_view before) {
  switch (shell_place_behind(before)) {
    case ShellPlace::kArgument: return FixTarget::kShell;
    case ShellPlace::kQuoted: return FixTarget::kQuoted;
    case ShellPlace::kCommand: return FixTarget::kNowhere;
  }
  return FixTarget::kNowhere;
}

// A line of prose, or a row of a table.
std::string fill_prose(std::string_view line, bool is_unclear, const Finding& finding) {
  const bool is_row = without_placeholders(line).find('|') != std::string::npos;
  std::string out;
  for (std::size_t at = 0; at < line.size();) {
    const std::size_t close = line.substr(at).starts_with("{{") ? line.find("}}", at) : std::string_view::npos;
    if (close == std::string_view::npos) {
      out += line[at++];
      continue;
    }
    const FixTarget target = is_unclear ? FixTarget::kUnclear : target_in_prose(line, at);
    const std::string value = substitute(line.substr(at + 2, close - at - 2), target, finding);
    out += is_row ? without_cell_ends(value) : value;
    at = close + 2;
  }
  return out;
}

}  // namespace

FixTarget target_of_fence(std::string_view info) {
  if (info == "bash" || info == "sh" || info == "shell") return FixTarget::kShell;
  return info == "sql" ? FixTarget::kSql : FixTarget::kCode;
}

FilledValue value_for(std::string_view placeholder, const Finding& finding) {
  const std::size_t bar = placeholder.find('|');
  const std::string_view name = trimmed(placeholder.substr(0, bar));
  const RedactedText* value = value_of(finding, name);
  // Asked of prose, so that the same values are refused.
  if (value && is_of_type(value->untrusted(), declared_type(*finding.rule, name)) && for_prose(*value))
    return {std::string(value->untrusted()), FilledValue::Kind::kValue};
  if (bar != std::string_view::npos) return {std::string(trimmed(placeholder.substr(bar + 1))), FilledValue::Kind::kDefault};
  return {fmt::format("<{}>", name), FilledValue::Kind::kMissing};
}

std::string fill_in(std::string_view code, FixTarget target, const Finding& finding) {
  std::string out;
  while (true) {
    const std::size_t begin = code.find("{{");
    const std::size_t end = begin == std::string_view::npos ? begin : code.find("}}", begin);
    if (end == std::string_view::npos) break;
    out += code.substr(0, begin);
    out += substitute(code.substr(begin + 2, end - begin - 2), target == FixTarget::kShell ? target_in_shell(out) : target, finding);
    code.remove_prefix(end + 2);
  }
  out += code;
  return out;
}

std::string fill(std::string_view markdown, const Finding& finding) {
  std::string out, code;
  FixTarget block = FixTarget::kProse;  // what the line stands in
  bool is_unclear = false;              // a line before it has a backtick that nothing closes there
  for (std::string_view line : split_lines(markdown)) {
    const std::string_view bare = trimmed(line);
    const bool is_fence = bare.starts_with("```");
    if (is_fence || bare.empty()) is_unclear = false;
    if (is_fence) {
      out += fill_in(code, block, finding) + std::string(line);
      code.clear();
      block = block == FixTarget::kProse ? target_of_fence(trimmed(bare.substr(3))) : FixTarget::kProse;
    } else if (block != FixTarget::kProse) {
      (code += line) += '\n';
      continue;
    } else {
      out += fill_prose(line, is_unclear, finding);
      is_unclear |= target_in_prose(line, line.size()) == FixTarget::kUnclear;
    }
    out += '\n';
  }
  out += fill_in(code, block, finding);
  if (!out.empty()) out.pop_back();
  return out;
}

}  // namespace logfix
