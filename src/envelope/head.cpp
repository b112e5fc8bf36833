// The head of a plain line: a time, a level word, or neither.

#include "base/text.h"
#include "envelope/unwrap.h"

namespace logfix {
namespace {

bool is_pg_detail_word(std::string_view word) {
  for (std::string_view name : {"DETAIL", "HINT", "CONTEXT", "STATEMENT", "QUERY", "LOCATION"})
    if (word == name) return true;
  return false;
}

bool is_upper(std::string_view word) {
  for (char c : word)
    if (c < 'A' || c > 'Z') return false;
  return !word.empty();
}

// `level=error` of logfmt, near the head of the line.
Level logfmt_level(std::string_view text) {
  text = text.substr(0, 200);
  for (std::string_view key : {"level=", "lvl=", "severity="}) {
    const std::size_t at = text.find(key);
    if (at == std::string_view::npos || (at > 0 && text[at - 1] != ' ')) continue;
    std::string_view value = text.substr(at + key.size());
    if (value.starts_with('"')) value.remove_prefix(1);
    std::size_t end = 0;
    while (end < value.size() && is_alpha(value[end])) ++end;
    return level_from_word(value.substr(0, end));
  }
  return Level::kUnknown;
}

// Looks for the level word among the first words: upper case, or in brackets in any case. Stops at
// the first word that can't stand before a level (so "INFO: an ERROR" is info, and prose is none).
void find_level(std::string_view rest, bool has_time, Head& head) {
  constexpr int kMaxWords = 5;
  for (int word = 0; word < kMaxWords && !rest.empty(); ++word) {
    bool bracketed = false;
    while (!rest.empty() && !is_word(rest[0])) {
      bracketed = rest[0] == '[' || (bracketed && rest[0] != ' ' && rest[0] != ']');
      rest.remove_prefix(1);
    }
    std::size_t end = 0;
    while (end < rest.size() && is_word(rest[end])) ++end;
    const std::string_view name = rest.substr(0, end);
    const char behind = end < rest.size() ? rest[end] : '\n';
    if (is_pg_detail_word(name) && behind == ':' && has_time) {
      head.is_pg_detail = true;
      return;
    }
    const Level level = is_upper(name) || (bracketed && behind == ']') ? level_from_word(name)
                                                                      : Level::kUnknown;
    if (level != Level::kUnknown) {
      head.level = level;
      return;
    }
    const bool may_precede = bracketed || name == "UTC" || name == "GMT" ||
                             name.find_first_not_of("0123456789") == std::string_view::npos;
    if (!may_precede) return;
    rest.remove_prefix(end);
    if (bracketed) {
      const std::size_t close = rest.find(']');
      if (close != std::string_view::npos && close < 100) rest.remove_prefix(close);
    }
  }
}

// Without a time, a level word must stand first and be set apart as formats do.
bool begins_with_level(std::string_view text, Level& level) {
  const bool bracketed = text.starts_with('[');
  if (bracketed) text.remove_prefix(1);
  std::size_t end = 0;
  while (end < text.size() && is_alpha(text[end])) ++end;
  const std::string_view word = text.substr(0, end), behind = text.substr(end);
  if (!bracketed && !is_upper(word)) return false;
  level = level_from_word(word);
  if (level == Level::kUnknown) return false;
  if (bracketed) return behind.starts_with(']');
  return behind.starts_with(": ") || behind.starts_with("  ") || behind.starts_with(" [") ||
         behind.starts_with(" - ") || behind.starts_with(" | ");
}

}  // namespace

Head parse_head(std::string_view text) {
  Head head;
  if (text.empty() || is_space(text[0])) return head;
  std::string_view rest = text.starts_with('[') ? text.substr(1) : text;
  std::size_t length = 0;
  head.time = parse_time(rest, &length);
  if (head.time) {
    find_level(rest.substr(length), true, head);
  } else if (!begins_with_level(text, head.level)) {
    head.level = logfmt_level(text);
  }
  head.is_head = (head.time || head.level != Level::kUnknown) && !head.is_pg_detail;
  return head;
}

}  // namespace logfix
