// Points in time, UTC, to the nanosecond.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace logfix {

using Time = std::chrono::sys_time<std::chrono::nanoseconds>;

/// `2026-11-23T22:10:04.120Z` (RFC 3339, milliseconds).
std::string to_rfc3339(Time time);

/// Reads a date and time at the head of `text`: `YYYY-MM-DD` or `YYYY/MM/DD`, `T` or a space,
/// `HH:MM:SS`, a fraction behind `.` or `,`, and `Z`, ` UTC`, `+HH:MM`, `+HHMM` or ` +0000`.
/// A time without a zone is taken as UTC. `*length`, if given, is set to what was read.
std::optional<Time> parse_time(std::string_view text, std::size_t* length = nullptr);

}  // namespace logfix
