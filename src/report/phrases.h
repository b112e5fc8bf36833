// What several formats say in the same words.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "findings/finding.h"

namespace logfix {

/// `1 time`, `12 times`.
std::string times(std::uint64_t count);
/// `3 known errors, 2 of them root causes; 1 unknown`; of a night `night 4: 1 new, 2 still there, 1 gone`.
std::string in_short(const Report& report);
/// `2026-11-23 02:14:07Z`.
std::string to_the_second(Time time);
/// True if the night before did not have it.
template <typename Thing>
bool is_new(const Thing& thing) {
  return thing.trend && !thing.trend->was_there_last;
}
/// `new`, `back`, `5 nights in a row`.
std::string standing(const Trend& trend);
/// A bar of block characters for each count, `·` for none; the last `most` of them.
std::string bars(const std::vector<std::uint64_t>& counts, std::size_t most);
inline constexpr std::size_t kShownNights = 14;
/// A line for each rule that the night before had: `redis-oom: Redis is out of memory (was there 3 nights …)`.
std::vector<std::string> gone(const Night& night);
/// `first 2026-…, last 2026-…`, or `at 2026-…`; empty if no time is known.
std::string when(const Finding& finding);
/// `explained by X and 2 more`, `12 of them explained by X`; empty if it is not.
std::string explained_by(const Finding& finding);
/// When it occurred: `02:14–02:20` if all was within a day, else `2026-11-23–2026-11-25`; empty if unknown.
std::string short_when(const Finding& finding, bool within_a_day);
/// In percent, the error records that rules explain; 100 if there are none.
double percent_explained(const Stats& stats);
/// The counters, as the last line of a report.
std::string closing(const Report& report);
/// What a report has to say about itself: times without a zone, which secrets were replaced or that none
/// were, hidden findings.
std::vector<std::string> remarks(const Report& report);
/// The version, the rule set, how much was read.
std::string environment(const Report& report, const std::string& version);
/// The command that drafts a rule from an unknown error; of standard input it must be given the same again.
/// None if the file's name is no safe word.
std::optional<std::string> draft_command(const Unknown& unknown);

}  // namespace logfix
