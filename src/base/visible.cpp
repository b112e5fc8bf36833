#include "base/visible.h"

#include <algorithm>
#include <iterator>

#include "base/text.h"

namespace logfix {
namespace {

struct Range {
  std::uint32_t first, last;
};
// Controls, format characters, what is shown as nothing, and what is no character; by Unicode 15.
constexpr Range kInvisible[] = {
    {0x7f, 0x9f}, {0xad, 0xad}, {0x34f, 0x34f}, {0x600, 0x605}, {0x61c, 0x61c}, {0x6dd, 0x6dd},
    {0x70f, 0x70f}, {0x890, 0x891}, {0x8e2, 0x8e2}, {0x115f, 0x1160}, {0x17b4, 0x17b5},
    {0x180b, 0x180f}, {0x200b, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f}, {0x3164, 0x3164},
    {0xfdd0, 0xfdef}, {0xfe00, 0xfe0f}, {0xfeff, 0xfeff}, {0xffa0, 0xffa0}, {0xfff0, 0xfffb},
    {0x110bd, 0x110bd}, {0x110cd, 0x110cd}, {0x13430, 0x1343f}, {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a},
    {0xe0000, 0xe0fff}};
constexpr Range kWide[] = {{0x1100, 0x115f},   {0x231a, 0x231b},   {0x2329, 0x232a},   {0x23e9, 0x23ec},   {0x25fd, 0x25fe},
                           {0x2614, 0x2615},   {0x2648, 0x2653},   {0x26a1, 0x26a1},   {0x2705, 0x2705},   {0x270a, 0x270b},
                           {0x274c, 0x274c},   {0x2753, 0x2755},   {0x2757, 0x2757},   {0x2795, 0x2797},   {0x2e80, 0x303e},
                           {0x3041, 0x33ff},   {0x3400, 0x4dbf},   {0x4e00, 0x9fff},   {0xa000, 0xa4cf},   {0xa960, 0xa97c},
                           {0xac00, 0xd7a3},   {0xf900, 0xfaff},   {0xfe30, 0xfe6f},   {0xff00, 0xff60},   {0xffe0, 0xffe6},
                           {0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff}, {0x1fa70, 0x1faff}, {0x20000, 0x3fffd}};
constexpr Range kNarrow[] = {{0x300, 0x36f},   {0x483, 0x489},   {0x591, 0x5bd},   {0x610, 0x61a},   {0x64b, 0x65f},
                             {0x93c, 0x93c},   {0xe31, 0xe31},   {0xe34, 0xe3a},   {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff},
                             {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}};

template <typename Ranges>
bool is_in(const Ranges& ranges, std::uint32_t code) {
  return std::any_of(std::begin(ranges), std::end(ranges), [&](const Range& r) { return r.first <= code && code <= r.last; });
}

std::size_t columns_of_code(std::uint32_t code) {
  if (code < 0x300) return 1;
  return is_in(kNarrow, code) ? 0 : is_in(kWide, code) ? 2 : 1;
}

// A selector that belongs to the sign before it, as in a coloured warning sign.
bool selects_emoji(std::uint32_t code, std::uint32_t before) {
  return (code == 0xfe0e || code == 0xfe0f) && before >= 0x2190 && before < 0x1fb00 && !is_invisible(before);
}

}  // namespace

std::size_t utf8_at(std::string_view text, std::size_t at, std::uint32_t& code) {
  const auto byte = [&](std::size_t i) {
    return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0u;
  };
  const unsigned lead = byte(0);
  if (lead < 0x80) return code = lead, 1;
  const std::size_t size = lead >= 0xf0 && lead < 0xf5 ? 4
                           : lead >= 0xe0              ? 3
                           : lead >= 0xc2              ? 2
                                                       : 0;
  if (size == 0 || lead >= 0xf5) return 0;
  code = lead & (0x7fu >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
    code = (code << 6) | (byte(i) & 0x3f);
  }
  const bool is_valid = size == 2 ||
                        (size == 3 && code >= 0x800 && (code < 0xd800 || code > 0xdfff)) ||
                        (size == 4 && code >= 0x10000 && code <= 0x10ffff);
  return is_valid ? size : 0;
}

bool is_invisible(std::uint32_t code) {
  if (code < 0x7f) return false;
  return (code & 0xfffe) == 0xfffe || is_in(kInvisible, code);
}

bool begins_command(std::string_view text, bool is_cut) {
  if (!text.starts_with("::")) return false;
  std::size_t end = 2;
  while (end < text.size() && (is_alpha(text[end]) || text[end] == '-')) ++end;
  if (end == 2) return false;
  return end == text.size() ? is_cut : text[end] == ' ' || text.substr(end, 2) == "::";
}

std::string visible(std::string_view bytes) {
  std::string out;
  std::uint32_t before = 0;
  for (std::size_t at = 0; at < bytes.size();) {
    std::uint32_t code = 0;
    const std::size_t size = utf8_at(bytes, at, code);
    if (size == 0) {
      out += "\xef\xbf\xbd";
    } else if (code == '\t') {
      out += ' ';
    } else if (code < 0x20 || is_invisible(code)) {
      if (!selects_emoji(code, before)) out += '?';
    } else {
      out.append(bytes.substr(at, size));
    }
    before = code;
    at += std::max<std::size_t>(size, 1);
  }
  if (const std::size_t first = out.find_first_not_of(' '); first != std::string::npos && begins_command(std::string_view(out).substr(first), false))
    out.insert(first + 1, 1, ' ');
  for (std::size_t at = out.find("##"); at != std::string::npos; at = out.find("##", at + 1)) {
    std::size_t end = at + 2;
    while (end < out.size() && is_alpha(out[end])) ++end;
    if (end < out.size() && out[end] == '[') out.insert(at + 1, 1, ' ');
  }
  return out;
}

std::size_t columns_of(std::string_view printable) {
  std::size_t columns = 0;
  for (std::size_t at = 0; at < printable.size();) {
    std::uint32_t code = 0;
    const std::size_t size = utf8_at(printable, at, code);
    columns += size ? columns_of_code(code) : 1;
    at += std::max<std::size_t>(size, 1);
  }
  return columns;
}

std::size_t bytes_within(std::string_view printable, std::size_t columns) {
  std::size_t at = 0, used = 0;
  while (at < printable.size()) {
    std::uint32_t code = 0;
    const std::size_t size = std::max<std::size_t>(utf8_at(printable, at, code), 1);
    used += columns_of_code(code);
    if (used > columns) break;
    at += size;
  }
  return at;
}

}  // namespace logfix
