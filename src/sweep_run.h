// A sweep: every log of a host from where the last one left it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "active_rules.h"
#include "cli/options.h"
#include "findings/collector.h"
#include "sweep/lineage.h"
#include "sweep/state.h"

namespace logfix {

/// What a round came upon beside findings.
struct RoundOutcome {
  std::vector<NamedReason> unreadable, skipped;
  std::uint64_t files = 0, read = 0;
  std::uint64_t waiting = 0;  ///< logs whose last record is not whole
  std::string failure;        ///< of the state: then the round was not finished
};

/// Reads what is new in the logs below some folders, and commits it step by step.
///
/// A record counts in the range that it begins in, so what is read in two parts is as if it was read in
/// one: a range is scanned together with what comes before it (see SourceScan). It ends where the first
/// record begins that may go on; what is not whole waits. A log that has not grown for a while has no record
/// that goes on; what it may still grow by then stands for itself.
///
/// Use:      round() once for a night, or again and again.
/// Errors:   a log that can't be read is named in the outcome, and its offset stays.
/// Threads:  one.
class SweepRun {
 public:
  /// `state` outlives it.
  SweepRun(const Options& options, SweepState& state);

  /// `settings` and `rules` are those of this round. Stops early when `is_stopped` says so.
  RoundOutcome round(std::int64_t night, const ActiveRules& rules, const CollectorSettings& settings,
                     const std::function<bool()>& is_stopped);

 private:
  class Round;
  const Options& options_;
  SweepState& state_;
  Lineages lineages_;
  Throttle throttle_;
};

}  // namespace logfix
