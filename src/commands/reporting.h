// From a report to standard output, as the options say.
#pragma once

#include <string>

#include "base/diagnostic.h"
#include "cli/options.h"
#include "findings/collector.h"
#include "report/report.h"

namespace logfix {

/// How this terminal, or what stands in its place, wants a report.
RenderOptions render_options(const Options& options);

/// What the options want told, and for `jsonl` how it is told while it is found. What is wrong with the
/// file of accepted findings is added to `mistakes`.
CollectorSettings collector_settings(const Options& options, const RuleSet& rules, Diagnostics& mistakes);

/// The report in the format of the options. `was_shown`: its findings were, one by one.
std::string render(const Report& report, const Options& options, const RenderOptions& how, bool was_shown);

/// kIncomplete if something was not read or not evaluated, kFindings by --fail-on.
ExitCode exit_code_of(const Report& report, const Options& options);

}  // namespace logfix
