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

/// What the times of a file leave out: the zone that the options say; the year in which the file
/// was last written, of other descriptors this one.
TimeDefaults time_defaults_of(int descriptor, const Options& options);

/// The files that the options name, with those of directories, in the order of their names. A name
/// that does not exist and holds `*`, `?` or `[` is a pattern as of the shell (settings and quoted
/// arguments meet no shell). What can't be listed is added to `errors`.
std::vector<std::string> expand_files(const Options& options, std::vector<std::string>& errors);

/// An error that names a file, as a terminal may show it.
std::string printable(const std::string& error);

/// Scans all files of the options (or standard input) with as many workers as they say; the report
/// is the same for any number. What can't be read is named on standard error and counted as
/// unreadable.
Report scan_all(const Options& options, const LoadedRules& rules, const Matcher& matcher,
                const CollectorSettings& settings = {});

}  // namespace logfix
