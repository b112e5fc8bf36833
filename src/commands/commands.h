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

/// A line for each rule.
ExitCode list_rules(const Options& options);

/// The rules of the given ids, as text.
ExitCode show_rules(const Options& options);

/// Tells all mistakes of a rule set: those that keep it from loading, those of its examples, and what
/// lint() finds.
ExitCode check_rules(const Options& options);

/// Scans every example and near miss in every wrapping, with all rules, and tells what differs.
ExitCode test_rules(const Options& options);

/// Prints a rule file for an error in a log, with what only a person can write left to do.
ExitCode draft_rule(const Options& options);

/// Prints the rules as a book.
ExitCode bind_book(const Options& options);

/// Scans logs and tells which rules fire how often, what is left unexplained, and how a second rule
/// set would do.
ExitCode backtest(const Options& options);

/// Reads what is new in the logs below some folders and reports on the night: `logfix sweep /var/log`.
ExitCode sweep(const Options& options);

/// Sweeps until it is told to end, and tells of findings as they come.
ExitCode watch(const Options& options);

/// The nights that sweeps remember, or some rules over time.
ExitCode history(const Options& options);

}  // namespace logfix
