#include "report/fix_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "report/escape.h"

namespace logfix {
namespace {

enum class Target { kProse, kInlineCode, kShell, kSql, kCode };

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

std::string substitute(std::string_view placeholder, Target target, const Finding& finding) {
  const std::size_t bar = placeholder.find('|');
  const std::string_view name = trimmed(placeholder.substr(0, bar));
  std::optional<std::string> out;
  const RedactedText* value = value_of(finding, name);
  if (value && is_of_type(value->untrusted(), declared_type(*finding.rule, name))) {
    switch (target) {
      case Target::kProse:
        out = for_markdown(*value);
        break;
      case Target::kShell:
        out = for_shell(*value);
        break;
      case Target::kSql:
        out = for_sql_identifier(*value);
        break;
      case Target::kInlineCode:
      case Target::kCode:
        out = for_code(*value);
        break;
    }
  }
  if (out) return *out;
  if (bar != std::string_view::npos) return std::string(trimmed(placeholder.substr(bar + 1)));
  return target == Target::kShell ? fmt::format("'<{}>'", name) : fmt::format("<{}>", name);
}

Target target_of_fence(std::string_view info) {
  if (info == "bash" || info == "sh" || info == "shell") return Target::kShell;
  return info == "sql" ? Target::kSql : Target::kCode;
}

}  // namespace

std::string fill(std::string_view markdown, const Finding& finding) {
  std::string out;
  Target around = Target::kProse;  // what the line stands in
  for (std::string_view line : split_lines(markdown)) {
    const std::string_view bare = trimmed(line);
    if (bare.starts_with("```"))
      around = around == Target::kProse ? target_of_fence(trimmed(bare.substr(3))) : Target::kProse;
    bool in_code = false;
    if (!out.empty()) out += '\n';
    for (std::size_t i = 0; i < line.size();) {
      const std::size_t close =
          line.substr(i).starts_with("{{") ? line.find("}}", i) : std::string_view::npos;
      if (close != std::string_view::npos) {
        const Target target =
            around == Target::kProse && in_code ? Target::kInlineCode : around;
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
