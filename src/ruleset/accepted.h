// Findings that a team knows of and lives with, for a time.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/diagnostic.h"
#include "base/time.h"
#include "ruleset/rule.h"

namespace logfix {

/// One entry of an accepted-findings file: occurrences of a rule with these captures are not told of
/// before it expires.
struct Accepted {
  std::string rule;
  std::vector<std::pair<std::string, std::string>> captures;  ///< values, `*` for any text in them
  std::string reason, owner;
  std::string expires;  ///< the day, as written: `2026-12-31`
  Time expires_at;      ///< its end in UTC
};

/// Reads a YAML list of `rule`, `captures` (optional), `reason`, `owner` and `expires`. All mistakes are
/// diagnostics: an unknown key, a missing one, a rule that is not there, a day that is none.
std::vector<Accepted> load_accepted(const std::string& path, const RuleSet& rules, Diagnostics& diagnostics);

/// True if `*` in `pattern` standing for any text makes it `text`.
bool matches_glob(std::string_view pattern, std::string_view text);

}  // namespace logfix
