// Which file holds which content: the memory of a sweep against what a walk found.
//
// A log is known by its content: its head, and what stands before the offset that it was read up to (see
// digest.h). Neither a name nor an inode says whose content it is, and each tailer that took one of them,
// or the head alone, for the whole has lost lines. They only say where to look first, and which of two logs
// of the same content is the copy.
//
// Of several generations whose content a file begins with, it is the one of which most was seen. If another
// file holds that one already, and holds the rest as well, the shorter file is a copy (logrotate's
// `copytruncate`, or `gzip` before it removes what it read): all of it is counted where the longer one is read,
// so it becomes a generation that was read to its end. What it grows by is compared anew. The price: a rotated
// log that holds the same to the byte as another one of its folder, without times in it, counts once.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "sweep/content.h"
#include "sweep/state.h"
#include "sweep/walk.h"

namespace logfix {

/// A file to read on, from where its generation was read up to.
struct Visit {
  FoundFile file;
  Generation from;          ///< with the id 0: content that is not known
  bool has_rested = false;  ///< it is as long as it was at the last sweep
};

struct Plan {
  std::vector<Visit> visits;
  std::vector<Seat> seats;              ///< of files that are not to be read, and were not known so
  std::vector<Generation> copied;       ///< what is in those of them that hold what another file holds
  std::vector<std::int64_t> seen;       ///< generations that are in some file; ascending
  std::vector<FileId> gone;             ///< files that are no more
  std::vector<NamedReason> errors;      ///< what could not be read
  std::vector<NamedReason> skipped;     ///< what is no text, or too much
};

struct ReadLimits {
  std::uint64_t max_file = 0;  ///< bytes of what is read of one log
  Time settled_before{};       ///< a file that changed later may change again without a trace
  bool is_settled(const FileStatus& file) const {
    const std::int64_t before = settled_before.time_since_epoch().count();
    return file.changed < before && file.modified < before;
  }
};

/// Use:      plan() what a walk found; remember() what came of each visit.
/// Errors:   a file that can't be read is named in the plan, and stays as it is known.
/// Cost:     a file that is as it was is not opened.
class Lineages {
 public:
  Lineages(std::vector<Generation> generations, const std::vector<Seat>& seats);

  Plan plan(const std::vector<FoundFile>& files, const ReadLimits& limits, Throttle& throttle);
  void remember(const Generation& generation);
  void remember(const Seat& seat) { seats_[seat.file.id] = seat; }
  std::int64_t next_id() { return ++last_id_; }

 private:
  class Planner;
  using HeadKey = std::pair<std::size_t, Digest>;  // how many bytes it is of
  std::vector<std::int64_t> with_head(std::string_view head) const;

  std::map<std::int64_t, Generation> generations_;
  std::map<HeadKey, std::set<std::int64_t>> by_head_;
  std::map<std::size_t, std::size_t> head_sizes_;  // and how many have it
  std::map<FileId, Seat> seats_;
  std::int64_t last_id_ = 0;
};

}  // namespace logfix
