#include "ruleset/accepted.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>

#include "base/file_text.h"

namespace logfix {
namespace {

constexpr std::size_t kMaxBytes = 1'000'000;

class AcceptedReader {
 public:
  AcceptedReader(const std::string& path, const RuleSet& rules, Diagnostics& diagnostics)
      : path_(path), rules_(rules), diagnostics_(diagnostics) {}

  std::vector<Accepted> read(const std::string& text) {
    std::vector<Accepted> entries;
    try {
      const YAML::Node list = YAML::Load(text);
      if (list.IsNull()) return entries;
      if (!list.IsSequence()) return diagnose(list.Mark(), "an accepted-findings file is a list", "begin each entry with `- rule: <id>`"), entries;
      for (const YAML::Node& entry : list) {
        if (entry.IsMap()) entries.push_back(read_entry(entry));
        else diagnose(entry.Mark(), "an entry is a map", "begin it with `- rule: <id>`");
      }
    } catch (const YAML::Exception& e) {
      diagnose(e.mark, e.msg, "");
    }
    return entries;
  }

 private:
  void diagnose(const YAML::Mark& mark, std::string message, std::string hint) {
    const bool has_place = !mark.is_null();
    diagnostics_.push_back({Diagnostic::Kind::kError, "E401", std::move(message), path_,
                            has_place ? static_cast<std::size_t>(mark.line) + 1 : 0,
                            has_place ? static_cast<std::size_t>(mark.column) + 1 : 0, {}, std::move(hint)});
  }

  Accepted read_entry(const YAML::Node& entry) {
    Accepted accepted;
    for (const auto& pair : entry) {
      const std::string key = pair.first.as<std::string>("");
      if (key == "rule") accepted.rule = pair.second.as<std::string>("");
      else if (key == "reason") accepted.reason = pair.second.as<std::string>("");
      else if (key == "owner") accepted.owner = pair.second.as<std::string>("");
      else if (key == "expires") read_day(pair.second, accepted);
      else if (key == "captures" && pair.second.IsMap())
        for (const auto& capture : pair.second)
          accepted.captures.emplace_back(capture.first.as<std::string>(""), capture.second.as<std::string>(""));
      else diagnose(pair.first.Mark(), fmt::format("unknown key `{}`", key), "the keys are rule, captures, reason, owner and expires");
    }
    const auto require = [&](const std::string& value, std::string_view key) {
      if (value.empty()) diagnose(entry.Mark(), fmt::format("`{}` is missing", key), "say which rule, why, who decided it, and until when");
    };
    require(accepted.rule, "rule");
    require(accepted.reason, "reason");
    require(accepted.owner, "owner");
    require(accepted.expires, "expires");
    const bool is_known = std::any_of(rules_.rules.begin(), rules_.rules.end(), [&](const Rule& r) { return r.id == accepted.rule; });
    if (!accepted.rule.empty() && !is_known) diagnose(entry.Mark(), fmt::format("there is no rule `{}`", accepted.rule), "");
    return accepted;
  }

  void read_day(const YAML::Node& node, Accepted& accepted) {
    accepted.expires = node.as<std::string>("");
    const std::string probe = accepted.expires + "T00:00:00Z";
    const auto time = parse_time(probe);
    if (!time || time->length != probe.size()) return diagnose(node.Mark(), fmt::format("`{}` is no day", accepted.expires), "write it as 2026-12-31, not after 2261");
    accepted.expires_at = time->time + std::chrono::days(1);
  }

  const std::string& path_;
  const RuleSet& rules_;
  Diagnostics& diagnostics_;
};

}  // namespace

std::vector<Accepted> load_accepted(const std::string& path, const RuleSet& rules, Diagnostics& diagnostics) {
  const auto text = file_text(path, kMaxBytes);
  if (text) return AcceptedReader(path, rules, diagnostics).read(*text);
  const bool is_too_large = text.error() == FileError::kTooLarge;
  diagnostics.push_back({Diagnostic::Kind::kError, "E401",
                         is_too_large ? "the accepted-findings file is larger than a megabyte" : "the accepted-findings file can't be read",
                         path, 0, 0, {}, {}});
  return {};
}

bool matches_glob(std::string_view pattern, std::string_view text) {
  std::size_t at = 0, star = std::string_view::npos, mark = 0, p = 0;
  while (at < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++, mark = at;
    } else if (p < pattern.size() && pattern[p] == text[at]) {
      ++p, ++at;
    } else if (star != std::string_view::npos) {
      p = star + 1, at = ++mark;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace logfix
