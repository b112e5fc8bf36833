#include "findings/filter.h"

#include <algorithm>
#include <map>

#include "base/level.h"
#include "findings/finding.h"

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

namespace {

// Takes the accepted occurrences of a finding away, and counts them.
void accept(Finding& finding, const Filter& filter, std::map<std::size_t, std::uint64_t>& accepted) {
  const auto take = [&](const auto& captures, std::uint64_t count) {
    const auto entry = filter.accepted_by(*finding.rule, captures);
    if (!entry) return false;
    accepted[*entry] += count;
    if (filter.has_expired(*entry)) return false;
    finding.count -= std::min(count, finding.count);
    return true;
  };
  if (finding.variants.empty()) take(std::vector<std::pair<std::string, RedactedText>>(), finding.count);
  std::erase_if(finding.variants, [&](const Variant& variant) { return take(variant.captures, variant.count); });
}

}  // namespace

void narrow(Report& report, const Filter& filter, std::size_t shown) {
  std::map<std::size_t, std::uint64_t> accepted;
  for (Finding& finding : report.findings) {
    const std::uint64_t count = finding.count;
    if (filter.shows(*finding.rule)) accept(finding, filter, accepted);
    else finding.count = 0;
    report.stats.hidden += count - finding.count;
    report.stats.matches -= std::min(count - finding.count, report.stats.matches);
    if (finding.variants.size() <= shown) continue;
    finding.variants_omitted += finding.variants.size() - shown;
    finding.variants.resize(shown);
  }
  std::erase_if(report.findings, [](const Finding& finding) { return finding.count == 0; });
  if (report.night) std::erase_if(report.night->gone, [&](const GoneFinding& gone) { return !filter.shows(*gone.rule); });
  for (const auto& [entry, count] : accepted) report.accepted.push_back({filter.accepted[entry], count, filter.has_expired(entry)});
}

}  // namespace logfix
