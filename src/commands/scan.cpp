#include "active_rules.h"
#include "commands/commands.h"
#include "commands/output.h"
#include "commands/reporting.h"
#include "live.h"
#include "pipeline.h"

namespace logfix {

ExitCode scan(const Options& given) {
  Options options = given;
  if (options.format == "jsonl") options.jobs = 1;  // occurrences are told of in their order
  const ActiveRules rules(options);
  Diagnostics mistakes = rules.mistakes();
  const CollectorSettings settings = collector_settings(options, rules.set(), mistakes);
  if (report_mistakes(mistakes) != ExitCode::kOk) return ExitCode::kUsage;
  const RenderOptions how = render_options(options);
  bool was_shown = false;
  const Report report = is_live(options)
                            ? scan_live(options, rules.loaded(), rules.matcher(), settings, how, was_shown)
                            : scan_all(options, rules.loaded(), rules.matcher(), settings);
  const ExitCode written = write_out(render(report, options, how, was_shown));
  return written == ExitCode::kOk ? exit_code_of(report, options) : written;
}

}  // namespace logfix
