#include "report/escape.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "base/text.h"
#include "base/visible.h"

namespace logfix {
namespace {

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](unsigned char c) { return c < 0x20 || c == 0x7f; });
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

// Letters, digits and the bytes in `plain` as they are.
std::string url_encoded(std::string_view bytes, std::string_view plain) {
  std::string out;
  for (char c : bytes) {
    if (is_alpha(c) || is_digit(c) || plain.find(c) != std::string_view::npos) out += c;
    else out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
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
  return for_json(url_encoded(path.untrusted(), "-._/~"));
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

std::optional<std::string> for_unclear(const RedactedText& text) {
  const std::string_view value = text.untrusted();
  if (value.empty() || !is_plain_word(value)) return std::nullopt;
  return std::string(value);
}

std::optional<std::string> for_url(const RedactedText& text) {
  const std::string_view value = text.untrusted();
  if (value.empty() || has_control(value)) return std::nullopt;
  // A sign at its end may be taken for one of the sentence around it.
  return url_encoded(value.substr(0, value.size() - 1), "-._") + url_encoded(value.substr(value.size() - 1), "");
}

Markup<Jira> for_jira(std::string_view own) { return Escaper::made<Jira>(jira(own)); }
Markup<Jira> for_jira(const RedactedText& text) { return for_jira(text.untrusted()); }
Markup<Jira> for_jira_code_line(const RedactedText& text) {
  std::string inside = visible(text.untrusted());
  for (std::size_t at = inside.find('{'); at != std::string::npos; at = inside.find('{', at + 1))
    if (equals_ignoring_case(std::string_view(inside).substr(at + 1, 8), "noformat")) inside.insert(at + 1, 1, ' ');
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

// One argument and no option, quoted.
static bool is_argument(std::string_view value) {
  return !value.empty() && value[0] != '-' && !has_control(value) && visible(value) == value;
}

// Needs no quotes.
static bool is_bare_word(std::string_view value) {
  return is_argument(value) &&
         std::all_of(value.begin(), value.end(), [](char c) { return is_word(c) || std::string_view("./:@%+,-").find(c) != std::string_view::npos; });
}

std::optional<std::string> for_bare_shell(const RedactedText& text) {
  if (!is_bare_word(text.untrusted())) return std::nullopt;
  return std::string(text.untrusted());
}

std::optional<std::string> for_shell(const RedactedText& text) {
  const std::string_view value = text.untrusted();
  if (is_bare_word(value)) return std::string(value);
  if (!is_argument(value)) return std::nullopt;
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

}  // namespace logfix
