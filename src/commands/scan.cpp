#include <algorithm>

#include "active_rules.h"
#include "commands/commands.h"
#include "commands/output.h"
#include "live.h"
#include "pipeline.h"
#include "report/report.h"

namespace logfix {
namespace {

ExitCode outcome(const Report& report, const Options& options) {
  const Stats& stats = report.stats;
  if (stats.unreadable || stats.not_evaluated) return ExitCode::kIncomplete;
  const bool fails = options.fail_on && std::any_of(report.findings.begin(), report.findings.end(),
                                                    [&](const Finding& finding) {
                                                      return finding.rule->severity >=
                                                             *options.fail_on;
                                                    });
  return fails ? ExitCode::kFindings : ExitCode::kOk;
}

}  // namespace

ExitCode scan(const Options& options) {
  const ActiveRules rules(options);
  if (report_mistakes(rules.mistakes()) != ExitCode::kOk) return ExitCode::kUsage;
  bool was_shown = false;
  const Report report = is_live(options) ? scan_live(options, rules.loaded(), rules.matcher(), was_shown)
                                         : scan_all(options, rules.loaded(), rules.matcher());
  const RenderOptions how{wants_color(options.color), 100};
  const std::string text = options.format == "json" ? render_json(report)
                           : was_shown              ? render_summary(report, how)
                                                    : render_text(report, how);
  const ExitCode written = write_out(text);
  return written == ExitCode::kOk ? outcome(report, options) : written;
}

}  // namespace logfix
