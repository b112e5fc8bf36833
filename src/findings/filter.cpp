#include "findings/filter.h"

#include <algorithm>

#include "base/level.h"

namespace logfix {
namespace {

bool names(const std::vector<std::string>& wanted, const Rule& rule) {
  return std::any_of(wanted.begin(), wanted.end(), [&](const std::string& name) {
    return name == rule.category || name == level_name(rule.severity) || matches_glob(name, rule.id);
  });
}

}  // namespace

bool Filter::shows(const Rule& rule) const {
  return (only.empty() || names(only, rule)) && !names(skip, rule);
}

bool Filter::shows(const std::optional<Time>& time) const {
  return !time || ((!since || *time >= *since) && (!until || *time <= *until));
}

std::optional<std::size_t> Filter::accepted_by(
    const Rule& rule, const std::vector<std::pair<std::string, RedactedText>>& captures) const {
  for (std::size_t i = 0; i < accepted.size(); ++i) {
    const Accepted& entry = accepted[i];
    const auto holds = [&](const auto& wanted) {
      return std::any_of(captures.begin(), captures.end(), [&](const auto& capture) {
        return capture.first == wanted.first && matches_glob(wanted.second, capture.second.untrusted());
      });
    };
    if (entry.rule == rule.id && std::all_of(entry.captures.begin(), entry.captures.end(), holds)) return i;
  }
  return std::nullopt;
}

}  // namespace logfix
