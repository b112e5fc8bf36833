#include "ruleset/bound_rules.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include "base/text.h"
#include "ruleset/front_matter.h"

namespace logfix {
namespace {

constexpr std::string_view kBegin = "<!-- logfix\n", kEnd = "-->";

// A YAML string on one line, without what would end the comment.
std::string quoted(std::string_view text) {
  const bool is_simple = text.find_first_of("\n\t'") == std::string_view::npos && text.find("--") == std::string_view::npos;
  if (is_simple) return fmt::format("'{}'", text);
  std::string out = "\"";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"' || c == '\\') (out += '\\') += c;
    else if (c == '\n') out += "\\n";
    else if (c == '\t') out += "\\t";
    else if (c == '-' && i > 0 && text[i - 1] == '-') out += "\\x2d";
    else out += c;
  }
  return out + '"';
}

std::string list(std::string_view key, const std::vector<std::string>& items, bool in_quotes) {
  if (items.empty()) return "";
  std::vector<std::string> shown;
  for (const std::string& item : items) shown.push_back(in_quotes ? quoted(item) : item);
  return fmt::format("  {}: [{}]\n", key, fmt::join(shown, ", "));
}

std::string bound_rule(const Rule& rule) {
  std::string out = fmt::format("- id: {}\n  severity: {}\n", rule.id, level_name(rule.severity));
  out += list("applies-to", rule.applies_to, true) + list("explains", rule.explains, false);
  if (rule.ignore_case) out += "  ignore-case: true\n";
  if (rule.fallback) out += "  fallback: true\n";
  if (rule.unindexed) out += "  unindexed: true\n";
  std::vector<std::string> vetoes;
  for (const Signature& signature : rule.unless) vetoes.push_back(signature.source);
  out += list("unless", vetoes, true);
  if (!rule.when.empty()) out += "  when:\n";
  for (const Condition& condition : rule.when) out += fmt::format("    {}: {}\n", condition.field, quoted(condition.pattern));
  out += "  signatures:\n";
  for (const Signature& signature : rule.signatures)
    out += fmt::format("  - {}{}\n", signature.is_template ? "" : "regex: ", quoted(signature.source));
  return out;
}

}  // namespace

std::string bound_rules(const RuleSet& rules) {
  std::string out = std::string(kBegin) +
                    "# How the entries above are found in logs, for `logfix --rules` with this file.\n";
  for (const Rule& rule : rules.rules) out += bound_rule(rule);
  return out + std::string(kEnd) + "\n";
}

std::map<std::string, Rule> read_bound_rules(const RuleFile& file, Diagnostics& diagnostics) {
  std::map<std::string, Rule> bound;
  const std::string_view text = file.text;
  const std::size_t begin = text.find(kBegin);
  if (begin == std::string_view::npos) return bound;
  const LineIndex lines(text);
  const YamlPlace where{file.name, lines, begin + kBegin.size()};
  const std::string yaml(text.substr(where.begin, text.find(kEnd, where.begin) - where.begin));
  if (!is_plain_yaml(yaml, where, diagnostics)) return bound;
  try {
    for (const auto& item : YAML::Load(yaml)) {
      Rule rule;
      rule.id = item["id"].as<std::string>();
      YAML::Node keys(YAML::NodeType::Map);
      for (const auto& pair : item) {
        const std::string key = pair.first.as<std::string>();
        if (key != "id" && key != "signatures") keys[pair.first] = pair.second;
      }
      read_keys(keys, where, rule, diagnostics);
      for (const auto& signature : item["signatures"]) {
        const Place place = where.place_at(static_cast<std::size_t>(std::max(signature.Mark().pos, 0)));
        rule.signatures.push_back(signature.IsMap() ? compile_regex(signature["regex"].as<std::string>(), place)
                                                    : compile_template(signature.as<std::string>(), place, diagnostics));
      }
      const std::string id = rule.id;
      bound.emplace(id, std::move(rule));
    }
  } catch (const YAML::Exception& e) {
    const Place place = where.place_at(static_cast<std::size_t>(std::max(e.mark.pos, 0)));
    diagnostics.push_back({Diagnostic::Kind::kError, "E020", "the comment that says how the entries are found is no YAML: " + e.msg,
                           place.file, place.line, place.column, place.source_line, "bind the book anew, or take the comment out"});
  }
  return bound;
}

}  // namespace logfix
