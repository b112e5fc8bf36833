#include "base/time.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "base/text.h"

namespace logfix {
namespace {

namespace chrono = std::chrono;

// Reads from the front of a text; a failed reader leaves it as it was.
struct Cursor {
  std::string_view rest;

  bool take(std::string_view any_of) {
    if (rest.empty() || any_of.find(rest[0]) == std::string_view::npos) return false;
    rest.remove_prefix(1);
    return true;
  }
  // A number of `least` to `most` digits; -1 if there is none.
  int number(std::size_t least, std::size_t most) {
    std::size_t size = 0;
    int value = 0;
    for (; size < most && size < rest.size() && is_digit(rest[size]); ++size)
      value = value * 10 + (rest[size] - '0');
    if (size < least) return -1;
    rest.remove_prefix(size);
    return value;
  }
  // 1 to 7 for Mon to Sun or 1 to 12 for Jan to Dec; 0 if there is none.
  int name(std::string_view names) {
    for (std::size_t at = 0; at < names.size() && rest.size() >= 3; at += 3)
      if (rest.starts_with(names.substr(at, 3))) return rest.remove_prefix(3), static_cast<int>(at / 3 + 1);
    return 0;
  }
  int month_name() { return name(kMonthNames); }
  int day_name() { return name("MonTueWedThuFriSatSun"); }
};

struct Parts {
  int year = -1, month = 0, day = -1;
  chrono::nanoseconds clock{};
  std::optional<chrono::minutes> zone;
};

std::optional<chrono::nanoseconds> take_clock(Cursor& at) {
  Cursor next = at;
  const int hour = next.number(2, 2);
  if (!next.take(":")) return std::nullopt;
  const int minute = next.number(2, 2);
  if (!next.take(":")) return std::nullopt;
  const int second = next.number(2, 2);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60)
    return std::nullopt;
  std::int64_t nanos = 0;
  if (next.rest.size() > 1 && (next.rest[0] == '.' || next.rest[0] == ',') && is_digit(next.rest[1])) {
    next.take(".,");
    for (std::int64_t unit = 100'000'000; !next.rest.empty() && is_digit(next.rest[0]); unit /= 10) {
      nanos += (next.rest[0] - '0') * unit;
      next.rest.remove_prefix(1);
    }
  }
  at = next;
  return chrono::hours(hour) + chrono::minutes(minute) + chrono::seconds(second) +
         chrono::nanoseconds(nanos);
}

// Names that stand for one zone wherever they are printed (PostgreSQL's `Default` set of
// abbreviations, less those that it lists for several zones).
std::optional<int> named_zone(std::string_view name) {
  static constexpr std::pair<std::string_view, int> kHours[] = {
      {"UTC", 0},  {"GMT", 0},  {"Z", 0},     {"WET", 0},  {"WEST", 1}, {"CET", 1},  {"CEST", 2},
      {"MET", 1},  {"MEST", 2}, {"EET", 2},   {"EEST", 3}, {"MSK", 3},  {"BST", 1},  {"JST", 9},
      {"KST", 9},  {"AEST", 10}, {"AEDT", 11}, {"NZST", 12}, {"NZDT", 13}, {"EST", -5}, {"EDT", -4},
      {"CST", -6}, {"CDT", -5}, {"MST", -7},  {"MDT", -6}, {"PST", -8}, {"PDT", -7}};
  for (const auto& [word, hours] : kHours)
    if (word == name) return hours;
  return std::nullopt;
}

std::optional<chrono::minutes> take_zone(Cursor& at) {
  Cursor next = at;
  if (next.take("Z")) return at = next, chrono::minutes(0);
  next.take(" ");
  std::size_t word = 0;
  while (word < next.rest.size() && is_word(next.rest[word])) ++word;
  if (const auto hours = named_zone(next.rest.substr(0, word))) {
    next.rest.remove_prefix(word);
    return at = next, chrono::hours(*hours);
  }
  const bool is_west = next.rest.starts_with('-');
  if (!next.take("+-")) return std::nullopt;
  const int hours = next.number(2, 2);
  if (hours < 0 || hours > 15) return std::nullopt;
  Cursor behind = next;
  behind.take(":");
  const int minutes = behind.number(2, 2);
  if (minutes > 59) return std::nullopt;
  at = minutes < 0 ? next : behind;
  const int offset = hours * 60 + std::max(minutes, 0);
  return chrono::minutes(is_west ? -offset : offset);
}

bool take_clock_and_zone(Cursor& at, Parts& parts) {
  const auto clock = take_clock(at);
  if (!clock) return false;
  parts.clock = *clock;
  parts.zone = take_zone(at);
  return true;
}

// `2026-11-23T22:10:04Z`, `2026/11/23 22:10:04`
bool take_year_first(Cursor& at, Parts& parts) {
  parts.year = at.number(4, 4);
  if (parts.year < 0 || !at.take("-/")) return false;
  parts.month = at.number(2, 2);
  if (!at.take("-/")) return false;
  parts.day = at.number(2, 2);
  return at.take("T ") && take_clock_and_zone(at, parts);
}

// `23/Nov/2026:22:10:04 +0000`, `23 Nov 2026 22:10:04.120`, `23-Nov-2026 22:10:04 UTC`
bool take_day_first(Cursor& at, Parts& parts) {
  parts.day = at.number(1, 2);
  if (parts.day < 0 || !at.take("/ -")) return false;
  parts.month = at.month_name();
  if (parts.month == 0 || !at.take("/ -")) return false;
  parts.year = at.number(4, 4);
  return parts.year >= 0 && at.take(": ") && take_clock_and_zone(at, parts);
}

// `Nov 23 22:10:04`, `Nov  3 22:10:04.120 2026`, `Nov 23 2026 22:10:04`
bool take_month_first(Cursor& at, Parts& parts) {
  parts.month = at.month_name();
  if (parts.month == 0 || !at.take(" ")) return false;
  at.take(" ");
  parts.day = at.number(1, 2);
  if (parts.day < 0 || !at.take(" ")) return false;
  Cursor year_next = at;
  const int year = year_next.number(4, 4);
  if (year > 0 && year_next.take(" ")) parts.year = year, at = year_next;
  if (!take_clock_and_zone(at, parts)) return false;
  Cursor behind = at;
  if (parts.year < 0 && behind.take(" ")) {
    const int last = behind.number(4, 4);
    if (last > 0 && (behind.rest.empty() || !is_word(behind.rest[0]))) parts.year = last, at = behind;
  }
  return true;
}

bool take_any(Cursor& at, Parts& parts) {
  if (at.day_name() != 0 && !(at.take(","), at.take(" "))) return false;
  if (at.rest.empty()) return false;
  if (is_alpha(at.rest[0])) return take_month_first(at, parts);
  return at.rest.size() > 4 && is_digit(at.rest[2]) ? take_year_first(at, parts)
                                                    : take_day_first(at, parts);
}

// Nanoseconds end in 2262. What is printed is read again, so both ways have the same ends, in UTC.
bool is_in_range(Time time) {
  return time >= Time() && time < chrono::sys_days(chrono::year(2262) / chrono::January / 1);
}

// The latest year in which the date is not after the reference (by more than a day: clocks differ).
int infer_year(const Parts& parts, const std::optional<Time>& reference) {
  if (!reference) return 1972;  // a leap year, and long ago enough to be seen as unknown
  const chrono::year_month_day today(chrono::floor<chrono::days>(*reference + chrono::days(1)));
  const auto date = std::pair(parts.month, parts.day);
  const auto limit = std::pair(static_cast<int>(static_cast<unsigned>(today.month())),
                               static_cast<int>(static_cast<unsigned>(today.day())));
  return static_cast<int>(today.year()) - (date > limit);
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

std::optional<ParsedTime> parse_time(std::string_view text, const TimeDefaults& defaults) {
  constexpr std::size_t kShortest = 15;  // `Nov 23 22:10:04`
  if (text.size() < kShortest || !is_word(text[0])) return std::nullopt;
  Cursor at{text};
  Parts parts;
  if (!take_any(at, parts)) return std::nullopt;
  const int year = parts.year < 0 ? infer_year(parts, defaults.reference) : parts.year;
  const chrono::year_month_day date{chrono::year(year),
                                    chrono::month(static_cast<unsigned>(parts.month)),
                                    chrono::day(static_cast<unsigned>(std::max(parts.day, 0)))};
  if (year < 1970 || year > 2261 || parts.month < 0 || !date.ok()) return std::nullopt;
  const Time time = chrono::sys_days(date) + parts.clock - parts.zone.value_or(defaults.zone);
  if (!is_in_range(time)) return std::nullopt;
  return ParsedTime{time, text.size() - at.rest.size(), parts.zone.has_value()};
}

std::optional<Time> parse_epoch(std::string_view text) {
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end || !(number >= 1e8 && number < 9.2e18))
    return std::nullopt;
  std::int64_t unit = 1'000'000'000;
  for (double limit = 1e11; number >= limit && unit > 1; limit *= 1000) unit /= 1000;
  std::int64_t whole = 0;
  if (std::from_chars(text.data(), end, whole).ptr != end) {
    // A double's part below a microsecond would be noise.
    const double seconds = number * static_cast<double>(unit) / 1e9;
    if (seconds >= 9.2e9) return std::nullopt;
    const Time time(chrono::microseconds(std::llround(seconds * 1e6)));
    return is_in_range(time) ? std::optional(time) : std::nullopt;
  }
  std::int64_t nanos = 0;
  if (__builtin_mul_overflow(whole, unit, &nanos)) return std::nullopt;
  const Time time{chrono::nanoseconds(nanos)};
  return is_in_range(time) ? std::optional(time) : std::nullopt;
}

}  // namespace logfix
