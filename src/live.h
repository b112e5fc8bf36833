// Input that has no end yet: a pipe that someone writes to, files that are followed.
#pragma once

#include "cli/options.h"
#include "findings/collector.h"
#include "match/matcher.h"
#include "report/report.h"
#include "ruleset/load.h"

namespace logfix {

/// True if the options ask to follow files, or text is wanted of a standard input that may pause.
bool is_live(const Options& options);

/// Scans until the input ends or SIGINT or SIGTERM comes, and prints each finding when it is first
/// seen, once the input pauses: a pause ends the records that are open. `printed` tells whether that
/// happened; if not, nothing was printed and the report is that of scan_all().
///
/// Files are followed by name, as `tail -F` does: through rename, truncation and absence.
Report scan_live(const Options& options, const LoadedRules& rules, const Matcher& matcher,
                 const CollectorSettings& settings, const RenderOptions& how, bool& printed);

}  // namespace logfix
