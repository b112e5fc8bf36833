#include "report/redact.h"

#include <algorithm>
#include <string_view>

#include "base/text.h"

namespace logfix {
namespace {

bool ends_value(char c) {
  return is_space(c) || c == '"' || c == '\'' || c == ',' || c == ';' || c == '&' || c == ')' ||
         c == '}';
}

bool is_token_byte(char c) {
  return is_word(c) || c == '-' || c == '.' || c == '~' || c == '+' || c == '/' || c == '=';
}

std::size_t while_token(std::string_view text, std::size_t at) {
  while (at < text.size() && is_token_byte(text[at])) ++at;
  return at;
}

// `//user:password@host`: the size of the password that begins behind `//user:`, else 0.
std::size_t url_password(std::string_view text, std::size_t& begin) {
  if (!text.starts_with("//")) return 0;
  std::size_t at = 2;
  while (at < text.size() && !is_space(text[at]) &&
         std::string_view("/:@\"'").find(text[at]) == std::string_view::npos)
    ++at;
  if (at >= text.size() || text[at] != ':') return 0;
  begin = at + 1;
  std::size_t last_at = 0;
  for (std::size_t i = begin;
       i < text.size() && !is_space(text[i]) && text[i] != '"' && text[i] != '\''; ++i)
    if (text[i] == '@') last_at = i;
  return last_at > begin ? last_at - begin : 0;
}

// `password=…`, `"api_key": "…"`: the size of the value, else 0.
std::size_t keyed_secret(std::string_view text, std::size_t& begin) {
  static constexpr std::string_view kKeys[] = {
      "password",   "passwd",       "pwd",          "secret",        "api_key",
      "apikey",     "access_key",   "private_key",  "client_secret", "secret_key",
      "auth_token", "access_token", "refresh_token"};
  for (std::string_view key : kKeys) {
    if (!equals_ignoring_case(text.substr(0, key.size()), key)) continue;
    std::size_t at = key.size();
    while (at < text.size() && (text[at] == '"' || text[at] == '\'' || text[at] == '\\')) ++at;
    const bool was_quoted = at > key.size();
    if (was_quoted && at < text.size() && text[at] == ' ') ++at;
    if (at >= text.size() || (text[at] != '=' && text[at] != ':')) continue;
    ++at;
    while (at < text.size() &&
           (text[at] == ' ' || text[at] == '"' || text[at] == '\'' || text[at] == '\\'))
      ++at;
    begin = at;
    while (at < text.size() && !ends_value(text[at])) ++at;
    if (at > begin) return at - begin;
  }
  return 0;
}

}  // namespace

RedactedText redact(const LogText& log_text, std::uint64_t& redactions) {
  const std::string_view text = log_text.untrusted();
  std::string out;
  const auto replace = [&](std::string_view kept, std::string_view kind) {
    out += kept;
    out += "[redacted:";
    out += kind;
    out += "]";
    ++redactions;
  };
  for (std::size_t i = 0; i < text.size();) {
    const std::string_view rest = text.substr(i);
    const bool at_word = i == 0 || !is_word(text[i - 1]);
    std::size_t begin = 0;
    if (std::size_t size = url_password(rest, begin);
        size && !rest.substr(begin).starts_with("[redacted:")) {
      replace(rest.substr(0, begin), "password");
      i += begin + size;
    } else if (std::size_t keyed = is_alpha(rest[0]) ? keyed_secret(rest, begin) : 0;
               keyed && !rest.substr(begin).starts_with("[redacted:")) {
      replace(rest.substr(0, begin), "secret");
      i += begin + keyed;
    } else if (at_word && rest.starts_with("Bearer ") && while_token(rest, 7) > 15) {
      replace("Bearer ", "token");
      i += while_token(rest, 7);
    } else if (at_word && rest.starts_with("eyJ") &&
               std::count(rest.begin(),
                          rest.begin() + static_cast<std::ptrdiff_t>(while_token(rest, 0)),
                          '.') >= 2) {
      replace("", "jwt");
      i += while_token(rest, 0);
    } else {
      out += text[i++];
    }
  }
  return RedactedText(std::move(out));
}

}  // namespace logfix
