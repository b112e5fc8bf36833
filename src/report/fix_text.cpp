#include "report/fix_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "report/escape.h"

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

std::string substitute(std::string_view placeholder, FixTarget target, const Finding& finding) {
  const std::size_t bar = placeholder.find('|');
  const std::string_view name = trimmed(placeholder.substr(0, bar));
  std::optional<std::string> out;
  const RedactedText* value = value_of(finding, name);
  if (value && is_of_type(value->untrusted(), declared_type(*finding.rule, name))) {
    switch (target) {
      case FixTarget::kProse:
        out = for_prose(*value);
        break;
      case FixTarget::kShell:
        out = for_shell(*value);
        break;
      case FixTarget::kSql:
        out = for_sql_identifier(*value);
        break;
      case FixTarget::kInlineCode:
      case FixTarget::kCode:
        out = for_code(*value);
        break;
    }
  }
  if (out) return *out;
  if (bar != std::string_view::npos) return std::string(trimmed(placeholder.substr(bar + 1)));
  if (target == FixTarget::kProse) return fmt::format("`<{}>`", name);
  return target == FixTarget::kShell ? fmt::format("'<{}>'", name) : fmt::format("<{}>", name);
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
    out += substitute(code.substr(begin + 2, end - begin - 2), target, finding);
    code.remove_prefix(end + 2);
  }
  out += code;
  return out;
}

std::string fill(std::string_view markdown, const Finding& finding) {
  std::string out;
  FixTarget around = FixTarget::kProse;  // what the line stands in
  for (std::string_view line : split_lines(markdown)) {
    const std::string_view bare = trimmed(line);
    if (bare.starts_with("```"))
      around = around == FixTarget::kProse ? target_of_fence(trimmed(bare.substr(3))) : FixTarget::kProse;
    bool in_code = false;
    if (!out.empty()) out += '\n';
    for (std::size_t i = 0; i < line.size();) {
      const std::size_t close =
          line.substr(i).starts_with("{{") ? line.find("}}", i) : std::string_view::npos;
      if (close != std::string_view::npos) {
        const FixTarget target =
            around == FixTarget::kProse && in_code ? FixTarget::kInlineCode : around;
        out += substitute(line.substr(i + 2, close - i - 2), target, finding);
        i = close + 2;
      } else {
        if (line[i] == '`') in_code = !in_code;
        out += line[i++];
      }
    }
  }
  return out;
}

}  // namespace logfix
