// Points in time, UTC, to the nanosecond.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace logfix {

using Time = std::chrono::sys_time<std::chrono::nanoseconds>;

/// `2026-11-23T22:10:04.120Z` (RFC 3339, milliseconds).
std::string to_rfc3339(Time time);

/// `Jan` to `Dec`, end to end.
inline constexpr std::string_view kMonthNames = "JanFebMarAprMayJunJulAugSepOctNovDec";

/// What a log leaves out.
struct TimeDefaults {
  std::chrono::minutes zone{0};   ///< east of UTC, for times without a zone
  std::optional<Time> reference;  ///< a time without a year is in the year before this one's end
};

struct ParsedTime {
  Time time;
  std::size_t length = 0;  ///< how many bytes were read
  bool has_zone = false;
};

/// Reads a date and time at the head of `text`, as logs print them:
///
///     2026-11-23T22:10:04.120Z   2026-11-23 22:10:04,120 +0100   2026/11/23 22:10:04
///     23/Nov/2026:22:10:04 +0000   23 Nov 2026 22:10:04.120   23-Nov-2026 22:10:04 UTC
///     Nov 23 22:10:04   Mon Nov 23 22:10:04.120 2026   Mon 2026-11-23 22:10:04 UTC
///
/// Zones are `Z`, `+HH:MM`, `+HHMM`, `+HH` and names of one meaning such as `UTC`, `CET` and `EDT`
/// (`IST` has three: it is taken as no zone), with or without a space before them.
/// A time without a year is in 1972 if there is no reference.
std::optional<ParsedTime> parse_time(std::string_view text, const TimeDefaults& defaults = {});

/// Reads seconds, milli-, micro- or nanoseconds since 1970, told apart by size: all times are
/// between 1973 and 2261. `text` holds the number and nothing else.
std::optional<Time> parse_epoch(std::string_view text);

}  // namespace logfix
