// What the user wants: the command line over the environment over the settings files.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "base/level.h"

namespace logfix {

enum class ExitCode { kOk = 0, kFindings = 1, kUsage = 2, kIncomplete = 3, kLocked = 75 };

enum class Command {
  kScan,
  kExplain,
  kRulesList,
  kRulesShow,
  kRulesCheck,
  kRulesTest,
  kRulesNew,
  kBook,
  kBacktest,
  kSweep,
  kWatch,
  kHistory
};

struct Options {
  Command command = Command::kScan;
  std::vector<std::string> files;  ///< none: standard input; "-" too
  std::string format = "text";
  std::vector<std::string> rules, add_rules;
  std::vector<std::string> ids;         ///< of rules
  std::optional<std::string> from;      ///< FILE or FILE:LINE to draft a rule from
  std::vector<std::string> against;     ///< a second rule set
  bool strict = false;                  ///< warnings count as errors
  std::optional<Level> fail_on;
  std::string color = "auto";
  bool brief = false, full = false;
  std::size_t max_bytes = 0;          ///< of a ticket; 0: any
  std::string ticket = "github";      ///< whose markup a ticket has
  std::vector<std::string> only, skip;
  std::optional<std::chrono::sys_time<std::chrono::nanoseconds>> since, until;
  std::string accepted;               ///< the file of accepted findings
  bool redact = true;
  bool slow = false;
  bool stats = false;
  bool recursive = false;
  bool follow = false;
  std::size_t jobs = 1;
  std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();
  std::string state;                  ///< the folder of a sweep's state
  bool new_state = false;             ///< begin anew although a state was set aside
  unsigned keep_days = 90;            ///< nights in the history
  unsigned settle_ms = 1000;          ///< how long a log must not have grown to be taken as at rest
  unsigned interval_ms = 2000;        ///< between two looks of `watch`
  std::uint64_t max_rate = 0;         ///< bytes a second; 0: any
  std::uint64_t max_file = std::uint64_t{64} << 30;
  std::string mail_command, webhook_command;  ///< get the report of a night
  std::chrono::minutes zone{0};  ///< of times that were printed without one, east of UTC
};

struct ParsedOptions {
  Options options;
  Diagnostics diagnostics;           ///< all mistakes, of all three places
  std::optional<std::string> print;  ///< for --help and --version: to print, and done
};

/// Reads the command line, LOGFIX_* and the settings files. Errors are diagnostics. A setting that
/// the command doesn't know is checked, and has no effect.
ParsedOptions parse_options(int argc, const char* const* argv, const char* const* environment);

}  // namespace logfix
