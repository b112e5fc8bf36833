// What a run found, as data for the report.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/stats.h"
#include "base/time.h"
#include "findings/moments.h"
#include "findings/redact.h"
#include "ruleset/accepted.h"
#include "ruleset/rule.h"

namespace logfix {

/// The line that shows an error: of a multi-line record, the one with the match.
struct Evidence {
  RedactedText source;
  std::uint64_t line = 0;  ///< 1-based
  RedactedText text;
  std::size_t mark_begin = 0, mark_end = 0;  ///< of what matched, in `text`
  bool truncated = false;
};

/// One tuple of captured values, and how often it occurred.
struct Variant {
  std::vector<std::pair<std::string, RedactedText>> captures;
  std::uint64_t count = 0;
};

struct SourceCount {
  RedactedText name;
  std::uint64_t count = 0;
};

/// How something that was found in a night stands among the nights before.
struct Trend {
  bool is_first_time = false;           ///< no night that is remembered had it
  bool was_there_last = false;          ///< in the night before
  std::uint64_t nights_in_a_row = 1;    ///< with this one
  std::vector<std::uint64_t> counts;    ///< by night, this one last; 0 if it was not there
};

/// All occurrences of one rule.
struct Finding {
  const Rule* rule = nullptr;
  std::uint64_t count = 0;
  std::optional<Time> first_seen, last_seen;
  std::vector<SourceCount> sources;  ///< in the order of the input
  std::vector<Variant> variants;     ///< the most frequent ten
  std::uint64_t variants_omitted = 0;
  Evidence evidence;                 ///< of the first occurrence
  std::string explained_by;          ///< id of the finding that is its root cause; empty if none
  std::vector<std::string> causes;   ///< ids of all findings that explain occurrences of it, the most first
  std::vector<std::string> explains; ///< ids of the findings that it explains, some occurrences at least
  std::vector<SourceCount> services; ///< containers or services, else sources; the most frequent first
  std::vector<Moment> moments;       ///< by service, then by time
  std::uint64_t explained_count = 0; ///< occurrences that another finding explains
  std::string partly_explained_by;   ///< if not all of them are; then explained_by is empty
  std::optional<Trend> trend;        ///< in a report of a night
};

/// Error-like records that no rule matches, with the same template.
struct Unknown {
  RedactedText pattern;  ///< the template: numbers, ids, paths and quoted text masked
  std::uint64_t count = 0;
  Level level = Level::kUnknown;
  Evidence evidence;
  std::optional<Trend> trend;  ///< in a report of a night
};

/// An entry of the accepted-findings file, and the occurrences that it stands for.
struct AcceptedFinding {
  Accepted entry;
  std::uint64_t count = 0;
  bool has_expired = false;  ///< then they are told of again
};

/// A rule that the night before had found.
struct GoneFinding {
  const Rule* rule = nullptr;
  std::uint64_t count = 0;               ///< in the night before
  std::uint64_t nights_in_a_row = 0;     ///< that it had been there
  std::vector<std::uint64_t> counts;     ///< by night, this one last
};

/// Something that a sweep came upon and did not read, and why.
struct NotRead {
  RedactedText name;
  std::string reason;
};

/// What the report of a night has beside findings.
struct Night {
  std::int64_t number = 0;
  Time began{};
  std::optional<Time> previous;          ///< when the night before began
  std::vector<GoneFinding> gone;
  std::vector<NotRead> unreadable, skipped;
  std::uint64_t files = 0, read = 0;     ///< logs that were there, and those of which something was read
  std::uint64_t waiting = 0;             ///< logs whose last record is not whole
  std::chrono::milliseconds elapsed{0};
};

/// Root causes first, their symptoms behind them; then severity, then count.
struct Report {
  std::vector<Finding> findings;
  std::vector<Unknown> unknowns;
  Stats stats;
  bool is_redacted = true;
  std::map<std::string, std::uint64_t> redacted;  ///< placeholders that the report may show, by their kinds
  std::vector<AcceptedFinding> accepted;  ///< those with occurrences
  std::string rule_set;  ///< RuleSet::hash
  std::optional<Night> night;  ///< of a sweep
};

}  // namespace logfix
