// The one place that knows all rooms: bytes in, report out.
#pragma once

#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "cli/options.h"
#include "findings/collector.h"
#include "match/matcher.h"
#include "ruleset/load.h"

namespace logfix {

/// Loads the rules that the options name, or the built-in ones.
LoadedRules load_rules_for(const Options& options);

/// Compiles a rule set and checks that the examples match and the near misses don't.
Diagnostics check_examples(const RuleSet& rules, const Matcher& matcher);

/// Scans one source from a descriptor to `collector`; adds lines, bytes and truncated to `stats`.
/// Returns what went wrong while reading, or an empty string.
std::string scan(int descriptor, const Matcher& matcher, bool slow, Collector& collector,
                 Stats& stats);

/// Scans all files of the options (or standard input). What can't be read is named on standard
/// error and counted as unreadable.
Report scan_all(const Options& options, const LoadedRules& rules, const Matcher& matcher);

}  // namespace logfix
