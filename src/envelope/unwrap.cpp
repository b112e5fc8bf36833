#include "envelope/unwrap.h"

#include <cstdlib>

#include "base/text.h"
#include "envelope/json.h"

namespace logfix {
namespace {

constexpr int kMaxEnvelopes = 3;

// `api-1  | text` of docker compose; 0 if the line has no such prefix.
std::size_t compose_prefix(std::string_view line, std::size_t& name_size) {
  std::size_t at = 0;
  while (at < line.size() && (is_word(line[at]) || line[at] == '-' || line[at] == '.')) ++at;
  name_size = at;
  if (at == 0 || !is_alpha(line[0])) return 0;
  if (level_from_word(line.substr(0, at)) != Level::kUnknown) return 0;
  while (at < line.size() && line[at] == ' ') ++at;
  if (at >= line.size() || line[at] != '|') return 0;
  ++at;
  if (at < line.size() && line[at] != ' ') return 0;
  return std::min(at + 1, line.size());
}

bool looks_like_object(std::string_view text) {
  if (!text.starts_with('{')) return false;
  text = trimmed(text.substr(1));
  return !text.empty() && (text[0] == '"' || text[0] == '}');
}

// Numbers of pino and bunyan; words of all others.
Level json_level(const std::string& value) {
  const Level level = level_from_word(value);
  if (level != Level::kUnknown || value.size() != 2 || !is_digit(value[0])) return level;
  const int number = std::atoi(value.c_str());
  return number >= 60   ? Level::kCritical
         : number >= 50 ? Level::kError
         : number >= 40 ? Level::kWarning
         : number >= 30 ? Level::kInfo
                        : Level::kDebug;
}

// Epoch seconds, milli-, micro- or nanoseconds, told apart by their size.
std::optional<Time> json_time(const std::string& value) {
  if (const auto time = parse_time(value)) return time;
  if (value.empty() || value.find_first_not_of("0123456789.e+") != std::string::npos)
    return std::nullopt;
  double number = std::strtod(value.c_str(), nullptr);
  if (number < 1e8 || number > 1e19) return std::nullopt;
  while (number > 1e11) number /= 1000;
  return Time(std::chrono::nanoseconds(static_cast<std::int64_t>(number * 1e3) * 1'000'000));
}

const std::string* first_of(const FlatJson& json, std::initializer_list<std::string_view> keys) {
  for (std::string_view key : keys)
    if (const std::string* value = json.find(key)) return value;
  return nullptr;
}

}  // namespace

struct Unwrapper::State {
  JsonReader json;
  Entry entry;
  std::string plain, inner, text, container, stream, logger, service;

  void unwrap(std::string_view line, int level) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.starts_with("\xef\xbb\xbf")) line.remove_prefix(3);
    if (looks_like_object(line)) {
      unwrap_json(line, level);
      return;
    }
    std::size_t name_size = 0;
    const std::size_t prefix = level == 0 ? compose_prefix(line, name_size) : 0;
    if (prefix) {
      container.assign(line.substr(0, name_size));
      entry.container = container;
      unwrap(line.substr(prefix), level + 1);
      return;
    }
    take_plain(line);
  }

  void take_plain(std::string_view line) {
    std::size_t length = 0;
    // `docker logs -t` puts a time before each line; what follows has its own head.
    if (const auto time = parse_time(line, &length);
        time && length > 10 && line[10] == 'T' && line[length - 1] == 'Z' && length < line.size() &&
        line[length] == ' ') {
      const std::string_view rest = line.substr(length + 1);
      if (looks_like_object(rest)) {
        entry.time = time;
        unwrap_json(rest, 1);
        return;
      }
      if (!parse_head(line).is_pg_detail && parse_head(line).level == Level::kUnknown) {
        entry.time = time;
        line = rest;
      }
    }
    text.assign(line);
    entry.text = text;
    const Head head = parse_head(entry.text);
    entry.is_head = head.is_head;
    entry.is_pg_detail = head.is_pg_detail;
    entry.level = head.level;
    if (head.time) entry.time = head.time;
  }

  void unwrap_json(std::string_view line, int level) {
    const auto object = json.read(line);
    if (!object) {
      entry.is_malformed = true;
      text = without_ansi(unescaped_leniently(line));
      entry.text = text;
      entry.is_head = true;
      const Head head = parse_head(entry.text);
      entry.level = head.level;
      return;
    }
    const std::string* log = object->find("log");
    const bool is_docker = log && (object->find("stream") || object->find("time"));
    if (is_docker && level < kMaxEnvelopes) {
      if (const std::string* name = object->find("stream")) stream = *name;
      if (const std::string* time = object->find("time")) entry.time = parse_time(*time);
      entry.stream = stream;
      inner = without_ansi(*log);
      entry.is_partial = !log->ends_with('\n');
      std::string_view rest = inner;
      if (rest.ends_with('\n')) rest.remove_suffix(1);
      unwrap(std::string(rest), level + 1);
      return;
    }
    take_structured(*object);
  }

  void take_structured(const FlatJson& object) {
    entry.is_structured = true;
    text.clear();
    const auto add = [&](const std::string& value) {
      if (!text.empty()) text += kValueBreak;
      text += without_ansi(value);
    };
    const std::string* message = first_of(object, {"message", "msg", "event", "body"});
    if (message) add(*message);
    for (const std::string& value : object.strings)
      if (!message || value != *message) add(value);
    entry.text = text;
    entry.fields = object.fields;
    for (std::string_view key : {"level", "levelname", "severity", "log.level", "lvl",
                                 "severityText", "severity_text", "record.level.name",
                                 "level.name"}) {
      if (const std::string* value = object.find(key)) entry.level = json_level(*value);
      if (entry.level != Level::kUnknown) break;
    }
    for (std::string_view key : {"timestamp", "time", "ts", "@timestamp", "asctime", "datetime",
                                 "record.time.timestamp"}) {
      const std::string* value = object.find(key);
      const auto time = value ? json_time(*value) : std::nullopt;
      if (time) entry.time = time;
      if (time) break;
    }
    if (const auto* value = first_of(object, {"logger", "logger_name", "record.name", "name"}))
      logger = *value, entry.logger = logger;
    if (const auto* value = first_of(object, {"service", "service.name", "serviceName", "app"}))
      service = *value, entry.service = service;
  }
};

Unwrapper::Unwrapper() : state_(std::make_unique<State>()) {}
Unwrapper::~Unwrapper() = default;

const Entry& Unwrapper::unwrap(std::string_view line) {
  State& s = *state_;
  s.entry = Entry{};
  if (line.find('\x1b') != std::string_view::npos) {
    s.plain = without_ansi(line);
    line = s.plain;
  }
  s.unwrap(line, 0);
  return s.entry;
}

}  // namespace logfix
