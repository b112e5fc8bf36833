#include "report/escape.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "base/text.h"

namespace logfix {
namespace {

// The size of the valid UTF-8 sequence at `at` and its code point; 0 if it is none.
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
  return (code >= 0x7f && code <= 0x9f) || code == 0xad || (code >= 0x200b && code <= 0x200f) ||
         (code >= 0x2028 && code <= 0x202e) || (code >= 0x2060 && code <= 0x206f) ||
         code == 0x61c || code == 0x180e || code == 0xfeff || (code >= 0xfff9 && code <= 0xfffb) ||
         (code >= 0xe0000 && code <= 0xe0fff);
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

}  // namespace

std::string for_terminal(const RedactedText& text) {
  const std::string_view bytes = text.untrusted();
  std::string out;
  for (std::size_t at = 0; at < bytes.size();) {
    std::uint32_t code = 0;
    const std::size_t size = utf8_at(bytes, at, code);
    if (size == 0) {
      out += "\xef\xbf\xbd";
    } else if (code == '\t') {
      out += ' ';
    } else if (code < 0x20 || is_invisible(code)) {
      out += '?';
    } else {
      out.append(bytes.substr(at, size));
    }
    at += std::max<std::size_t>(size, 1);
  }
  return out;
}

std::string json_string(std::string_view bytes) {
  std::string out = "\"";
  for (std::size_t at = 0; at < bytes.size();) {
    std::uint32_t code = 0;
    const std::size_t size = utf8_at(bytes, at, code);
    if (size == 0) {
      out += "\xef\xbf\xbd";
    } else if (code == '"' || code == '\\') {
      (out += '\\') += static_cast<char>(code);
    } else if (code == '\n') {
      out += "\\n";
    } else if (code < 0x20 || (is_invisible(code) && code < 0x10000)) {
      out += fmt::format("\\u{:04x}", code);
    } else {
      out.append(bytes.substr(at, size));
    }
    at += std::max<std::size_t>(size, 1);
  }
  return out + "\"";
}

std::string for_json(const RedactedText& text) { return json_string(text.untrusted()); }

std::optional<std::string> for_shell(const RedactedText& text) {
  const std::string_view value = text.untrusted();
  if (value.empty() || value[0] == '-' || has_control(value)) return std::nullopt;
  if (value.find_first_not_of(
          "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./:@%+,-") ==
      std::string::npos)
    return std::string(value);
  std::string out = "'";
  for (char c : for_terminal(text)) c == '\'' ? out += "'\\''" : out += c;
  return out + "'";
}

std::optional<std::string> for_sql_identifier(const RedactedText& text) {
  const std::string_view value = text.untrusted();
  if (value.empty() || has_control(value)) return std::nullopt;
  std::string out = "\"";
  for (char c : for_terminal(text)) {
    if (c == '"') out += '"';
    c == '.' ? out += "\".\"" : out += c;
  }
  return out + "\"";
}

std::optional<std::string> for_markdown(const RedactedText& text) {
  if (has_control(text.untrusted())) return std::nullopt;
  std::string out;
  for (char c : for_terminal(text)) {
    if (std::string_view("\\`*_{}[]()<>#+-!|@&~$:").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

std::optional<std::string> for_code(const RedactedText& text) {
  const std::string_view value = text.untrusted();
  if (value.empty() || has_control(value) || value.find('`') != std::string::npos)
    return std::nullopt;
  return for_terminal(text);
}

}  // namespace logfix
