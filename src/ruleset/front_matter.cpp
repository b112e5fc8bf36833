#include "ruleset/front_matter.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>

#include "base/text.h"
#include "ruleset/load.h"

namespace logfix {
namespace {

std::size_t offset_of(const YAML::Mark& mark) {
  return mark.is_null() ? 0 : static_cast<std::size_t>(std::max(mark.pos, 0));
}

class KeyReader {
 public:
  KeyReader(const YamlPlace& where, Rule& rule, Diagnostics& diagnostics)
      : where_(where), rule_(rule), diagnostics_(diagnostics) {}

  void read(const YAML::Node& key, const YAML::Node& value) {
    const std::string name = key.as<std::string>();
    rule_.places.emplace_back(name, where_.place_at(offset_of(key.Mark())));
    if (name == "severity") {
      const auto severity = severity_from_word(value.IsScalar() ? value.Scalar() : "");
      has_severity_ = true;
      if (severity) rule_.severity = *severity;
      if (!severity) bad_value(value, name, "critical, error, warning or info");
    } else if (name == "applies-to") {
      read_list(value, name, rule_.applies_to);
    } else if (name == "explains") {
      read_list(value, name, rule_.explains);
    } else if (name == "references") {
      read_list(value, name, rule_.references);
    } else if (name == "ignore-case") {
      read_flag(value, name, rule_.ignore_case);
    } else if (name == "fallback") {
      read_flag(value, name, rule_.fallback);
    } else if (name == "unindexed") {
      read_flag(value, name, rule_.unindexed);
    } else if (name == "unless") {
      std::vector<std::string> texts;
      read_list(value, name, texts);
      for (const std::string& text : texts)
        rule_.unless.push_back(compile_template(text, where_.place_at(offset_of(value.Mark())), diagnostics_));
    } else if (name == "when") {
      if (!value.IsMap()) return bad_value(value, name, "a map of field to condition");
      for (const auto& pair : value)
        rule_.when.push_back({pair.first.as<std::string>(), pair.second.as<std::string>()});
    } else {
      diagnose(key, "E007", fmt::format("unknown key `{}`", name),
               "the keys are severity, applies-to, explains, references, ignore-case, fallback, unindexed, "
               "unless and when");
    }
  }

  bool has_severity() const { return has_severity_; }

 private:
  void diagnose(const YAML::Node& at, std::string code, std::string message, std::string hint) {
    const Place place = where_.place_at(offset_of(at.Mark()));
    diagnostics_.push_back({Diagnostic::Kind::kError, std::move(code), std::move(message), place.file,
                            place.line, place.column, place.source_line, std::move(hint)});
  }
  void bad_value(const YAML::Node& value, const std::string& name, std::string_view wanted) {
    diagnose(value, "E008", fmt::format("bad value of `{}`", name), fmt::format("it takes {}", wanted));
  }
  void read_list(const YAML::Node& value, const std::string& name, std::vector<std::string>& to) {
    if (!value.IsSequence()) return bad_value(value, name, "a list such as [a, b]");
    for (const auto& item : value) {
      to.push_back(item.as<std::string>());
      rule_.places.emplace_back(to.back(), where_.place_at(offset_of(item.Mark())));
    }
  }
  void read_flag(const YAML::Node& value, const std::string& name, bool& to) {
    try {
      to = value.as<bool>();
    } catch (const YAML::Exception&) {
      bad_value(value, name, "true or false");
    }
  }

  const YamlPlace& where_;
  Rule& rule_;
  Diagnostics& diagnostics_;
  bool has_severity_ = false;
};

}  // namespace

Place YamlPlace::place_at(std::size_t offset_in_yaml) const {
  const Diagnostic d = lines.locate({}, begin + offset_in_yaml);
  return {std::string(file), d.line, d.column, d.source_line};
}

bool read_keys(const YAML::Node& map, const YamlPlace& where, Rule& rule, Diagnostics& diagnostics) {
  KeyReader reader(where, rule, diagnostics);
  for (const auto& pair : map) reader.read(pair.first, pair.second);
  return reader.has_severity();
}

bool is_plain_yaml(std::string_view yaml, const YamlPlace& where, Diagnostics& diagnostics) {
  for (std::string_view line : split_lines(yaml)) {
    const std::size_t at = line.find(": ");
    if (at == std::string_view::npos || at + 2 >= line.size()) continue;
    if (std::string_view("&*!").find(line[at + 2]) == std::string_view::npos) continue;
    const Place place = where.place_at(static_cast<std::size_t>(line.data() - yaml.data()) + at + 2);
    diagnostics.push_back({Diagnostic::Kind::kError, "E001", "anchors, aliases and tags are not allowed", place.file,
                           place.line, place.column, place.source_line, "put the value in quotes"});
    return false;
  }
  return true;
}

}  // namespace logfix
