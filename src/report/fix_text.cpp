#include "report/fix_text.h"

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "report/escape.h"

namespace logfix {
namespace {

enum class Target { kProse, kInlineCode, kShell, kSql, kCode };

const LogText* value_of(const Finding& finding, std::string_view name) {
  if (finding.variants.empty()) return nullptr;
  for (const auto& [key, value] : finding.variants.front().captures)
    if (key == name) return &value;
  return nullptr;
}

std::string substitute(std::string_view placeholder, Target target, const Finding& finding, std::uint64_t& redactions) {
  const std::size_t bar = placeholder.find('|');
  const std::string_view name = trimmed(placeholder.substr(0, bar));
  std::optional<std::string> out;
  if (const LogText* value = value_of(finding, name)) {
    const RedactedText redacted = redact(*value, redactions);
    switch (target) {
      case Target::kProse: out = for_markdown(redacted); break;
      case Target::kShell: out = for_shell(redacted); break;
      case Target::kSql: out = for_sql_identifier(redacted); break;
      case Target::kInlineCode:
      case Target::kCode: out = for_code(redacted); break;
    }
  }
  if (out) return *out;
  if (bar != std::string_view::npos) return std::string(trimmed(placeholder.substr(bar + 1)));
  const std::string shown = "<" + std::string(name) + ">";
  return target == Target::kShell ? "'" + shown + "'" : shown;
}

Target target_of_fence(std::string_view info) {
  if (info == "bash" || info == "sh" || info == "shell") return Target::kShell;
  return info == "sql" ? Target::kSql : Target::kCode;
}

}  // namespace

std::string fill(std::string_view markdown, const Finding& finding, std::uint64_t& redactions) {
  std::string out;
  std::optional<Target> fence;
  for (std::string_view line : split_lines(markdown)) {
    const std::string_view bare = trimmed(line);
    if (bare.starts_with("```")) {
      if (fence) fence.reset();
      else fence = target_of_fence(trimmed(bare.substr(3)));
    }
    bool in_code = false;
    if (!out.empty()) out += '\n';
    for (std::size_t i = 0; i < line.size();) {
      const std::size_t close = line.substr(i).starts_with("{{") ? line.find("}}", i) : std::string_view::npos;
      if (close != std::string_view::npos) {
        const Target target = fence ? *fence : in_code ? Target::kInlineCode : Target::kProse;
        out += substitute(line.substr(i + 2, close - i - 2), target, finding, redactions);
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
