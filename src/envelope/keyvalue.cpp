#include "envelope/keyvalue.h"

#include <algorithm>
#include <string>

#include "base/level.h"
#include "base/text.h"
#include "envelope/lenient.h"

namespace logfix {
namespace {

// The size of the quoted text at the head of `text` with its quotes, or all if it doesn't end.
std::size_t quoted_size(std::string_view text) {
  std::size_t end = 1;
  while (end < text.size() && text[end] != '"') end += text[end] == '\\' ? 2 : 1;
  return std::min(end + 1, text.size());
}

std::string take_value(std::string_view& line) {
  if (!line.starts_with('"')) {
    const std::string_view value = line.substr(0, line.find(' '));
    line.remove_prefix(value.size());
    return std::string(value);
  }
  const std::string_view quoted = line.substr(0, quoted_size(line));
  line.remove_prefix(quoted.size());
  return unescaped_leniently(quoted.substr(1, quoted.size() - 1 - quoted.ends_with('"')));
}

// A field of CSV (RFC 4180): a quote in a quoted field is doubled.
std::string take_csv_field(std::string_view& line) {
  std::string field;
  if (line.starts_with('"')) {
    line.remove_prefix(1);
    while (!line.empty()) {
      const std::size_t quote = std::min(line.find('"'), line.size());
      field += line.substr(0, quote);
      line.remove_prefix(std::min(quote + 1, line.size()));
      if (!line.starts_with('"')) break;
      field += '"';
      line.remove_prefix(1);
    }
    if (!line.empty() && line[0] != ',') field += '"';  // it closed nothing, and stays as the raw line has it
  }
  const std::size_t comma = std::min(line.find(','), line.size());
  field += line.substr(0, comma);
  line.remove_prefix(std::min(comma + 1, line.size()));
  return field;
}

}  // namespace

void read_logfmt(std::string_view line, FlatJson& flat) {
  flat.clear();
  // Words without a key that stand side by side are one value, as it is: no signature matches across
  // a pair, nor what the scan of the raw line can't see.
  std::string_view plain;
  const auto end_plain = [&] {
    if (!plain.empty()) flat.add({}, plain, true);
    plain = {};
  };
  while (!(line = trimmed(line)).empty()) {
    std::size_t end = 0;
    while (end < line.size() && (is_word(line[end]) || line[end] == '.' || line[end] == '-')) ++end;
    if (end > 0 && end < line.size() && line[end] == '=') {
      const std::string_view key = line.substr(0, end);
      line.remove_prefix(end + 1);
      end_plain();
      flat.add(key, take_value(line), true);
    } else {
      const std::string_view word = line.substr(0, line.find(' '));
      const char* begin = plain.empty() ? word.data() : plain.data();
      plain = {begin, static_cast<std::size_t>(word.data() + word.size() - begin)};
      line.remove_prefix(word.size());
    }
  }
  end_plain();
}

bool read_csvlog(std::string_view line, FlatJson& flat) {
  static constexpr std::string_view kColumns[] = {
      "timestamp",      "user",          "dbname",     "pid",
      "remote_host",    "session_id",    "line_num",   "ps",
      "session_start",  "vxid",          "txid",       "error_severity",
      "state_code",     "message",       "detail",     "hint",
      "internal_query", "internal_position", "context", "statement",
      "cursor_position", "func_name",    "application_name"};
  constexpr std::size_t kSeverity = 11;
  if (std::count(line.begin(), line.end(), ',') < 13) return false;
  flat.clear();
  for (std::size_t i = 0; i < std::size(kColumns) && !line.empty(); ++i) {
    const std::string value = take_csv_field(line);
    if (i == kSeverity && level_from_word(value) == Level::kUnknown) return false;
    if (i > kSeverity && !value.empty()) flat.add(kColumns[i], value, true);
    if (i <= kSeverity && !value.empty()) flat.add(kColumns[i], value, i == kSeverity);
  }
  return true;
}

}  // namespace logfix
