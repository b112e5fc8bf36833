// Which occurrences a report tells of.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/time.h"
#include "findings/redact.h"
#include "ruleset/accepted.h"
#include "ruleset/rule.h"

namespace logfix {

struct Filter {
  std::vector<std::string> only, skip;   ///< ids of rules (`*` for any text), categories, severities
  std::optional<Time> since, until;      ///< records that tell no time are always told of
  std::vector<Accepted> accepted;
  Time now{};                            ///< what an entry has expired by

  bool shows(const Rule& rule) const;
  bool shows(const std::optional<Time>& time) const;
  /// The number of the entry that accepts an occurrence, expired ones as well.
  std::optional<std::size_t> accepted_by(const Rule& rule, const std::vector<std::pair<std::string, RedactedText>>& captures) const;
  bool has_expired(std::size_t entry) const { return accepted[entry].expires_at <= now; }
};

struct Report;
/// Takes out of a report what the filter hides, and all but the first `shown` variants: for one that was
/// put together from what is remembered. Accepted values are known as far as variants are.
void narrow(Report& report, const Filter& filter, std::size_t shown);

}  // namespace logfix
