#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "active_rules.h"
#include "commands/commands.h"
#include "commands/output.h"
#include "pipeline.h"
#include "report/phrases.h"

namespace logfix {
namespace {

constexpr std::size_t kShownUnknowns = 20;

std::string head_of(const Report& report) {
  const Stats& s = report.stats;
  return fmt::format("{}, {}; {:.1f} % of {} explained\n", counted(s.sources, "log"), counted(s.lines, "line"),
                     percent_explained(s), counted(s.error_records, "error record"));
}

std::string rules_that_fire(const Report& report, const RuleSet& rules) {
  std::vector<const Finding*> findings;
  for (const Finding& finding : report.findings) findings.push_back(&finding);
  std::stable_sort(findings.begin(), findings.end(),
                   [](const Finding* a, const Finding* b) { return a->count > b->count; });
  std::string out = fmt::format("\nRules that fire ({} of {})\n", findings.size(), rules.rules.size());
  for (const Finding* finding : findings)
    out += fmt::format("  {:>7} × {} in {}\n", finding->count, finding->rule->id,
                       counted(finding->sources.size(), "log"));
  return out;
}

std::string unexplained(std::string_view title, const std::vector<const Unknown*>& unknowns) {
  if (unknowns.empty()) return "";
  std::string out = fmt::format("\n{}\n", title);
  for (std::size_t i = 0; i < unknowns.size() && i < kShownUnknowns; ++i) {
    const Unknown& unknown = *unknowns[i];
    out += fmt::format("  {:>7} × {}\n            {}:{}\n", unknown.count, shown(unknown.pattern),
                       shown(unknown.evidence.source), unknown.evidence.line);
  }
  if (unknowns.size() > kShownUnknowns)
    out += fmt::format("            and {} more\n", unknowns.size() - kShownUnknowns);
  return out;
}

// The templates that `report` leaves unexplained; without those that `other` does, too.
std::vector<const Unknown*> unknowns_of(const Report& report, const Report* other) {
  std::vector<const Unknown*> unknowns;
  for (const Unknown& unknown : report.unknowns) {
    const auto is_same = [&](const Unknown& u) { return u.pattern == unknown.pattern; };
    if (!other || std::none_of(other->unknowns.begin(), other->unknowns.end(), is_same)) unknowns.push_back(&unknown);
  }
  return unknowns;
}

std::string rule_differences(const Report& report, const Report& other) {
  std::map<std::string, std::pair<std::uint64_t, std::uint64_t>> counts;  // other's, this one's
  for (const Finding& finding : other.findings) counts[finding.rule->id].first = finding.count;
  for (const Finding& finding : report.findings) counts[finding.rule->id].second = finding.count;
  std::string out;
  for (const auto& [id, count] : counts) {
    const auto& [before, now] = count;
    if (before == now) continue;
    const char mark = before == 0 ? '+' : now == 0 ? '-' : '~';
    out += fmt::format("  {} {}: {} → {}\n", mark, id, before, now);
  }
  return out.empty() ? "  the same rules fire as often\n" : out;
}

std::string differences(const Report& report, const Report& other) {
  std::string out = fmt::format("\nAgainst the other rule set: {:.1f} % → {:.1f} % explained\n",
                                percent_explained(other.stats), percent_explained(report.stats));
  out += rule_differences(report, other);
  out += unexplained("Explained now", unknowns_of(other, &report));
  out += unexplained("No longer explained", unknowns_of(report, &other));
  return out;
}

}  // namespace

ExitCode backtest(const Options& given) {
  Options options = given;
  options.recursive = true;
  const ActiveRules rules(options);
  if (report_mistakes(rules.mistakes()) != ExitCode::kOk) return ExitCode::kUsage;
  const Report report = scan_all(options, rules.loaded(), rules.matcher());
  std::string out = head_of(report) + rules_that_fire(report, rules.set()) +
                    unexplained("Errors that no rule knows", unknowns_of(report, nullptr));
  if (!options.against.empty()) {
    options.rules = options.against;
    options.add_rules.clear();
    const ActiveRules others(options);
    if (report_mistakes(others.mistakes()) != ExitCode::kOk) return ExitCode::kUsage;
    out += differences(report, scan_all(options, others.loaded(), others.matcher()));
  }
  const ExitCode written = write_out(out);
  const bool is_incomplete = report.stats.unreadable || report.stats.not_evaluated;
  return written == ExitCode::kOk && is_incomplete ? ExitCode::kIncomplete : written;
}

}  // namespace logfix
