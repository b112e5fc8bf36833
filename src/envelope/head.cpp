// The head of a plain line: a time, a level word, or neither. Strict on purpose: a wrong head cuts a
// record in two, and the word "error" stands in much text that is no error.
#include <algorithm>
#include <utility>

#include "base/text.h"
#include "envelope/unwrap.h"

namespace logfix {
namespace {

constexpr int kMaxTokens = 4;  // between the time and the level
constexpr std::size_t kMaxGroup = 100;
constexpr std::size_t kLogfmtReach = 200;

std::string_view leading(std::string_view text, bool (*is_part)(char)) {
  return text.substr(0, static_cast<std::size_t>(
                            std::find_if_not(text.begin(), text.end(), is_part) - text.begin()));
}

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_letter(char c) { return is_alpha(c); }
bool is_word_part(char c) { return is_word(c); }
bool is_separator(char c) { return is_space(c) || c == '-' || c == '|' || c == ':' || c == ']'; }
bool is_logger_part(char c) {
  return is_word(c) || c == '.' || c == '-' || c == '/' || c == ':' || c == '@';
}

bool is_pg_detail_word(std::string_view word) {
  for (std::string_view name : {"DETAIL", "HINT", "CONTEXT", "STATEMENT", "QUERY", "LOCATION"})
    if (word == name) return true;
  return false;
}

// The upper-case level word at the head of `text`; its length goes to `*length`.
Level upper_level(std::string_view text, std::size_t* length = nullptr) {
  const std::string_view word = leading(text, is_upper);
  if (word.empty() || leading(text, is_word_part).size() != word.size()) return Level::kUnknown;
  if (length) *length = word.size();
  return level_from_word(word);
}

// The level of `error` (the inside of brackets, any case) or of `ERROR/MainProcess`.
Level bracketed_level(std::string_view inside) {
  const Level level = level_from_word(trimmed(inside));
  return level != Level::kUnknown ? level : upper_level(trimmed(inside));
}

// The length of a token that may stand before the level; 0 if `rest` begins with something else.
std::size_t skippable_token(std::string_view rest, bool behind_separator) {
  const std::string_view word = leading(rest, is_word_part);
  const bool is_zone_name = word.size() >= 3 && word.size() <= 5 &&
                            std::all_of(word.begin(), word.end(), is_upper) &&
                            rest.substr(word.size()).starts_with(" [");
  if (is_zone_name) return word.size();
  const std::string_view number =
      leading(rest, [](char c) { return is_digit(c) || c == '#' || c == '.'; });
  const bool is_number = !number.empty() && number.size() >= word.size();
  if (is_number && (number.size() == rest.size() || !is_word(rest[number.size()])))
    return number.size();
  const std::string_view token = leading(rest, is_logger_part);
  const std::string_view behind = rest.substr(token.size());
  // PostgreSQL's `user@database`, and the logger of `time - logger - LEVEL - text`.
  if (token.find('@') != std::string_view::npos && behind.starts_with(' ')) return token.size();
  const std::string_view gap = behind.substr(leading(behind, is_space).size());
  const bool is_delimited = behind.size() != gap.size() &&
                            (gap.starts_with("- ") || gap.starts_with("| "));
  return behind_separator && is_delimited ? token.size() : 0;
}

// `PHP Fatal error:  Uncaught …`
Level php_level(std::string_view text) {
  static constexpr std::pair<std::string_view, Level> kMarks[] = {
      {"PHP Fatal error: ", Level::kError},   {"PHP Parse error: ", Level::kError},
      {"PHP Warning: ", Level::kWarning},     {"PHP Notice: ", Level::kInfo},
      {"PHP Deprecated: ", Level::kInfo}};
  for (const auto& [mark, level] : kMarks)
    if (text.starts_with(mark)) return level;
  return Level::kUnknown;
}

// `\terror\t` of zap's console encoder, which the OpenTelemetry Collector has.
Level tabbed_level(std::string_view separator, std::string_view rest) {
  const std::string_view word = leading(rest, is_letter);
  return separator == "\t" && rest.substr(word.size()).starts_with('\t') ? level_from_word(word) : Level::kUnknown;
}

// Looks for the level among the tokens behind the time; stops at the first that is text.
void find_level(std::string_view rest, Head& head) {
  if (!rest.empty() && is_word(rest[0])) return;  // `…07.123ERROR` is one word
  for (int tokens = 0; tokens <= kMaxTokens; ++tokens) {
    const std::string_view separator = leading(rest, is_separator);
    rest.remove_prefix(separator.size());
    const std::string_view word = leading(rest, is_word_part);
    if (is_pg_detail_word(word) && rest.substr(word.size()).starts_with(":")) {
      head.is_pg_detail = true;
      return;
    }
    head.level = upper_level(rest);
    if (head.level == Level::kUnknown) head.level = php_level(rest);
    if (head.level == Level::kUnknown) head.level = tabbed_level(separator, rest);
    std::size_t length = 0;
    if (head.level == Level::kUnknown && rest.starts_with('[')) {
      length = rest.substr(0, kMaxGroup).find(']');
      if (length == std::string_view::npos) return;
      head.level = bracketed_level(rest.substr(1, length - 1));
      ++length;
    }
    if (head.level != Level::kUnknown) return;
    if (length == 0)
      length = skippable_token(rest, separator.find_first_of("-|") != std::string_view::npos);
    if (length == 0) return;
    rest.remove_prefix(length);
  }
}

void set_time(Head& head, const std::optional<ParsedTime>& time) {
  if (!time || head.time) return;
  head.time = time->time;
  head.has_zone = time->has_zone;
}

// `fail: Category[0]` of .NET, and what GitHub Actions marks.
Level marked_level(std::string_view text) {
  static constexpr std::pair<std::string_view, Level> kMarks[] = {
      {"fail: ", Level::kError}, {"crit: ", Level::kCritical}, {"warn: ", Level::kWarning},
      {"info: ", Level::kInfo},  {"dbug: ", Level::kDebug},    {"trce: ", Level::kDebug},
      {"##[error]", Level::kError}, {"##[warning]", Level::kWarning}};
  for (const auto& [mark, level] : kMarks)
    if (text.starts_with(mark)) return level;
  return php_level(text);
}

Level level_from_letter(char letter) {
  return letter == 'E'   ? Level::kError
         : letter == 'F' ? Level::kCritical
         : letter == 'W' ? Level::kWarning
         : letter == 'I' ? Level::kInfo
         : letter == 'D' ? Level::kDebug
                         : Level::kUnknown;
}

// `E1123 23:30:13.548 …` of Kubernetes (klog): the level's letter, month and day, no year.
bool read_klog(std::string_view text, Head& head, const TimeDefaults& defaults) {
  if (text.size() < 14 || text[5] != ' ' || text[8] != ':' || text[11] != ':') return false;
  for (std::size_t at : {1, 2, 3, 4, 6, 7, 9, 10})
    if (!is_digit(text[at])) return false;
  head.level = level_from_letter(text[0]);
  if (head.level == Level::kUnknown) return false;
  head.is_head = true;
  const std::size_t month = static_cast<std::size_t>(text[1] - '0') * 10 + static_cast<std::size_t>(text[2] - '0');
  if (month < 1 || month > 12) return true;
  std::string date(kMonthNames.substr((month - 1) * 3, 3));
  ((date += ' ') += text.substr(3, 2)) += text.substr(5, 16);
  set_time(head, parse_time(date, defaults));
  return true;
}

// `E, [2026-11-23T10:00:00.123456 #12] ERROR -- : …` of Ruby's Logger.
bool read_ruby(std::string_view text, Head& head, const TimeDefaults& defaults) {
  if (text.size() < 5 || text.substr(1, 3) != ", [") return false;
  const Level level = level_from_letter(text[0]);
  const auto time = parse_time(text.substr(4), defaults);
  if (level == Level::kUnknown || !time) return false;
  set_time(head, time);
  head.level = level;
  return head.is_head = true;
}

// `10:00:00.123 [main] ERROR …`: a clock without a date is a head only if a level follows it.
bool read_clock(std::string_view text, Head& head) {
  if (text.size() < 9 || text[2] != ':' || text[5] != ':') return false;
  for (std::size_t at : {0, 1, 3, 4, 6, 7})
    if (!is_digit(text[at])) return false;
  const std::string_view clock = leading(text, [](char c) { return is_digit(c) || c == ':' || c == '.' || c == ','; });
  Head found;
  find_level(text.substr(clock.size()), found);
  if (found.level == Level::kUnknown) return false;
  head.level = found.level;
  return head.is_head = true;
}

// `192.0.2.7 - - [23/Nov/2026:22:10:04 +0000] "GET …` of web servers: the Common Log Format of
// Apache's mod_log_config, which nginx and gunicorn follow.
bool read_access(std::string_view text, Head& head, const TimeDefaults& defaults) {
  constexpr std::size_t kReach = 200;
  const std::size_t bracket = text.substr(0, kReach).find(" [");
  if (bracket == std::string_view::npos || std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(bracket), ' ') < 2)
    return false;
  const auto time = parse_time(text.substr(bracket + 2), defaults);
  if (!time || text.substr(bracket + 2 + time->length, 3) != "] \"") return false;
  set_time(head, time);
  return head.is_head = head.is_access = true;
}

// `1:M 23 Nov 2026 10:00:00.123 # …` of Redis: process, role, time, a mark for the level.
bool read_redis(std::string_view text, Head& head, const TimeDefaults& defaults) {
  const std::size_t colon = leading(text, [](char c) { return is_digit(c); }).size();
  if (colon == 0 || text.size() < colon + 4 || text[colon] != ':' || text[colon + 2] != ' ')
    return false;
  const auto time = parse_time(text.substr(colon + 3), defaults);
  if (!time) return false;
  const std::string_view rest = text.substr(colon + 3 + time->length);
  if (rest.size() < 3 || rest[0] != ' ' || rest[2] != ' ') return false;
  set_time(head, time);
  head.is_head = true;
  head.level = rest[1] == '#' ? Level::kWarning : rest[1] == '*' ? Level::kInfo : Level::kDebug;
  return true;
}

// The level word at the head of a line without a time, in upper case as log formats have it.
void find_leading_level(std::string_view text, Head& head, const TimeDefaults& defaults) {
  if (head.level = marked_level(text); head.level != Level::kUnknown) {
    head.is_head = true;
    return;
  }
  if (read_klog(text, head, defaults) || read_ruby(text, head, defaults) || read_clock(text, head) ||
      read_redis(text, head, defaults) || read_access(text, head, defaults))
    return;
  if (text.starts_with('[')) {
    const std::size_t close = text.substr(0, kMaxGroup).find(']');
    if (close == std::string_view::npos) return;
    head.level = level_from_word(text.substr(1, close - 1));
    head.is_head = upper_level(text.substr(1)) != Level::kUnknown && head.level != Level::kUnknown;
    return;
  }
  std::size_t length = 0;
  const Level level = upper_level(text, &length);
  if (level == Level::kUnknown) return;
  const std::string_view behind = text.substr(length);
  const std::string_view after_space = behind.substr(leading(behind, is_space).size());
  const bool is_spaced = behind.size() != after_space.size();
  if (is_spaced) set_time(head, parse_time(after_space, defaults));  // Django's `ERROR 2026-…`
  const bool has_format = head.time || behind.starts_with(':') || behind.starts_with("  ") ||
                          behind.starts_with(" - ") || (is_spaced && after_space.starts_with('['));
  // `INFO text` is no head: if it were prose, what follows in its line would be no error.
  head.is_bare = !has_format && is_spaced && level >= Level::kError;
  head.is_head = has_format || head.is_bare;
  if (head.is_head) head.level = level;
}

// The value of a pair of logfmt, without its opening quote; empty if there is no such pair.
std::string_view logfmt_value(std::string_view text, std::string_view key) {
  for (std::size_t at = text.find(key); at != std::string_view::npos;
       at = text.find(key, at + 1)) {
    std::string_view value = text.substr(at + key.size());
    if ((at > 0 && text[at - 1] != ' ') || !value.starts_with('=')) continue;
    value.remove_prefix(1);
    if (value.starts_with('"')) value.remove_prefix(1);
    return value;
  }
  return {};
}

// True for text that begins with `key=`: prose that quotes a pair doesn't.
bool begins_with_pair(std::string_view text) {
  const std::string_view key = leading(text, [](char c) { return is_word(c) || c == '.'; });
  return !key.empty() && is_alpha(key[0]) && text.substr(key.size()).starts_with('=');
}

void read_logfmt(std::string_view text, Head& head, const TimeDefaults& defaults) {
  if (!begins_with_pair(text)) return;
  text = text.substr(0, kLogfmtReach);
  for (std::string_view key : {"level", "lvl", "severity"}) {
    head.level = level_from_word(leading(logfmt_value(text, key), is_letter));
    if (head.level != Level::kUnknown) break;
  }
  if (head.level == Level::kUnknown) return;
  head.is_head = head.is_logfmt = true;
  for (std::string_view key : {"time", "ts", "t", "timestamp"})
    set_time(head, parse_time(logfmt_value(text, key), defaults));
}

}  // namespace

Head parse_head(std::string_view text, const TimeDefaults& defaults) {
  Head head;
  if (text.empty() || is_space(text[0])) return head;
  // Without a time, as PostgreSQL's drivers and a server with an empty log_line_prefix print it.
  const std::string_view word = leading(text, is_upper);
  if (is_pg_detail_word(word) && text.substr(word.size()).starts_with(":  ")) {
    head.is_pg_detail = true;
    return head;
  }
  const std::string_view inside = text.substr(text[0] == '[' ? 1 : 0);
  const auto time = parse_time(inside, defaults);
  if (!time) {
    find_leading_level(text, head, defaults);
    if (!head.is_head) read_logfmt(text, head, defaults);
    return head;
  }
  set_time(head, time);
  const std::string_view rest = inside.substr(time->length);
  find_level(rest, head);
  head.is_head = !head.is_pg_detail;
  if (head.is_head && head.level == Level::kUnknown) read_logfmt(trimmed(rest), head, defaults);
  return head;
}

}  // namespace logfix
