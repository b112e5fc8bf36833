// The keys that structlog, python-json-logger, loguru, pino, winston, ECS and OpenTelemetry use.
#include "envelope/structured.h"

#include <charconv>
#include <initializer_list>

#include "base/text.h"
#include "envelope/entry.h"
#include "envelope/lenient.h"
#include "envelope/prefix.h"

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

void add_value(const FlatJson& json, std::size_t index, std::string& text) {
  const std::string_view value = json.string_at(index);
  if (value.empty()) return;
  if (!text.empty()) text += kValueBreak;
  // Value by value, so that an unfinished colour doesn't swallow the break behind it.
  if (value.find('\x1b') == std::string_view::npos) {
    text += value;
  } else {
    text += without_ansi(value);
  }
  if (!json.is_object(index) && has_escaped_quotes(value)) add_unescaped(value, text);
}

// Severity numbers of OpenTelemetry: opentelemetry.io, logs data model.
Level level_from_otel(std::string_view text) {
  int number = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), number).ec != std::errc())
    return Level::kUnknown;
  return number >= 21   ? Level::kCritical
         : number >= 17 ? Level::kError
         : number >= 13 ? Level::kWarning
         : number >= 9  ? Level::kInfo
         : number >= 1  ? Level::kDebug
                        : Level::kUnknown;
}

// GELF has syslog's severities under "level"; its payloads have a "short_message".
Level level_from_gelf(const FlatJson& json, std::string_view text) {
  if (text.size() != 1 || !is_digit(text[0]) || !json.find("short_message")) return Level::kUnknown;
  return level_from_syslog(static_cast<unsigned>(text[0] - '0'));
}

}  // namespace

void join_strings(const FlatJson& json, std::string& text) {
  text.clear();
  const std::size_t message = first_string(
      json, {"message", "msg", "event", "body", "@m", "@mt", "short_message", "error.message",
             "err.message", "record.message", "body.stringValue", "text", "textPayload",
             "jsonPayload.message", "line",
             "RenderedMessage", "MessageTemplate"});
  if (message != FlatJson::kNone) add_value(json, message, text);
  for (std::size_t i = 0; i < json.string_count(); ++i)
    if (i != message) add_value(json, i, text);
}

Level structured_level(const FlatJson& json) {
  for (std::string_view key :
       {"level", "levelname", "severity", "log.level", "lvl", "severityText", "severity_text",
        "record.level.name", "level.name", "Level", "@l", "log_level", "loglevel",
        "error_severity", "jsonPayload.level"}) {
    const std::string* value = json.find(key);
    if (!value) continue;
    Level level = level_from_word(trimmed(without_ansi(*value)));
    if (level == Level::kUnknown && key == "level") level = level_from_number(*value);
    if (level == Level::kUnknown && key == "level") level = level_from_gelf(json, *value);
    if (level != Level::kUnknown) return level;
  }
  const std::string* number = json.find("severityNumber");
  return number ? level_from_otel(*number) : Level::kUnknown;
}

std::optional<ParsedTime> structured_time(const FlatJson& json, const TimeDefaults& defaults) {
  for (std::string_view key :
       {"timestamp", "time", "ts", "@timestamp", "asctime", "datetime", "record.time.timestamp",
        "@t", "timeUnixNano", "observedTimeUnixNano", "instant.epochSecond", "date", "Timestamp",
        "t", "eventTime", "timeMillis"}) {
    const std::string* value = json.find(key);
    if (!value) continue;
    if (const auto time = parse_time(*value, defaults)) return time;
    if (const auto time = parse_epoch(*value)) return ParsedTime{*time, 0, true};
  }
  return std::nullopt;
}

std::string_view structured_logger(const FlatJson& json) {
  return first_value(json, {"logger", "logger_name", "loggerName", "name", "record.name",
                            "log.logger", "SourceContext", "Properties.SourceContext", "category",
                            "scope.name", "_logger"});
}

std::string_view structured_service(const FlatJson& json) {
  return first_value(json, {"service.name", "service", "serviceName", "service_name", "app",
                            "application", "appname"});
}

}  // namespace logfix
