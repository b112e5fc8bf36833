// What a run found, as data for the report.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/stats.h"
#include "base/time.h"
#include "findings/redact.h"
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
  std::vector<std::string> explains; ///< ids of the findings that it explains
};

/// Error-like records that no rule matches, with the same template.
struct Unknown {
  RedactedText pattern;  ///< the template: numbers, ids, paths and quoted text masked
  std::uint64_t count = 0;
  Level level = Level::kUnknown;
  Evidence evidence;
};

/// Root causes first, their symptoms behind them; then severity, then count.
struct Report {
  std::vector<Finding> findings;
  std::vector<Unknown> unknowns;
  Stats stats;
  bool is_redacted = true;
  std::string rule_set;  ///< RuleSet::hash
};

}  // namespace logfix
