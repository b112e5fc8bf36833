// Broken JSON: cut off, raw control bytes, bad UTF-8. It is matched as text, so its escapes are
// undone without asking whether they stand inside a string.
#include "envelope/lenient.h"

#include <cstdint>
#include <optional>

#include "base/text.h"
#include "envelope/entry.h"

namespace logfix {
namespace {

constexpr int kMaxPasses = 3;  // as many as there are layers to escape it
constexpr std::uint32_t kReplacement = 0xfffd;

void append_utf8(std::string& out, std::uint32_t code) {
  const auto tail = [&](int shift) { out += static_cast<char>(0x80 | ((code >> shift) & 0x3f)); };
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xc0 | (code >> 6));
    tail(0);
  } else if (code < 0x10000) {
    out += static_cast<char>(0xe0 | (code >> 12));
    tail(6), tail(0);
  } else {
    out += static_cast<char>(0xf0 | (code >> 18));
    tail(12), tail(6), tail(0);
  }
}

int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  c = to_lower(c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// The number of `\uXXXX` at the head of `text`.
std::optional<std::uint32_t> unicode_escape(std::string_view text) {
  if (text.size() < 6 || text[0] != '\\' || text[1] != 'u') return std::nullopt;
  std::uint32_t code = 0;
  for (char c : text.substr(2, 4)) {
    const int digit = hex_digit(c);
    if (digit < 0) return std::nullopt;
    code = code * 16 + static_cast<std::uint32_t>(digit);
  }
  return code;
}

bool is_high_surrogate(std::uint32_t code) { return code >= 0xd800 && code <= 0xdbff; }
bool is_low_surrogate(std::uint32_t code) { return code >= 0xdc00 && code <= 0xdfff; }

// Appends what the escape at the head of `text` stands for and returns its length; 0 if it is none.
std::size_t take_escape(std::string_view text, std::string& out) {
  static constexpr std::string_view kFrom = "\"\\/bfnrt", kTo = "\"\\/\b\f\n\r\t";
  if (text.size() < 2) return 0;
  if (const std::size_t at = kFrom.find(text[1]); at != std::string_view::npos) {
    out += kTo[at];
    return 2;
  }
  const auto code = unicode_escape(text);
  if (!code) return 0;
  const auto low = is_high_surrogate(*code) ? unicode_escape(text.substr(6)) : std::nullopt;
  if (low && is_low_surrogate(*low)) {
    append_utf8(out, 0x10000 + ((*code - 0xd800) << 10) + (*low - 0xdc00));
    return 12;
  }
  const bool is_lone = is_high_surrogate(*code) || is_low_surrogate(*code);
  append_utf8(out, is_lone ? kReplacement : *code);
  return 6;
}

std::string unescaped_once(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t at = text.find('\\');
    out += text.substr(0, at);
    if (at == std::string_view::npos) break;
    text.remove_prefix(at);
    std::size_t length = take_escape(text, out);
    if (length == 0) out += '\\', length = 1;
    text.remove_prefix(length);
  }
  return out;
}

std::string_view without_blanks(std::string_view text) {
  while (!text.empty() && is_space(text[0])) text.remove_prefix(1);
  return text;
}

// `": ` at the head of a text that may be escaped: what stands before it is a key.
bool ends_key(std::string_view text) {
  while (text.starts_with('\\')) text.remove_prefix(1);
  return text.starts_with('"') && without_blanks(text.substr(1)).starts_with(':');
}

// The word behind `": "` of a pair whose key ends where `text` begins; none if it is a key itself.
std::string_view value_word(std::string_view text) {
  text = without_blanks(text);
  if (!text.starts_with(':')) return {};
  text = without_blanks(text.substr(1));
  if (text.starts_with('"')) text.remove_prefix(1);
  std::size_t end = 0;
  while (end < text.size() && is_alpha(text[end])) ++end;
  const bool goes_on = end < text.size() && is_word(text[end]);  // `err12` is no word for a level
  return goes_on || ends_key(text.substr(end)) ? std::string_view() : text.substr(0, end);
}

}  // namespace

std::string unescaped_leniently(std::string_view text) {
  std::string out = unescaped_once(text);
  for (int pass = 1; pass < kMaxPasses && out.find('\\') != std::string::npos; ++pass)
    out = unescaped_once(out);
  return out;
}

bool has_escaped_quotes(std::string_view text) {
  for (std::size_t at = text.find('\\'); at != std::string_view::npos; at = text.find('\\', at + 1)) {
    const std::string_view escape = text.substr(at + 1, 3);
    if (escape.starts_with('"') || escape == "u00") return true;
  }
  return false;
}

void add_unescaped(std::string_view text, std::string& out) {
  const std::string plain = unescaped_leniently(text);
  (out += kValueBreak) += plain;
}

Level level_leniently(std::string_view text) {
  for (std::string_view key : {"\"level\"", "\"levelname\"", "\"severity\"", "\"log.level\"",
                               "\"lvl\"", "\"severityText\"", "\"severity_text\""}) {
    const std::size_t at = text.find(key);
    if (at == std::string_view::npos) continue;
    const Level level = level_from_word(value_word(text.substr(at + key.size())));
    if (level != Level::kUnknown) return level;
  }
  return Level::kUnknown;
}

}  // namespace logfix
