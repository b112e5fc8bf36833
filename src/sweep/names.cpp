// What names say: which are those of logs, and what rotation made of them.

#include <algorithm>
#include <array>

#include "base/text.h"
#include "sweep/walk.h"

namespace logfix {
namespace {

std::string_view without_packing(std::string_view name) {
  for (std::string_view ending : {".gz", ".zst", ".xz", ".bz2", ".lz4"})
    if (name.size() > ending.size() && name.ends_with(ending)) return name.substr(0, name.size() - ending.size());
  return name;
}

bool is_of_tag(char c) { return is_digit(c) || c == '-' || c == '_' || c == '.' || c == ':' || c == 'T' || c == 'Z'; }

// Where a number or a date begins that ends at `end`, with what joins it to the name; `end` if there is
// none. A name does not consist of it alone.
std::size_t tag_begin(std::string_view name, std::size_t end) {
  std::size_t begin = end;
  while (begin > 0 && is_of_tag(name[begin - 1])) --begin;
  while (begin < end && (is_digit(name[begin]) || name[begin] == 'T' || name[begin] == 'Z')) ++begin;
  const bool has_digit = std::any_of(name.begin() + static_cast<std::ptrdiff_t>(begin),
                                     name.begin() + static_cast<std::ptrdiff_t>(end), is_digit);
  return has_digit && begin > 0 ? begin : end;
}

}  // namespace

std::string stem_of(std::string_view name) {
  name = without_packing(name);
  name = name.substr(0, tag_begin(name, name.size()));
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return std::string(name);
  const std::size_t begin = tag_begin(name, dot);  // api-20261130.log
  return std::string(name.substr(0, begin)) + std::string(name.substr(dot));
}

bool is_log_name(std::string_view name) {
  static constexpr std::array<std::string_view, 16> kNames = {
      "syslog", "messages", "secure", "maillog", "mail", "cron", "debug", "kern", "auth", "daemon", "user",
      "boot", "dmesg", "access_log", "error_log", "catalina"};
  static constexpr std::array<std::string_view, 8> kEndings = {".log", ".out", ".err", ".jsonl", ".ndjson", ".export",
                                                               "_log", ".trace"};
  const std::string stem = stem_of(name);
  if (stem.empty() || stem.front() == '.') return false;
  return std::find(kNames.begin(), kNames.end(), stem) != kNames.end() ||
         std::any_of(kEndings.begin(), kEndings.end(), [&](std::string_view ending) { return stem.ends_with(ending); });
}

}  // namespace logfix
