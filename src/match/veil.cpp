#include "match/veil.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace logfix {
namespace {

constexpr char kEscapeByte = '\x1b';

// An escape is of a colour, or of a character that is written as it is elsewhere. No atom can be hidden by
// those of other control bytes, and of the characters that encoders escape, which atoms don't have.
bool hides_something(int escaped) {
  if (escaped == kEscapeByte) return true;
  if (escaped < 0x20 || escaped > 0x7e) return false;
  return std::string_view("\"&'+/<=>`").find(static_cast<char>(escaped)) == std::string_view::npos;
}

// The size of `ESC[1;31m` and its like at the head of a text; 0 if it is another control sequence.
std::size_t colour_size(std::string_view text) {
  std::size_t size = 2;
  while (size < text.size() && (is_digit(text[size]) || std::string_view(";:?").find(text[size]) != std::string_view::npos)) ++size;
  return text.substr(1, 1) == "[" && size < text.size() && is_alpha(text[size]) ? size + 1 : 0;
}

}  // namespace

int escaped_byte(std::string_view digits) {
  unsigned byte = 0;
  if (digits.size() < 2 ||
      std::from_chars(digits.data(), digits.data() + 2, byte, 16).ptr != digits.data() + 2)
    return -1;
  return static_cast<int>(byte);
}

bool is_veil(std::string_view digits) { return hides_something(escaped_byte(digits)); }

void find_colours(std::string_view text, std::vector<std::size_t>& offsets) {
  for (std::size_t at = text.find(kEscapeByte); at != std::string_view::npos; at = text.find(kEscapeByte, at)) {
    offsets.push_back(at);
    at = line_end(text, at);
  }
}

// Each at the speed of memory, which find_first_of() is not. CSV writes a quote in a value twice.
bool is_as_it_is(std::string_view line) {
  return line.find('\\') == std::string_view::npos && line.find(kEscapeByte) == std::string_view::npos &&
         !contains(line, "\"\"");
}

bool append_unveiled(std::string_view line, std::string& out) {
  thread_local std::string raw;
  raw.clear();
  while (!line.empty()) {
    const std::size_t at = line.find(kJsonEscape);
    raw += line.substr(0, at);
    if (at == std::string_view::npos) break;
    line.remove_prefix(at + kJsonEscape.size());
    const int escaped = escaped_byte(line);
    if (hides_something(escaped)) {
      line.remove_prefix(2);
      while (raw.ends_with('\\')) raw.pop_back();  // of a deeper layer of JSON
      raw += static_cast<char>(escaped);
    } else {
      raw += kJsonEscape;
    }
  }
  for (std::string_view rest = raw; !rest.empty();) {
    const std::size_t at = rest.find(kEscapeByte);
    out += rest.substr(0, at);
    if (at == std::string_view::npos) break;
    const std::size_t size = colour_size(rest.substr(at));
    if (size == 0) return false;
    rest.remove_prefix(at + size);
  }
  return true;
}

}  // namespace logfix
