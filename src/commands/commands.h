// What each command of the command line does, one file each.
#pragma once

#include "cli/options.h"

namespace logfix {

/// Finds known errors in logs: `logfix FILES…`.
ExitCode scan(const Options& options);

/// Describes every record of the files (or standard input): its lines with their envelopes and
/// whether the literal scan would have looked at them, its fields, and each rule of which a signature
/// matches, with what became of it. For people who debug a rule.
ExitCode explain(const Options& options);

/// Tells all mistakes of a rule set.
ExitCode check_rules(const Options& options);

/// Prints the rules as a book.
ExitCode bind_book(const Options& options);

}  // namespace logfix
