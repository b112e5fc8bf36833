// Small helpers on bytes. ASCII only, no locale: log text has no known encoding.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace logfix {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool is_word(char c) { return is_alpha(c) || is_digit(c) || c == '_'; }
constexpr bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
constexpr char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

/// True if `piece` stands in `text`; several times as fast as find() of the standard library.
bool contains(std::string_view text, std::string_view piece);
bool equals_ignoring_case(std::string_view a, std::string_view b);
std::string lowered(std::string_view text);
/// The same into a string whose memory is used again.
void copy_lowered(std::string_view text, std::string& to);
std::string_view trimmed(std::string_view text);
std::vector<std::string_view> split_lines(std::string_view text);

/// Where the line begins that the byte at `at` belongs to, which may be the line feed that ends it; at the end
/// of the text, the last line. At the speed of memory.
std::size_t line_begin(std::string_view text, std::size_t at);
/// Where it ends: at its line feed, or the end of the text.
std::size_t line_end(std::string_view text, std::size_t at);

/// How many line feeds `text` holds, at the speed of reading it.
std::size_t count_line_feeds(std::string_view text);

/// A copy of `text` without terminal control sequences: CSI (colours), OSC, and other escapes.
std::string without_ansi(std::string_view text);

}  // namespace logfix
