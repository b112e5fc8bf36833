#include "match/triggers.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string>
#include <system_error>

#include "base/level.h"
#include "base/text.h"
#include "match/veil.h"
#include "record/trace.h"

namespace logfix {
namespace {

// How the words begin that level_from_word() takes for an error or worse.
constexpr std::string_view kLevelWords[] = {"err",   "crit",  "fatal",  "panic",    "dpanic",
                                            "emerg", "alert", "severe", "exception"};

// Severities as numbers, of the journal, OpenTelemetry and GELF, and the journal's text as a list of
// bytes, which hides it.
constexpr std::string_view kTellingKeys[] = {"PRIORITY", "severityNumber", "short_message", "MESSAGE"};

// A level word counts where one can stand: as a word of its own that is no JSON key.
bool may_be_level(std::string_view text, std::size_t begin, std::size_t size) {
  const char before = begin == 0 ? '\n' : text[begin - 1];
  if (is_word(before) && !(begin >= 2 && text[begin - 2] == '\\')) return false;
  if (before == '.') return false;
  std::size_t end = begin + size;
  if (end < text.size() && is_word(text[end])) return false;
  if (before != '"') return true;
  while (end < text.size() && text[end] == '\\') ++end;
  if (end >= text.size() || text[end] != '"') return true;  // a message that begins with the word
  ++end;
  while (end < text.size() && is_space(text[end]) && text[end] != '\n') ++end;
  return end >= text.size() || text[end] != ':';
}

bool is_level_of_error(std::string_view text, std::size_t begin) {
  std::size_t size = 0;
  while (begin + size < text.size() && is_alpha(text[begin + size])) ++size;
  return level_from_word(text.substr(begin, size)) >= Level::kError && may_be_level(text, begin, size);
}

// `11>` of syslog, if its severity is an error or worse; its angle brackets may be escaped.
bool is_syslog_error(std::string_view priority) {
  unsigned number = 0;
  const char* end = priority.data() + std::min<std::size_t>(priority.size(), 3);
  const auto [behind, error] = std::from_chars(priority.data(), end, number);
  if (error != std::errc() || number % 8 > 3) return false;
  priority.remove_prefix(static_cast<std::size_t>(behind - priority.data()));
  return priority.starts_with('>') || priority.starts_with('\\');
}

// `E1123 10:00:00.123456 7 file.go:12] …` of klog, whose level is a letter: whether such a head
// stands before its `.go:`.
bool is_klog_error(std::string_view before) {
  constexpr std::size_t kReach = 120;
  before = before.substr(before.size() - std::min(before.size(), kReach));
  before.remove_prefix(before.rfind('\n') + 1);  // npos + 1 is 0
  for (std::size_t at = before.find_first_of("EF"); at != std::string_view::npos;
       at = before.find_first_of("EF", at + 1)) {
    const std::string_view date = before.substr(at + 1, 4);
    if (date.size() == 4 && std::all_of(date.begin(), date.end(), is_digit)) return true;
  }
  return false;
}

// What follows a key of JSON: behind its quote, escaped or not, the colon, and the quote of a string.
std::string_view value_behind_key(std::string_view text) {
  const auto skip = [&](std::string_view bytes) {
    text.remove_prefix(std::min(text.find_first_not_of(bytes), text.size()));
  };
  skip("\\\"");
  skip(" \t:");
  skip("\\\"");
  return text;
}

bool is_telling(std::string_view key, std::string_view value) {
  unsigned number = 0;
  const bool has_number = std::from_chars(value.data(), value.data() + value.size(), number).ec == std::errc();
  if (key == "PRIORITY") return has_number && number <= 3;
  if (key == "severityNumber") return has_number && number >= 17;
  if (key == "MESSAGE") return value.starts_with('[');
  return true;
}

// `behind` is what follows `\u00`.
bool is_telling_escape(std::string_view behind) {
  const int escaped = escaped_byte(behind);
  if (escaped == '<') return is_syslog_error(behind.substr(2));
  return escaped == '\\';  // may begin an escape of a deeper layer
}

}  // namespace

std::vector<Trigger> triggers() {
  using enum Trigger::Kind;
  std::vector<Trigger> all;
  const auto add = [&](Trigger::Kind kind, std::string_view text) {
    all.push_back({kind, {std::string(text), kind == kLevelWord}});
  };
  for (const TraceMarker& marker : trace_markers()) add(kMark, marker.literal);
  for (std::string_view word : kLevelWords) add(kLevelWord, word);
  // The numbers of pino and bunyan: every line of such a log has a level, so the digit is looked for, too.
  for (std::string_view quote : {"\"", "\\\"", "\\\\\\\""})  // by how deep the JSON is
    for (std::string_view colon : {":", ": ", " :", " : "})
      for (std::string_view behind : {std::string_view(), quote})
        for (std::string_view digit : {"5", "6"})
          add(kMark, fmt::format("level{}{}{}{}", quote, colon, behind, digit));
  for (std::string_view key : kTellingKeys) add(kKey, key);
  add(kMark, "fail: ");  // .NET's word for an error
  add(kMark, "E, [");    // Ruby's letters for error and fatal
  add(kMark, "F, [");
  add(kKlog, ".go:");
  // Parts of a split message hide text from a raw scan.
  for (std::string_view mark : {" stdout P ", " stderr P ", " stdout P:", " stderr P:", "CONTAINER_PARTIAL_MESSAGE"})
    add(kMark, mark);
  add(kEscape, kJsonEscape);
  return all;
}

bool makes_matter(const Trigger& trigger, std::string_view text, std::size_t at) {
  const std::size_t end = at + trigger.literal.text.size();
  switch (trigger.kind) {
    case Trigger::Kind::kMark: return true;
    case Trigger::Kind::kEscape: return is_telling_escape(text.substr(end));
    case Trigger::Kind::kLevelWord: return is_level_of_error(text, at);
    case Trigger::Kind::kKey: return is_telling(trigger.literal.text, value_behind_key(text.substr(end)));
    case Trigger::Kind::kKlog: return is_klog_error(text.substr(0, at));
  }
  return true;
}

void find_syslog_errors(std::string_view text, std::vector<std::size_t>& offsets) {
  for (std::size_t at = text.find('<'); at != std::string_view::npos; at = text.find('<', at + 1)) {
    const bool begins = at == 0 || std::string_view("\n \"").find(text[at - 1]) != std::string_view::npos;
    if (begins && is_syslog_error(text.substr(at + 1))) offsets.push_back(at);
  }
}

void find_long_docker_lines(std::string_view block, std::vector<std::size_t>& offsets) {
  constexpr std::size_t kProbe = std::size_t{4} << 10, kReach = 512;
  for (std::size_t at = 0; at + kProbe <= block.size(); at += kProbe) {
    if (block.substr(at, kProbe).find('\n') != std::string_view::npos) continue;
    const std::size_t begin = line_begin(block, at);
    if (block.substr(begin, kReach).find("{\"log\":\"") != std::string_view::npos) offsets.push_back(begin);
    at = line_end(block, at) / kProbe * kProbe;
  }
}

}  // namespace logfix
