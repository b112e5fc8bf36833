// One source on its way through unwrap, join and match.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "base/stats.h"
#include "base/time.h"
#include "envelope/unwrap.h"
#include "match/matcher.h"
#include "record/assembler.h"
#include "record/parts.h"
#include "source/block.h"
#include "source/stream.h"
#include "stages.h"

namespace logfix {

/// The part of a source whose records are wanted: those that begin in it.
struct Range {
  std::uint64_t begin = 0, end = std::numeric_limits<std::uint64_t>::max();
  bool holds(std::uint64_t offset) const { return begin <= offset && offset < end; }
};

/// The slow path takes every line. The fast path jumps from candidate to candidate. Around one it is
/// "hot": it takes line after line until no record that holds a candidate is open. A candidate of a
/// stream whose past was skipped is preceded by that past: from the last line that synchronises, or
/// the begin of the join horizon (see record/assembler.h), on. Where looking back comes to more than
/// the lines themselves (many streams, all in trouble), it stays hot for a while.
///
/// Use:      read_to_end() once; or push() the blocks of a source in their order, and finish() while the
///           last one is there. A scan of a range is given what comes before it, kRangeLead bytes at
///           least, and pushed on until is_done().
/// Lifetime: matcher, stats and whatever `sink` refers to outlive it.
/// Errors:   those of reading. Threads: one instance per source or range.
class SourceScan {
 public:
  using Sink = std::function<void(const Record&, const std::vector<Match>&)>;
  static constexpr std::uint64_t kRangeLead = 2 * kJoinHorizon;

  struct Options {
    bool slow = false;
    TimeDefaults time_defaults;
    Range range;
    Stages* stages = nullptr;  ///< for --stats
    std::uint64_t lines_before = 0;  ///< the range, if they are known
  };

  /// Adds bytes, lines, truncated and not_evaluated of the range to `stats`.
  SourceScan(const Matcher& matcher, Options options, Stats& stats, Sink sink);

  /// Called with each block that was pushed, while it is there; returns false to read no further.
  using AfterBlock = std::function<bool(const Block&)>;
  /// Reads a stream, which begins at `offset` of the source, to its end or as far as records of the range
  /// may go on, and finishes. Returns what went wrong; what was read before counts.
  std::string read_to_end(ByteStream& stream, std::uint64_t offset = 0, const AfterBlock& goes_on = {});

  void push(const Block& block);
  void finish();
  /// For a live source: ends the records of streams that have been silent since the last call.
  void end_idle();
  /// Where the first record begins that what comes next may go on with: the end of what was pushed if
  /// there is none. Only for a slow scan, which takes every line. `split_only`: of records that a runtime
  /// split, not of those that may or may not go on.
  std::uint64_t open_since(bool split_only) const {
    return parts_.open_since(split_only ? end_offset_ : assembler_.open_since(end_offset_));
  }
  /// True if no record of the range can be open any more.
  bool is_done() const;

 private:
  void push_all();
  void push_candidates();
  std::size_t push_line(std::size_t at, bool is_candidate);
  bool push_entry(const Entry& entry, const LinePlace& place);
  void push_whole();
  void push_piece();
  void push_past(const std::string& key, std::size_t at);
  bool is_fed(const std::string& key, std::uint64_t offset) const;
  std::span<const Entry> unwrap_at(std::size_t begin);
  void count_lines_until(std::size_t at);
  void evaluate(const Record& record);
  Stages::Stage* stage(Stages::Stage Stages::*which) const {
    return options_.stages ? &(options_.stages->*which) : nullptr;
  }
  void count(Stages::Stage Stages::*which, std::uint64_t more) {
    if (options_.stages) (options_.stages->*which).count += more;
  }

  const Matcher& matcher_;
  Options options_;
  Stats& stats_;
  Sink sink_;
  Unwrapper unwrapper_;
  PartJoiner parts_;
  std::vector<PartJoiner::Message> whole_;
  Assembler assembler_;
  Block block_;
  std::vector<std::size_t> offsets_;
  std::uint64_t lines_ = 0;        // since the begin of the range, or before the block
  std::size_t counted_ = 0;        // in the block
  std::uint64_t first_offset_ = 0;  // where what was pushed begins
  std::uint64_t end_offset_ = 0;    // and ends
  std::uint64_t idle_offset_ = 0;   // where it ended at the last end_idle()
  std::uint64_t taken_until_ = 0;
  std::uint64_t hot_since_ = 0;    // all lines from here to taken_until_ were taken
  std::uint64_t hot_until_ = 0;    // all lines up to here are taken
  std::uint64_t looked_back_ = 0;  // bytes, of late
  bool ends_in_line_ = false;
};

}  // namespace logfix
