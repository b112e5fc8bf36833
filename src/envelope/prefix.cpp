#include "envelope/prefix.h"

#include <algorithm>

#include "base/text.h"
#include "envelope/unwrap.h"

namespace logfix {
namespace {

bool is_name_part(char c) { return is_word(c) || c == '.' || c == '-'; }

std::string_view leading_name(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() && is_name_part(text[end])) ++end;
  return text.substr(0, end);
}

std::optional<Prefix> compose(std::string_view& line) {
  const std::string_view name = leading_name(line);
  if (name.empty() || name[0] == '.' || name[0] == '-') return std::nullopt;
  std::size_t bar = name.size();
  while (bar < line.size() && line[bar] == ' ') ++bar;
  if (bar == name.size() || bar == line.size() || line[bar] != '|') return std::nullopt;
  if (bar + 1 < line.size() && line[bar + 1] != ' ') return std::nullopt;
  // `INFO     | text` is what loguru and its like write.
  if (level_from_word(name) != Level::kUnknown) return std::nullopt;
  line.remove_prefix(std::min(bar + 2, line.size()));
  Prefix prefix;
  prefix.name = "Compose";
  prefix.container = name;
  return prefix;
}

std::optional<Prefix> kubectl(std::string_view& line) {
  const std::size_t close = line.find("] ");
  if (close == std::string_view::npos) return std::nullopt;
  Prefix prefix;
  prefix.name = "kubectl";
  prefix.container = line.substr(5, close - 5);
  line.remove_prefix(close + 2);
  return prefix;
}

// Kubernetes builds the random parts of names from these, so that they spell no words.
bool is_random_part(std::string_view text, std::size_t least, std::size_t most) {
  return text.size() >= least && text.size() <= most &&
         text.find_first_not_of("bcdfghjklmnpqrstvwxz2456789") == std::string_view::npos;
}

// `api-7d9f8b6c5-x2x4z` of a Deployment.
bool is_deployment_pod(std::string_view pod, std::size_t last_dash) {
  const std::size_t hash = pod.rfind('-', last_dash - 1);
  return hash != std::string_view::npos && is_random_part(pod.substr(last_dash + 1), 5, 5) &&
         is_random_part(pod.substr(hash + 1, last_dash - hash - 1), 6, 10);
}

// `postgres-0 postgres …` of a StatefulSet reads like prose, but for a line that begins behind it.
bool is_stateful_pod(std::string_view pod, std::size_t last_dash, std::string_view behind) {
  const std::string_view number = pod.substr(last_dash + 1);
  return !number.empty() && number.size() <= 3 && std::all_of(number.begin(), number.end(), is_digit) &&
         (parse_head(behind, {}).is_head || behind.starts_with('{'));
}

std::optional<Prefix> stern(std::string_view& line) {
  const std::string_view pod = leading_name(line);
  const std::size_t last = pod.rfind('-');
  if (last == std::string_view::npos || last == 0) return std::nullopt;
  const std::string_view rest = line.substr(pod.size());
  if (!rest.starts_with(' ')) return std::nullopt;
  const std::string_view container = leading_name(rest.substr(1));
  if (container.empty() || !rest.substr(1 + container.size()).starts_with(' ')) return std::nullopt;
  if (!is_deployment_pod(pod, last) &&
      !is_stateful_pod(pod, last, rest.substr(2 + container.size())))
    return std::nullopt;
  Prefix prefix;
  prefix.name = "stern";
  prefix.container = line.substr(0, pod.size() + 1 + container.size());
  line.remove_prefix(pod.size() + container.size() + 2);
  return prefix;
}

// A time at the head of a line may be the application's. It is only if taking it off would leave no
// level where there is one now, or a bare one (`2026-11-23T10:00:00Z ERROR text`).
bool belongs_to_text(std::string_view with_time, std::string_view without_time) {
  const Head head = parse_head(with_time, {});
  if (head.level == Level::kUnknown) return false;
  const Head rest = parse_head(without_time, {});
  return rest.level != head.level || rest.is_bare;
}

// CRI, `docker logs -t` and GitHub Actions: RFC 3339 with a fraction, then a space.
std::optional<Prefix> runtime_time(std::string_view& line) {
  if (line.size() < 22 || line[4] != '-' || line[10] != 'T') return std::nullopt;
  const auto time = parse_time(line);
  const bool is_alone = time && time->length == line.size();  // a blank line whose end was trimmed
  if (!time || !time->has_zone || (!is_alone && line[time->length] != ' ')) return std::nullopt;
  std::string_view rest = line.substr(std::min(time->length + 1, line.size()));
  Prefix prefix;
  prefix.time = time->time;
  for (std::string_view stream : {"stdout ", "stderr "}) {
    if (!rest.starts_with(stream)) continue;
    const std::string_view tag = rest.substr(stream.size(), 1);
    const std::string_view behind = rest.substr(stream.size() + tag.size());
    if ((tag != "F" && tag != "P") || !(behind.empty() || behind[0] == ' ' || behind[0] == ':'))
      break;
    prefix.name = "CRI";
    prefix.stream = stream.substr(0, 6);
    prefix.is_runtime = true;
    prefix.is_partial = tag == "P";
    const std::size_t space = behind.find(' ');  // behind further tags
    line = space == std::string_view::npos ? std::string_view() : behind.substr(space + 1);
    return prefix;
  }
  if (line[time->length - 1] != 'Z' || belongs_to_text(line, rest)) return std::nullopt;
  prefix.name = "time of the runtime";
  line = rest;
  return prefix;
}

struct Tag {
  std::string_view name, process;  // `app`, `app[12]`; empty if there is none
};

// `host app[12]: ` behind the time (`host app: ` if bare tags are allowed).
Tag take_tag(std::string_view& line, bool allows_bare) {
  const std::size_t host = leading_name(line).size();
  if (host == 0 || host >= line.size() || line[host] != ' ') return {};
  const std::string_view rest = line.substr(host + 1);
  std::size_t end = 0;
  while (end < rest.size() && (is_name_part(rest[end]) || rest[end] == '/' || rest[end] == '@')) ++end;
  std::size_t colon = end;
  if (rest.substr(end).starts_with('[')) {
    colon = rest.find(']', end);
    if (colon == std::string_view::npos) return {};
    ++colon;
  }
  if (end == 0 || colon >= rest.size() || rest[colon] != ':') return {};
  const std::string_view tag = rest.substr(0, end);
  const bool has_pid = colon > end;
  if (!has_pid && (!allows_bare || level_from_word(tag) != Level::kUnknown)) return {};
  line = rest.substr(colon + 1);
  if (line.starts_with(' ')) line.remove_prefix(1);
  return {tag, rest.substr(0, colon)};
}

// `1764000000.123456`: how journalctl's short-unix begins.
std::optional<ParsedTime> unix_time(std::string_view line) {
  const std::string_view number = line.substr(0, std::min(line.find(' '), line.size()));
  if (number.size() != 17 || number[10] != '.') return std::nullopt;
  const auto time = parse_epoch(number);
  if (!time) return std::nullopt;
  return ParsedTime{*time, number.size(), true};
}

// `[   12.345678] `: seconds since the boot, of the kernel and of journalctl's short-monotonic.
std::optional<Prefix> boot_time(std::string_view& line) {
  std::size_t at = 1;
  while (at < line.size() && line[at] == ' ') ++at;
  const std::size_t digits = at;
  while (at < line.size() && is_digit(line[at])) ++at;
  const std::size_t dot = at++;
  if (dot == digits || dot >= line.size() || line[dot] != '.') return std::nullopt;
  while (at < line.size() && is_digit(line[at])) ++at;
  if (at != dot + 7 || line.substr(at, 2) != "] ") return std::nullopt;
  Prefix prefix;
  prefix.name = "time since boot";
  line.remove_prefix(at + 2);
  const Tag tag = take_tag(line, true);
  prefix.logger = tag.name;
  prefix.process = tag.process;
  return prefix;
}

std::optional<Prefix> journal_or_bsd(std::string_view& line, const TimeDefaults& defaults) {
  // Of ISO times only `2026-11-23T…` is journalctl's; others are an application's.
  const bool has_names = is_alpha(line[0]);
  if (!has_names && (line.size() < 20 || (line[10] != 'T' && line[10] != '.'))) return std::nullopt;
  auto time = parse_time(line, defaults);
  if (!time) time = unix_time(line);
  if (!time || time->length >= line.size() || line[time->length] != ' ') return std::nullopt;
  std::string_view rest = line.substr(time->length + 1);
  const Tag tag = take_tag(rest, has_names);
  if (tag.name.empty()) return std::nullopt;
  Prefix prefix;
  prefix.logger = tag.name;
  prefix.process = tag.process;
  prefix.name = "journalctl or BSD syslog";
  prefix.time = time->time;
  prefix.has_zone = time->has_zone;
  line = rest;
  return prefix;
}

// The next word of an RFC 5424 header; `-` is an empty one.
std::string_view take_word(std::string_view& line) {
  const std::size_t space = std::min(line.find(' '), line.size());
  const std::string_view word = line.substr(0, space);
  line.remove_prefix(std::min(space + 1, line.size()));
  return word == "-" ? std::string_view() : word;
}

void skip_structured_data(std::string_view& line) {
  if (line.starts_with('-')) return line.remove_prefix(std::min<std::size_t>(2, line.size()));
  while (line.starts_with('[')) {
    std::size_t end = 1;
    for (bool is_quoted = false; end < line.size() && (is_quoted || line[end] != ']'); ++end) {
      if (line[end] == '"') is_quoted = !is_quoted;
      if (line[end] == '\\') ++end;
    }
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  if (line.starts_with(' ')) line.remove_prefix(1);
}

std::optional<Prefix> syslog(std::string_view& line, const TimeDefaults& defaults) {
  std::size_t end = 1;
  unsigned priority = 0;
  while (end < line.size() && end < 4 && is_digit(line[end]))
    priority = priority * 10 + static_cast<unsigned>(line[end++] - '0');
  if (end == 1 || end >= line.size() || line[end] != '>' || priority > 191) return std::nullopt;
  std::string_view rest = line.substr(end + 1);
  Prefix prefix;
  if (rest.starts_with("1 ")) {
    rest.remove_prefix(2);
    const auto time = parse_time(take_word(rest));
    if (time) prefix.time = time->time, prefix.has_zone = time->has_zone;
    take_word(rest);  // host
    prefix.logger = take_word(rest);
    prefix.process = take_word(rest);
    take_word(rest);  // message id
    skip_structured_data(rest);
    if (rest.starts_with("\xef\xbb\xbf")) rest.remove_prefix(3);
  } else if (auto bsd = journal_or_bsd(rest, defaults)) {
    prefix = *bsd;
  } else {
    return std::nullopt;
  }
  prefix.name = "syslog";
  prefix.level = level_from_syslog(priority % 8);
  line = rest;
  return prefix;
}

}  // namespace

Level level_from_syslog(unsigned severity) {
  static constexpr Level kLevels[] = {Level::kCritical, Level::kCritical, Level::kCritical,
                                      Level::kError,    Level::kWarning,  Level::kInfo,
                                      Level::kInfo,     Level::kDebug};
  return severity < std::size(kLevels) ? kLevels[severity] : Level::kUnknown;
}

std::optional<Prefix> take_prefix(std::string_view& line, const TimeDefaults& defaults) {
  if (line.empty()) return std::nullopt;
  if (line[0] == '<') return syslog(line, defaults);
  if (line.starts_with("[pod/")) return kubectl(line);
  if (line[0] == '[') return boot_time(line);
  if (!is_word(line[0])) return std::nullopt;
  if (auto prefix = compose(line)) return prefix;
  if (is_digit(line[0]) || is_alpha(line[0])) {
    if (auto prefix = runtime_time(line)) return prefix;
    if (auto prefix = journal_or_bsd(line, defaults)) return prefix;
  }
  return stern(line);
}

}  // namespace logfix
