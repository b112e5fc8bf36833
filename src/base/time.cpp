#include "base/time.h"

#include <fmt/format.h>

#include "base/text.h"

namespace logfix {
namespace {

namespace chrono = std::chrono;

// Reads `width` digits at `at` and moves behind them; -1 if there are fewer.
int take_number(std::string_view text, std::size_t& at, std::size_t width) {
  if (at + width > text.size()) return -1;
  int number = 0;
  for (std::size_t end = at + width; at < end; ++at) {
    if (!is_digit(text[at])) return -1;
    number = number * 10 + (text[at] - '0');
  }
  return number;
}

bool take(std::string_view text, std::size_t& at, std::string_view any_of) {
  if (at >= text.size() || any_of.find(text[at]) == std::string_view::npos) return false;
  ++at;
  return true;
}

chrono::nanoseconds take_fraction(std::string_view text, std::size_t& at) {
  if (at + 1 >= text.size() || (text[at] != '.' && text[at] != ',') || !is_digit(text[at + 1]))
    return {};
  std::int64_t nanos = 0, unit = 100'000'000;
  for (++at; at < text.size() && is_digit(text[at]); ++at, unit /= 10)
    nanos += (text[at] - '0') * unit;
  return chrono::nanoseconds(nanos);
}

chrono::minutes take_zone(std::string_view text, std::size_t& at) {
  if (take(text, at, "Z")) return {};
  if (text.substr(at).starts_with(" UTC") || text.substr(at).starts_with(" GMT")) {
    at += 4;
    return {};
  }
  std::size_t probe = at;
  take(text, probe, " ");
  if (probe >= text.size() || (text[probe] != '+' && text[probe] != '-')) return {};
  const int sign = text[probe++] == '-' ? -1 : 1;
  const int hours = take_number(text, probe, 2);
  take(text, probe, ":");
  std::size_t before_minutes = probe;
  int minutes = take_number(text, probe, 2);
  if (minutes < 0) minutes = 0, probe = before_minutes;
  if (hours < 0 || hours > 15 || minutes > 59) return {};
  at = probe;
  return chrono::minutes(sign * (hours * 60 + minutes));
}

}  // namespace

std::string to_rfc3339(Time time) {
  const auto day = chrono::floor<chrono::days>(time);
  const chrono::year_month_day date(day);
  const chrono::hh_mm_ss clock(chrono::floor<chrono::milliseconds>(time - day));
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                     clock.subseconds().count());
}

std::optional<Time> parse_time(std::string_view text, std::size_t* length) {
  if (text.size() < 19 || !is_digit(text[0])) return std::nullopt;
  std::size_t at = 0;
  const int year = take_number(text, at, 4);
  if (year < 1970 || year > 2261 || !take(text, at, "-/")) return std::nullopt;
  const int month = take_number(text, at, 2);
  if (!take(text, at, "-/")) return std::nullopt;
  const int day = take_number(text, at, 2);
  if (!take(text, at, "T ")) return std::nullopt;
  const int hour = take_number(text, at, 2);
  if (!take(text, at, ":")) return std::nullopt;
  const int minute = take_number(text, at, 2);
  if (!take(text, at, ":")) return std::nullopt;
  const int second = take_number(text, at, 2);
  const chrono::year_month_day date{chrono::year(year), chrono::month(static_cast<unsigned>(month)),
                                    chrono::day(static_cast<unsigned>(day))};
  if (month < 1 || day < 1 || !date.ok() || hour < 0 || hour > 23 || minute < 0 || minute > 59 ||
      second < 0 || second > 60)
    return std::nullopt;
  const auto fraction = take_fraction(text, at);
  const auto zone = take_zone(text, at);
  if (length) *length = at;
  return chrono::sys_days(date) + chrono::hours(hour) + chrono::minutes(minute) +
         chrono::seconds(second) + fraction - zone;
}

}  // namespace logfix
