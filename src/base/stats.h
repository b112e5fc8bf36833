// What a run counts. Every reader adds to it; the closing line of a report shows it.
#pragma once

#include <cstdint>

namespace logfix {

/// Counters of one run or one part of a run. All but `lines` and `bytes` speak of records that
/// matter (that a rule matches or that look like an error), so that the fast path, which parses
/// nothing else, counts the same as the slow one.
struct Stats {
  std::uint64_t bytes = 0;
  std::uint64_t lines = 0;
  std::uint64_t records = 0;            ///< matched by a rule, or error-like
  std::uint64_t matches = 0;            ///< occurrences of all findings
  std::uint64_t error_records = 0;      ///< error-like
  std::uint64_t explained_records = 0;  ///< error-like and matched by a rule
  std::uint64_t malformed = 0;          ///< looked like JSON and was not: matched as text
  std::uint64_t truncated = 0;          ///< lines longer than the limit, taken in pieces
  std::uint64_t not_evaluated = 0;      ///< rule and record pairs that ran out of budget
  std::uint64_t redactions = 0;
  std::uint64_t hidden = 0;             ///< occurrences that --only, --skip or an accepted finding hides
  std::uint64_t outside = 0;            ///< records before --since or after --until
  std::uint64_t zoneless_times = 0;     ///< times of records that were printed without a zone
  std::uint64_t sources = 0;
  std::uint64_t unreadable = 0;

  Stats& operator+=(const Stats& other);
};

}  // namespace logfix
