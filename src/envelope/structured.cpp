// The keys that structlog, python-json-logger, loguru, pino, winston, ECS and OpenTelemetry use.
#include "envelope/structured.h"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <initializer_list>

#include "base/text.h"
#include "envelope/entry.h"

namespace logfix {
namespace {

using Keys = std::initializer_list<std::string_view>;

std::size_t first_string(const FlatJson& json, Keys keys) {
  for (std::string_view key : keys)
    if (const std::size_t at = json.find_string(key); at != FlatJson::kNone) return at;
  return FlatJson::kNone;
}

std::string_view first_value(const FlatJson& json, Keys keys) {
  const std::size_t at = first_string(json, keys);
  return at == FlatJson::kNone ? std::string_view() : json.string_at(at);
}

// The numbers of pino and bunyan.
Level level_from_number(std::string_view text) {
  if (text.size() != 2 || !is_digit(text[0]) || !is_digit(text[1])) return Level::kUnknown;
  switch (text[0]) {
    case '0':
      return Level::kUnknown;
    case '1':
    case '2':
      return Level::kDebug;
    case '3':
      return Level::kInfo;
    case '4':
      return Level::kWarning;
    case '5':
      return Level::kError;
    default:
      return Level::kCritical;
  }
}

// A time from seconds or a smaller unit, told apart by size: all are between 1973 and 2261.
std::optional<Time> time_from_epoch(std::string_view text) {
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
    return Time(std::chrono::microseconds(std::llround(seconds * 1e6)));
  }
  std::int64_t nanos = 0;
  if (__builtin_mul_overflow(whole, unit, &nanos)) return std::nullopt;
  return Time(std::chrono::nanoseconds(nanos));
}

void add_value(std::string_view value, std::string& text) {
  if (value.empty()) return;
  if (!text.empty()) text += kValueBreak;
  // Value by value, so that an unfinished colour doesn't swallow the break behind it.
  if (value.find('\x1b') == std::string_view::npos) {
    text += value;
  } else {
    text += without_ansi(value);
  }
}

}  // namespace

void join_strings(const FlatJson& json, std::string& text) {
  text.clear();
  const std::size_t message =
      first_string(json, {"message", "msg", "event", "body", "error.message", "err.message",
                          "record.message", "body.stringValue"});
  if (message != FlatJson::kNone) add_value(json.string_at(message), text);
  for (std::size_t i = 0; i < json.string_count(); ++i)
    if (i != message) add_value(json.string_at(i), text);
}

Level structured_level(const FlatJson& json) {
  for (std::string_view key : {"level", "levelname", "severity", "log.level", "lvl",
                               "severityText", "severity_text", "record.level.name",
                               "level.name"}) {
    const std::string* value = json.find(key);
    if (!value) continue;
    Level level = level_from_word(trimmed(*value));
    if (level == Level::kUnknown && key == "level") level = level_from_number(*value);
    if (level != Level::kUnknown) return level;
  }
  return Level::kUnknown;
}

std::optional<Time> structured_time(const FlatJson& json) {
  for (std::string_view key : {"timestamp", "time", "ts", "@timestamp", "asctime", "datetime",
                               "record.time.timestamp"}) {
    const std::string* value = json.find(key);
    if (!value) continue;
    if (const auto time = parse_time(*value)) return time;
    if (const auto time = time_from_epoch(*value)) return time;
  }
  return std::nullopt;
}

std::string_view structured_logger(const FlatJson& json) {
  return first_value(json, {"logger", "logger_name", "name", "record.name"});
}

std::string_view structured_service(const FlatJson& json) {
  return first_value(json, {"service", "service.name", "serviceName", "app"});
}

}  // namespace logfix
