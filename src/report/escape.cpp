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

// `::name …::` at the head of a line. No address such as ::1 or ::ffff:192.0.2.1 is one.
bool begins_command(std::string_view text, bool is_cut) {
  if (!text.starts_with("::")) return false;
  std::size_t end = 2;
  while (end < text.size() && (is_alpha(text[end]) || text[end] == '-')) ++end;
  if (end == 2) return false;
  return end == text.size() ? is_cut : text[end] == ' ' || text.substr(end, 2) == "::";
}

// UTF-8 that shows what it is, and that no build server takes for a command of its own: `::name` at
// the head, `##name[` anywhere.
std::string visible(std::string_view bytes) {
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
  if (const std::size_t first = out.find_first_not_of(' '); first != std::string::npos && begins_command(std::string_view(out).substr(first), false))
    out.insert(first + 1, " ");
  for (std::size_t at = out.find("##"); at != std::string::npos; at = out.find("##", at + 1)) {
    std::size_t end = at + 2;
    while (end < out.size() && is_alpha(out[end])) ++end;
    if (end < out.size() && out[end] == '[') out.insert(at + 1, " ");
  }
  return out;
}

std::string xml(std::string_view bytes) {
  std::string out;
  for (char c : visible(bytes)) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string json(std::string_view bytes) {
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
    } else if (code == '#' && at + 1 < bytes.size() && bytes[at + 1] == '#') {
      out += "\\u0023";  // a build server looks for ##name[ in every line
    } else if (code < 0x20 || (is_invisible(code) && code < 0x10000)) {
      out += fmt::format("\\u{:04x}", code);
    } else if (is_invisible(code)) {
      out += fmt::format("\\u{:04x}\\u{:04x}", 0xd800 + ((code - 0x10000) >> 10), 0xdc00 + (code & 0x3ff));
    } else {
      out.append(bytes.substr(at, size));
    }
    at += std::max<std::size_t>(size, 1);
  }
  return out + "\"";
}

std::size_t longest_run(std::string_view text, char c) {
  std::size_t longest = 0, run = 0;
  for (char x : text) longest = std::max(longest, run = x == c ? run + 1 : 0);
  return longest;
}

std::string code_span(std::string_view bytes) {
  std::string inside = visible(bytes);
  if (inside.find_first_not_of(' ') == std::string::npos) return "` `";
  const std::string ticks(longest_run(inside, '`') + 1, '`');
  const bool needs_pad = inside.front() == '`' || inside.back() == '`' || (inside.front() == ' ' && inside.back() == ' ');
  if (needs_pad) inside = ' ' + inside + ' ';
  return ticks + inside + ticks;
}

std::string jira(std::string_view bytes) {
  std::string out;
  for (char c : visible(bytes)) {
    if (c == '\\') {
      out += "&#92;";
      continue;
    }
    if (std::string_view("{}[]*_-+^~?|!#@&:;()<>%").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

std::string percent(std::string_view bytes, std::string_view what) {
  std::string out;
  for (char c : visible(bytes)) {
    if (what.find(c) == std::string_view::npos) out += c;
    else out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

struct Range {
  std::uint32_t first, last;
};
constexpr Range kWide[] = {{0x1100, 0x115f},   {0x231a, 0x231b},   {0x2329, 0x232a},   {0x23e9, 0x23ec},   {0x25fd, 0x25fe},
                           {0x2614, 0x2615},   {0x2648, 0x2653},   {0x26a1, 0x26a1},   {0x2705, 0x2705},   {0x270a, 0x270b},
                           {0x274c, 0x274c},   {0x2753, 0x2755},   {0x2757, 0x2757},   {0x2795, 0x2797},   {0x2e80, 0x303e},
                           {0x3041, 0x33ff},   {0x3400, 0x4dbf},   {0x4e00, 0x9fff},   {0xa000, 0xa4cf},   {0xa960, 0xa97c},
                           {0xac00, 0xd7a3},   {0xf900, 0xfaff},   {0xfe30, 0xfe6f},   {0xff00, 0xff60},   {0xffe0, 0xffe6},
                           {0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff}, {0x1fa70, 0x1faff}, {0x20000, 0x3fffd}};
constexpr Range kNarrow[] = {{0x300, 0x36f},   {0x483, 0x489},   {0x591, 0x5bd},   {0x610, 0x61a},   {0x64b, 0x65f},
                             {0x93c, 0x93c},   {0xe31, 0xe31},   {0xe34, 0xe3a},   {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff},
                             {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}};

std::size_t columns_of_code(std::uint32_t code) {
  const auto is_in = [&](const auto& ranges) {
    return std::any_of(std::begin(ranges), std::end(ranges), [&](const Range& r) { return r.first <= code && code <= r.last; });
  };
  if (code < 0x300) return 1;
  return is_in(kNarrow) ? 0 : is_in(kWide) ? 2 : 1;
}

}  // namespace

// Makes markup of what the functions above made harmless.
struct Escaper {
  template <typename Target>
  static Markup<Target> made(std::string text) {
    return Markup<Target>({}, std::move(text));
  }
};

Markup<Terminal> for_terminal(std::string_view own) { return Escaper::made<Terminal>(visible(own)); }
Markup<Terminal> for_terminal(const RedactedText& text) { return for_terminal(text.untrusted()); }

Markup<Json> for_json(std::string_view own) { return Escaper::made<Json>(json(own)); }
Markup<Json> for_json(const RedactedText& text) { return for_json(text.untrusted()); }

Markup<Json> for_json_uri(const RedactedText& path) {
  std::string out;
  for (char c : path.untrusted()) {
    const bool is_plain = is_word(c) || c == '-' || c == '.' || c == '/' || c == '~';
    is_plain ? out += c : out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return for_json(out);
}

Markup<Xml> for_xml(std::string_view own) { return Escaper::made<Xml>(xml(own)); }
Markup<Xml> for_xml(const RedactedText& text) { return for_xml(text.untrusted()); }

Markup<Markdown> for_markdown_code(const RedactedText& text) { return Escaper::made<Markdown>(code_span(text.untrusted())); }

Markup<Markdown> for_markdown_block(const RedactedText& text) {
  const std::string inside = visible(text.untrusted());
  const std::string fence(std::max<std::size_t>(3, longest_run(inside, '`') + 1), '`');
  return Escaper::made<Markdown>(fence + "text\n" + inside + "\n" + fence + "\n");
}

Markup<Markdown> for_markdown(std::string_view own) {
  std::string out;
  for (char c : visible(own)) {
    if (std::string_view("\\`*_{}[]<>#|@&~$").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return Escaper::made<Markdown>(std::move(out));
}

Markup<Markdown> own_markdown(std::string_view markdown) { return Escaper::made<Markdown>(std::string(markdown)); }

// A word that nothing makes a link, a mention, a commit or an emphasis of.
static bool is_plain_word(std::string_view text) {
  const bool is_other_than_hex = std::any_of(text.begin(), text.end(), [](char c) { return is_alpha(c) && to_lower(c) > 'f'; });
  return text.size() < 40 && is_other_than_hex && is_alpha(text.front()) && text.back() != '_' &&
         std::all_of(text.begin(), text.end(), is_word) && text.find("__") == std::string_view::npos;
}

std::optional<std::string> for_prose(const RedactedText& text) {
  const std::string_view value = text.untrusted();
  if (value.empty() || has_control(value)) return std::nullopt;
  return is_plain_word(value) ? std::string(value) : code_span(value);
}

Markup<Jira> for_jira(std::string_view own) { return Escaper::made<Jira>(jira(own)); }
Markup<Jira> for_jira(const RedactedText& text) { return for_jira(text.untrusted()); }
Markup<Jira> for_jira_code_line(const RedactedText& text) {
  std::string inside = visible(text.untrusted());
  for (std::size_t at = inside.find('{'); at != std::string::npos; at = inside.find('{', at + 1))
    if (equals_ignoring_case(std::string_view(inside).substr(at + 1, 8), "noformat")) inside.insert(at + 1, " ");
  return Escaper::made<Jira>(std::move(inside));
}

Markup<Ci> for_ci(std::string_view own) { return Escaper::made<Ci>(percent(own, "%")); }
Markup<Ci> for_ci(const RedactedText& text) { return for_ci(text.untrusted()); }
Markup<Ci> for_ci_property(std::string_view own) { return Escaper::made<Ci>(percent(own, "%:,")); }
Markup<Ci> for_ci_property(const RedactedText& text) { return for_ci_property(text.untrusted()); }

Markup<Metrics> for_metrics(std::string_view own) {
  std::string out;
  for (char c : visible(own)) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return Escaper::made<Metrics>(std::move(out));
}

std::optional<std::string> for_shell(const RedactedText& text) {
  const std::string_view value = text.untrusted();
  if (value.empty() || value[0] == '-' || has_control(value) || visible(value) != value) return std::nullopt;
  if (value.find_first_not_of(
          "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./:@%+,-") ==
      std::string::npos)
    return std::string(value);
  std::string out = "'";
  for (char c : value) c == '\'' ? out += "'\\''" : out += c;
  return out + "'";
}

std::optional<std::string> for_sql_identifier(const RedactedText& text) {
  const std::string_view value = text.untrusted();
  if (value.empty() || has_control(value) || visible(value) != value) return std::nullopt;
  std::string out = "\"";
  for (char c : value) {
    if (c == '"') out += '"';
    c == '.' ? out += "\".\"" : out += c;
  }
  return out + "\"";
}

std::optional<std::string> for_code(const RedactedText& text) {
  const std::string_view value = text.untrusted();
  if (value.empty() || has_control(value) || value.find('`') != std::string::npos ||
      value.find("~~~") != std::string::npos)
    return std::nullopt;
  return visible(value);
}

Markup<Terminal> at_line_head(const Markup<Terminal>& word) {
  if (!begins_command(word.text(), true)) return word;
  return Escaper::made<Terminal>(": " + std::string(word.text().substr(1)));
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
