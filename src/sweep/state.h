// What a sweep remembers: how far each log was read, and what was found in each night.
//
// One SQLite database, state.db, in a folder of its own. Everything that one step learns goes into one
// transaction, so that a sweep that is killed has either done the step or not: findings and the offset that
// they were found up to are never apart.
//
// A *generation* is the content of a log, wherever it lies: its file may be renamed, copied, compressed,
// and another one may take its name or its inode. A *seat* is a file that was seen; it remembers which
// generation was in it, so that a file that has not changed since need not be opened.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "findings/finding.h"
#include "sweep/digest.h"
#include "sweep/walk.h"

namespace logfix {

struct Generation {
  std::int64_t id = 0;       ///< from 1 on
  Mark mark;                 ///< the end of the last whole line that was seen: what it is known by
  std::uint64_t offset = 0;  ///< up to here its records were counted: where the last one begins that may go on
  std::uint64_t cut = 0;     ///< no record reaches across this offset: what was open there was ended
  std::uint64_t lines = 0;   ///< before `offset`
  std::string name;          ///< of the file where it was seen last
  std::int64_t night = 0;    ///< when it was seen last
  bool is_copy = false;      ///< a copy of what another one was at some time: it has no more than this
};

struct Seat {
  FileStatus file;
  std::uint64_t content = 0;    ///< bytes, decoded, when it was read
  std::int64_t generation = 0;  ///< 0: none yet
  bool is_settled = false;      ///< what the system says of it is older than what was read
  Digest packed{};              ///< of a compressed file: see Content::packed()
};

/// The records at the end of a log that may go on, as if they did not: if the log is gone the next time,
/// this is what was seen of them.
struct OpenEnd {
  std::int64_t generation = 0;
  std::uint64_t lines = 0;  ///< before the mark
  Report found;             ///< from the offset to the mark
};

/// What one step of a sweep learned.
struct Step {
  std::vector<Generation> generations;  ///< new or read on; what was held as their open ends is void
  std::vector<Seat> seats;
  std::vector<OpenEnd> open_ends;
  Report found;                         ///< in what was read
};

/// How a night went.
struct NightSummary {
  std::int64_t id = 0;
  Time began{}, ended{};
  std::chrono::milliseconds elapsed{0};
  Stats stats;
  std::uint64_t files = 0, read = 0;    ///< logs that were there; those of which something was read
  std::string rule_set;
  bool is_reported = false;
};

/// How often a rule was found in some night.
struct NightCount {
  std::int64_t night = 0;
  Time began{};
  std::uint64_t count = 0;
};

struct StateError {
  enum class Kind { kOther, kLocked };
  Kind kind = Kind::kOther;
  std::string text;
};

/// Use:      open() in a folder; it is locked until it is destroyed. begin_night(), commit() each step,
///           end_night(), load the night and report it, then mark_reported().
/// Errors:   error() tells the first; what is called after it does nothing, and what is returned is empty.
///           A step that failed is not in the database, nor is any part of it.
/// Threads:  one. Cost: a commit waits for the disk.
class SweepState {
 public:
  /// Makes folder and database if there is none. A database that is damaged or of a newer logfix is
  /// renamed, and refused; so is a folder in which one was, unless `begin_anew`. A folder on a network is
  /// refused: locks and the order of writes can't be relied on there.
  static Result<std::unique_ptr<SweepState>, StateError> open(const std::string& folder, bool begin_anew);
  /// The same for looking only: without the lock, nothing is made.
  static Result<std::unique_ptr<SweepState>, StateError> open_to_read(const std::string& folder);
  ~SweepState();
  SweepState(const SweepState&) = delete;

  const std::string& error() const;

  std::vector<Generation> generations();
  std::vector<Seat> seats();

  /// The number of the last night if it was not reported, else of a new one.
  std::int64_t begin_night(Time now, const std::string& rule_set);
  void commit(std::int64_t night, const Step& step);
  /// After a whole walk: what it saw, and which files that were known it did not see. The open ends of
  /// generations that are in no file for the second time are counted. What was not seen for many nights is
  /// forgotten.
  void keep_only(std::int64_t night, const std::vector<std::int64_t>& seen, const std::vector<FileId>& gone);
  /// Adds to what is known of the night: the time it took, how many logs there were.
  void end_night(const NightSummary& more);
  void mark_reported(std::int64_t night);
  /// Drops nights that began so long before the last three of them: a night or two of a clock that is wrong
  /// by years drop nothing.
  void drop_old_nights(std::chrono::days keep);

  /// The nights, the last one first.
  std::vector<NightSummary> nights(std::size_t most);
  /// What a night found, with findings grouped by cause; `rules` and `former` (rules that are none any more,
  /// as far as they are remembered) outlive it. With how each finding and unknown error stands among the
  /// nights before.
  Report load_night(std::int64_t night, const RuleSet& rules, std::deque<Rule>& former);
  /// How often a rule was found, by night, the last one first.
  std::vector<NightCount> counts_of(const std::string& rule, std::size_t most);

 private:
  class Database;
  explicit SweepState(std::unique_ptr<Database> database);
  std::unique_ptr<Database> database_;
};

}  // namespace logfix
