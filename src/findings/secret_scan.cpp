// One pass over a text. Every look behind or ahead is bounded or goes over bytes that are done with
// then, so that the whole is linear.
#include "findings/secret_scan.h"

#include <algorithm>
#include <string>

#include "base/text.h"

namespace logfix {
namespace {

constexpr std::size_t kMaxKey = 64;
constexpr std::size_t kMaxUserinfo = 256;
constexpr std::string_view kPlaceholder = "[redacted:";

bool is_token_byte(char c) {
  return is_word(c) || std::string_view("-.~+/=").find(c) != std::string_view::npos;
}
bool is_base64_byte(char c) { return is_word(c) || c == '+' || c == '/' || c == '-' || c == '='; }
bool is_quote(char c) { return c == '"' || c == '\'' || c == '`'; }
bool is_key_byte(char c) { return is_word(c) || c == '-' || c == '.'; }

class SecretScan {
 public:
  SecretScan(std::string_view text, std::vector<Secret>& found) : text_(text), found_(found) {}

  void run() {
    for (std::size_t at = 0; at < text_.size();) at = std::max(step(at), at + 1);
  }

 private:
  // Looks at what begins at `at`; returns where to go on if bytes are done with.
  std::size_t step(std::size_t at) {
    const char c = text_[at];
    if (is_word(c)) {
      if (at > 0 && is_word(text_[at - 1])) return at;
      return word(at);
    }
    switch (c) {
      case '=':
      case ':':
      case '>':
        return separator(at);
      case ',':
        return tuple(at);
      case '/':
        return at_is(at, "//") ? userinfo(at + 2) : at;
      case '-':
        return dash(at);
      case '@':
        return database_user(at);
      case '~':
        return azure_secret(at);
      default:
        return at;
    }
  }

  bool at_is(std::size_t at, std::string_view what) const {
    return at < text_.size() && text_.compare(at, what.size(), what) == 0;
  }
  bool at_is_ignoring_case(std::size_t at, std::string_view what) const {
    return at < text_.size() && equals_ignoring_case(text_.substr(at, what.size()), what);
  }
  char byte(std::size_t at) const { return at < text_.size() ? text_[at] : '\0'; }
  std::size_t skip(std::size_t at, char c, std::size_t most = 8) const {
    for (std::size_t n = 0; n < most && byte(at) == c && at < text_.size(); ++n) ++at;
    return at;
  }
  template <typename Is>
  std::size_t run_of(std::size_t at, Is is) const {
    while (at < text_.size() && is(text_[at])) ++at;
    return at;
  }

  std::size_t add(std::size_t begin, std::size_t end, std::string_view kind) {
    if (end <= begin) return end;
    if (const std::size_t behind = placeholder_end(begin)) return behind;
    found_.push_back({begin, end, kind});
    return end;
  }

  // Behind the placeholder that begins at `at`; 0 if none does. A log may hold what only begins like one.
  std::size_t placeholder_end(std::size_t at) const {
    if (!at_is(at, kPlaceholder)) return 0;
    const std::size_t end = run_of(at + kPlaceholder.size(), [](char c) { return (c >= 'a' && c <= 'z') || c == '-'; });
    return byte(end) == ']' ? end + 1 : 0;
  }

  // --- words: provider keys, JWTs, schemes, statements ------------------------------------------

  std::size_t word(std::size_t at) {
    const ProviderKey key = provider_key_at(text_, at);
    if (key.size) return add(key.begin, key.begin + key.size, key.kind);
    switch (to_lower(text_[at])) {
      case 'e':
        return at_is(at, "eyJ") ? jwt(at) : at;
      case 'b':
        if (at_is_ignoring_case(at, "bearer ")) return bearer(at + 7);
        return at_is_ignoring_case(at, "basic ") ? basic(at + 6) : at;
      case 'p':
        return at_is_ignoring_case(at, "password") ? statement(at, at + 8) : at;
      case 'i':
        return at_is_ignoring_case(at, "identified by ") ? quoted_after(at + 14, "password") : at;
      case 'a':
        return at_is(at, "AUTH") || at_is(at, "auth") ? redis_auth(at + 4) : at;
      case 'r':
        return at_is(at, "requirepass ") ? argument(at + 12, "password") : at;
      case 'm':
        return at_is(at, "masterauth ") ? argument(at + 11, "password") : at;
      case 'l':
        return at_is(at, "login ") ? netrc(at + 6) : at;
      default:
        return at;
    }
  }

  // A header, a dot, a payload; or a header that names its algorithm, cut short.
  std::size_t jwt(std::size_t at) {
    if (at > 0 && (text_[at - 1] == '-' || text_[at - 1] == '.')) return at;
    const std::size_t end = run_of(at, [](char c) { return is_word(c) || c == '-' || c == '.'; });
    const std::string_view token = text_.substr(at, end - at);
    const std::size_t dot = token.find('.');
    const bool has_payload = dot != std::string_view::npos && dot >= 10 && token.size() > dot + 4;
    const bool is_cut = token.size() >= 10 && (token.starts_with("eyJhbGci") || token.starts_with("eyJ0eXAi") ||
                                               token.starts_with("eyJraWQi"));
    if (!has_payload && !is_cut) return at;
    return add(at, end, "jwt");
  }

  std::size_t bearer(std::size_t at) {
    at = skip(at, ' ');
    std::size_t end = run_of(at, [](char c) { return c != '=' && is_token_byte(c); });
    end = skip(end, '=');
    if (byte(end) == '"' || is_word(byte(end))) return at;  // realm="…"
    const std::string_view token = text_.substr(at, end - at);
    const bool has_digit = std::any_of(token.begin(), token.end(), is_digit);
    if (token.size() < 6 || (!has_digit && token.size() < 16)) return at;
      return token.starts_with("eyJ") ? jwt(at) : add(at, end, "token");
  }

  // base64 of user:password
  std::size_t basic(std::size_t at) {
    at = skip(at, ' ');
    const std::size_t end = run_of(at, is_base64_byte);
    const std::string_view token = text_.substr(at, end - at);
    const bool has_other = std::any_of(token.begin(), token.end(), [](char c) { return is_digit(c) || c == '='; }) ||
                           std::any_of(token.begin() + !token.empty(), token.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    if (token.size() < 8 || !has_other || (byte(end) == '"' && token.back() == '=')) return at;
    return add(at, end, "credentials");
  }

  // PASSWORD 'secret', password("secret")
  std::size_t statement(std::size_t begin, std::size_t at) {
    at = byte(at) == '(' ? at + 1 : skip(at, ' ');
    if (at == begin + 8) return begin;
    return quoted_after(at, "password");
  }

  std::size_t quoted_after(std::size_t at, std::string_view kind) {
    at = skip(at, ' ');
    if (byte(at) != '\'' && byte(at) != '"') return at;
    const std::size_t end = end_of_quoted(at);
    const std::string_view inside = text_.substr(at + 1, end - at - 1);
    return is_no_secret(inside, kind, false) ? at : add(at + 1, end, kind);
  }

  // MONITOR shows "AUTH" "user" "password"; a command line AUTH password.
  std::size_t redis_auth(std::size_t at) {
    if (byte(at) != '"' && byte(at) != '\'') return at;
    std::size_t end = at;
    for (int i = 0; i < 2; ++i) {
      const std::size_t open = skip(end + 1, ' ');
      if (open == end + 1 || byte(open) != byte(at)) break;
      end = add(open + 1, end_of_quoted(open), "password");
    }
    return std::max(end, at);
  }

  // `login user password secret`, of .netrc
  std::size_t netrc(std::size_t at) {
    const std::size_t user = run_of(at, [](char c) { return !is_space(c); });
    if (user - at > kMaxKey) return at;
    const std::size_t word = run_of(user, is_space);
    return at_is(word, "password ") ? argument(word + 9, "password") : at;
  }

  // A word of a command line, quoted or not.
  std::size_t argument(std::size_t at, std::string_view kind) {
    at = skip(at, ' ');
    if (byte(at) == '\'' || byte(at) == '"') return quoted_after(at, kind);
    const std::size_t end = run_of(at, [](char c) { return !is_space(c) && c != '"' && c != '\''; });
    if (end == at || byte(at) == '-' || is_no_secret(text_.substr(at, end - at), kind, true)) return at;
    return add(at, end, kind);
  }

  // --- what begins with a dash ------------------------------------------------------------------

  std::size_t dash(std::size_t at) {
    if (at_is(at, "-----BEGIN ")) return private_key(at);
    if (at_is(at, "-us") && is_digit(byte(at + 3))) return mailchimp_key(at);
    const bool is_argument = at == 0 || is_space(text_[at - 1]) || is_quote(text_[at - 1]);
    if (!is_argument) return at;
    if (at_is(at, "-u ") || at_is(at, "--user ")) return user_argument(text_.find(' ', at) + 1);
    if (at_is(at, "-p") && byte(at + 2) > ' ' && byte(at + 2) != '-') return mysql_argument(at);
    if (!at_is(at, "--")) return at;
    const std::size_t end = run_of(at + 2, is_key_byte);
    if (byte(end) != ' ' || end - at > kMaxKey) return at;
    const std::string_view kind = secret_kind_of_key(text_.substr(at + 2, end - at - 2));
    return kind.empty() || kind == "auth" || kind == "signature" ? at : argument(end, kind);
  }

  // curl -u user:password
  std::size_t user_argument(std::size_t at) {
    at = run_of(at, [](char c) { return c == '\'' || c == '"' || c == ' '; });
    const std::size_t end = run_of(at, [](char c) { return !is_space(c) && !is_quote(c); });
    const std::size_t colon = text_.substr(0, end).find(':', at);
    if (colon == std::string_view::npos || end == colon + 1) return at;
    const std::string_view password = text_.substr(colon + 1, end - colon - 1);
    if (std::all_of(password.begin(), password.end(), is_digit)) return at;  // ids of docker run -u
    return add(colon + 1, end, "password");
  }

  std::size_t mysql_argument(std::size_t at) {
    const std::string_view before = text_.substr(at > 200 ? at - 200 : 0, std::min<std::size_t>(at, 200));
    if (before.find("mysql") == std::string_view::npos && before.find("mariadb") == std::string_view::npos)
      return at;
    return argument(at + 2, "password");
  }

  std::size_t private_key(std::size_t at) {
    const std::string_view head = text_.substr(at, 60);
    const std::size_t label = head.find("PRIVATE KEY");
    const std::size_t close = head.find("-----", 11);
    if (label == std::string_view::npos || close == std::string_view::npos || label > close) return at;
    std::size_t end = at + close + 5;
    // The body: base64, head lines, and white space or its escapes.
    while (end < text_.size() && !at_is(end, "-----")) {
      const char c = text_[end];
      if (!is_base64_byte(c) && !is_space(c) && c != '\\' && c != ':' && c != ',' && c != '%') break;
      ++end;
    }
    if (at_is(end, "-----END ")) {
      const std::size_t tail = text_.substr(end, 60).find("-----", 9);
      end += tail == std::string_view::npos ? 9 : tail + 5;
    }
    return add(at, end, "private-key");
  }

  std::size_t mailchimp_key(std::size_t at) {
    if (at < 32 || (at > 32 && is_word(text_[at - 33]))) return at;
    const std::string_view hex = text_.substr(at - 32, 32);
    if (!std::all_of(hex.begin(), hex.end(), [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); }))
      return at;
    return add(at - 32, run_of(at + 3, is_digit), "mailchimp-key");
  }

  // Three bytes, a digit, `Q~`, and more than thirty.
  std::size_t azure_secret(std::size_t at) {
    if (at < 5 || text_[at - 1] != 'Q' || !is_digit(text_[at - 2])) return at;
    const std::size_t end = run_of(at + 1, [](char c) { return is_word(c) || c == '-' || c == '.' || c == '~'; });
    return end - at > 30 ? add(at - 5, end, "azure-secret") : at;
  }

  // --- URLs and connection strings --------------------------------------------------------------

  std::size_t userinfo(std::size_t begin) {
    const std::size_t limit = std::min(text_.size(), begin + kMaxUserinfo);
    std::size_t colon = 0, at_sign = 0, path = 0, at = begin;
    for (; at < limit; ++at) {
      const char c = text_[at];
      if (is_space(c) || is_quote(c) || c == '<' || c == '>' || c == '\\') break;
      if (c == '@' && (path == 0 || at_sign == 0)) at_sign = at;
      if (c == ':' && colon == 0 && path == 0 && at_sign == 0) colon = at;
      if ((c == '/' || c == '?' || c == '#') && path == 0) {
        path = at;
        if (at_sign) break;
        // Behind a host and its port a path begins. What is no port may be a password.
        const std::string_view port = colon ? text_.substr(colon + 1, at - colon - 1) : std::string_view();
        if (std::all_of(port.begin(), port.end(), is_digit)) break;
      }
    }
    if (at == text_.size() && at_sign == 0 && (path == 0 || text_[path] != '/')) return cut_password(begin, colon);
    if (at_sign <= begin || placeholder_end(begin)) return begin;
    if (colon && colon < at_sign) {
      if (placeholder_end(colon + 1)) return at_sign;
      return add(colon + 1, at_sign, "password");
    }
    // A token in place of a user.
    const std::string_view user = text_.substr(begin, at_sign - begin);
    const bool is_token = user.size() >= 16 && std::any_of(user.begin(), user.end(), is_digit) &&
                          std::all_of(user.begin(), user.end(), is_token_byte);
    return is_token ? add(begin, at_sign, "token") : begin;
  }

  // True if the text's last line, which `at` stands in, may be cut.
  bool is_long_line(std::size_t at) const {
    const std::size_t begin = text_.rfind('\n', at) + 1;  // npos + 1 is 0
    return text_.size() - begin >= kLeastWrappedLine;
  }

  // A long line that ends in `//user:word`, no port: its terminal wrapped it, or its writer cut it.
  std::size_t cut_password(std::size_t begin, std::size_t colon) {
    if (colon == 0 || byte(begin) == '[' || !is_long_line(begin)) return begin;
    const std::string_view word = text_.substr(colon + 1);
    const bool is_port = std::all_of(word.begin(), word.end(), is_digit);
    return is_port || is_no_secret(word, "password", false) ? begin : add(colon + 1, text_.size(), "password");
  }

  // user:password@tcp(host), of Go; user/password@host, of Oracle's JDBC.
  std::size_t database_user(std::size_t at) {
    const bool is_go = at_is(at, "@tcp(") || at_is(at, "@unix(");
    const std::size_t least = at > 256 ? at - 256 : 0;
    std::size_t begin = at;
    while (begin > least && !is_space(text_[begin - 1]) && !is_quote(text_[begin - 1])) --begin;
    if (!is_go) {
      const std::size_t thin = text_.substr(begin, at - begin).find("thin:");
      if (thin == std::string_view::npos) return at;
      begin += thin + 5;
    }
    const std::size_t mark = text_.substr(0, at).find(is_go ? ':' : '/', begin);
    if (mark != std::string_view::npos) add(mark + 1, at, "password");
    return at;
  }

  // --- keys and values --------------------------------------------------------------------------

  // The key before `at`, over blanks and closing quotes; where it begins is told, too.
  std::string_view key_before(std::size_t at, std::size_t& begin) const {
    std::size_t end = at;
    for (int i = 0; i < 2 && end > 0 && text_[end - 1] == ' '; ++i) --end;
    for (int i = 0; i < 6 && end > 0 && (is_quote(text_[end - 1]) || text_[end - 1] == '\\' || text_[end - 1] == ']'); ++i)
      --end;
    begin = end;
    while (begin > 0 && end - begin < kMaxKey && is_key_byte(text_[begin - 1])) --begin;
    return text_.substr(begin, end - begin);
  }

  std::size_t separator(std::size_t at) {
    const char c = text_[at];
    std::size_t value = at + 1, key_end = at;
    if (c == '>') {
      if (at > 0 && text_[at - 1] == '=') return at;  // => was seen at its =
    } else if (c == ':') {
      if (byte(value) == '/' && byte(value + 1) == '/') return at;
      if (at_is(value, "AA")) {
        if (const std::size_t end = telegram_token(at)) return end;
      }
      if (byte(value) == '=') ++value;
    } else if (byte(value) == '>') {
      ++value;
    }
    std::size_t begin = 0;
    const std::string_view key = key_before(key_end, begin);
    if (key.empty()) return at;
    if (c == '>' && (begin == 0 || text_[begin - 1] != '<')) return at;
    const std::string_view kind = secret_kind_of_key(key);
    if (kind.empty()) return at;
    if (c == '>') return element(at + 1, kind);
    if (kind == "token" && begin >= 11 && equals_ignoring_case(text_.substr(begin - 11, 11), "unexpected "))
      return at;
    return value_of(kind, key, begin, at, value);
  }

  // <password>…</password>
  std::size_t element(std::size_t at, std::string_view kind) {
    const std::size_t end = run_of(at, [](char c) { return c != '<' && c != '\n'; });
    const bool is_cut = end == text_.size() && run_of(at, [](char c) { return !is_space(c); }) == end && is_long_line(at);
    if ((!at_is(end, "</") && !is_cut) || is_no_secret(text_.substr(at, end - at), kind, false)) return at;
    return add(at, end, kind);
  }

  std::size_t telegram_token(std::size_t at) {
    std::size_t begin = at;
    while (begin > 0 && at - begin < 11 && is_digit(text_[begin - 1])) --begin;
    const std::size_t end = run_of(at + 1, [](char c) { return is_word(c) || c == '-'; });
    return at - begin >= 8 && at - begin <= 10 && end - at - 1 == 35 ? add(begin, end, "telegram-token") : 0;
  }

  // ('authorization', 'Bearer …'), [b"cookie", b"…"]
  std::size_t tuple(std::size_t at) {
    if (at < 3 || !is_quote(text_[at - 1])) return at;
    std::size_t begin = 0;
    const std::string_view key = key_before(at, begin);
    const std::string_view kind = secret_kind_of_key(key);
    if (kind.empty() || begin < 2 || !is_quote(text_[begin - 1])) return at;
    std::size_t open = begin - 1;
    if (open > 0 && text_[open - 1] == 'b') --open;
    if (open == 0 || (text_[open - 1] != '(' && text_[open - 1] != '[')) return at;
    std::size_t value = skip(at + 1, ' ');
    if (byte(value) == 'b') ++value;
    return is_quote(byte(value)) ? value_of(kind, key, begin, at, value) : at;
  }

  // `separator` is the key's `=` or `:`; the value begins at `at` or behind blanks.
  std::size_t value_of(std::string_view kind, std::string_view key, std::size_t key_begin,
                       std::size_t separator, std::size_t at) {
    const std::size_t before = at;
    at = skip(at, ' ');
    const bool is_spaced = at > before && text_[separator] == ':';
    if (at_is(at, "string(")) at = run_of(at, [](char c) { return c != ' ' && c != '\n'; }), at = skip(at, ' ');
    if (byte(at) == '[' && !placeholder_end(at)) at = skip(at + 1, ' ');
    if (is_quote(byte(at + 1)) && std::string_view("brufBRUF").find(byte(at)) != std::string_view::npos) ++at;
    if (kind == "authorization") return authorization(at, is_spaced);
    if (kind == "cookie") return cookies(at);
    if (kind == "signature" && !is_query(key, key_begin)) return separator;
    const bool is_quoted = is_quote(byte(at));
    if (byte(at) == '\\') return separator;  // an escaped quote: seen without its escapes
    const std::size_t begin = at + is_quoted;
    const std::size_t end = is_quoted ? end_of_quoted(at) : end_of_value(key_begin, separator, before, at);
    const std::string_view value = text_.substr(begin, end - begin);
    if (is_no_secret(value, kind, is_spaced && !is_quoted)) return separator;
    if (kind == "auth" && !is_auth(value)) return separator;
    if (!value.empty() && value[0] == '/' && (key == "PWD" || key == "OLDPWD")) return end;
    if (!is_quoted && (value[0] == '{' || value[0] == '(')) return separator;
    // SecretStr('…'): what is in the quotes.
    const std::size_t paren = value.find('(');
    if (!is_quoted && paren != std::string_view::npos && paren < kMaxKey && is_quote(byte(begin + paren + 1)) &&
        std::all_of(value.begin(), value.begin() + static_cast<std::ptrdiff_t>(paren), is_key_byte))
      return quoted_after(begin + paren + 1, kind);
    add(begin, end, kind == "auth" ? "credentials" : kind);
    return end;
  }

  bool is_query(std::string_view key, std::size_t key_begin) const {
    if (key.size() > 3 && equals_ignoring_case(key.substr(0, 2), "x-")) return true;
    return key_begin > 0 && (text_[key_begin - 1] == '?' || text_[key_begin - 1] == '&');
  }

  static bool is_auth(std::string_view value) {
    return value.size() >= 12 && std::all_of(value.begin(), value.end(), is_base64_byte) &&
           std::any_of(value.begin(), value.end(), [](char c) { return is_digit(c) || c == '='; });
  }

  // Behind the closing quote's last byte of the value that `at` opens; the line's end if it is open.
  std::size_t end_of_quoted(std::size_t at) const {
    const char quote = text_[at];
    std::size_t end = at + 1;
    while (end < text_.size() && text_[end] != quote && text_[end] != '\n')
      end += text_[end] == '\\' && end + 1 < text_.size() && text_[end + 1] != '\n' ? 2 : 1;
    return std::min(end, text_.size());
  }

  std::size_t end_of_value(std::size_t key_begin, std::size_t separator, std::size_t before, std::size_t at) const {
    const bool begins_line = key_begin == 0 || text_[key_begin - 1] == '\n';
    const bool is_export = key_begin >= 7 && text_.substr(key_begin - 7, 7) == "export ";
    const bool is_upper = text_[key_begin] >= 'A' && text_[key_begin] <= 'Z';
    if (text_[separator] == '=' && before == separator + 1 && is_upper && (begins_line || is_export) &&
        key_begin + 1 < separator && !(text_[key_begin + 1] >= 'a' && text_[key_begin + 1] <= 'z'))
      return std::min(text_.find_first_of("\r\n", at), text_.size());
    // A connection string of ADO: up to the next semicolon, blanks included.
    const bool is_ado = text_[separator] == '=' && key_begin > 0 &&
                        (text_[key_begin - 1] == ';' ||
                         (text_[key_begin - 1] == ' ' && key_begin > 1 && text_[key_begin - 2] == ';'));
    if (is_ado) {
      const std::size_t end = run_of(at, [](char c) { return c != ';' && c != '\n' && !is_quote(c); });
      if (byte(end) == ';') return end;
    }
    std::size_t end = at;
    while (end < text_.size() && !ends_value(at, end)) ++end;
    return end;
  }

  // Brackets and commas belong to a secret, but for those that close something around it.
  bool ends_value(std::size_t begin, std::size_t at) const {
    const char c = text_[at];
    if (is_space(c) || is_quote(c) || c == '<' || c == '\x1f') return true;
    if (std::string_view(",;&)}]|").find(c) == std::string_view::npos) return false;
    const char next = byte(at + 1);
    if (at + 1 >= text_.size() || is_space(next) || is_quote(next)) return true;
    const bool closes = c == ')' || c == '}' || c == ']';
    if (closes && at > begin && std::string_view(",;&)}].|").find(next) != std::string_view::npos) return true;
    std::size_t key = at + 1;
    while (key < text_.size() && key - at < 40 && is_key_byte(text_[key])) ++key;
    return key > at + 1 && (byte(key) == '=' || byte(key) == ':');
  }

  // `Bearer …`, `Basic …`, `Digest username=…`, or the bare credentials.
  std::size_t authorization(std::size_t at, bool is_spaced) {
    const bool is_quoted = is_quote(byte(at));
    const std::size_t begin = at + is_quoted;
    const std::size_t word_end = run_of(begin, [](char c) { return is_word(c) || c == '-'; });
    const bool has_scheme = byte(word_end) == ' ' && word_end > begin;
    std::size_t value = has_scheme ? skip(word_end, ' ') : begin;
    const std::string_view scheme = text_.substr(begin, word_end - begin);
    const bool has_parts = equals_ignoring_case(scheme, "digest") || scheme.starts_with("AWS4");
    std::size_t end = value;
    if (is_quoted) {
      end = end_of_quoted(begin - 1);
    } else if (has_parts) {
      end = std::min(text_.find('\n', value), text_.size());
    } else {
      end = run_of(value, [](char c) { return !is_space(c) && !is_quote(c) && c != ',' && c != ']' && c != '}' && c != ')'; });
    }
    const std::string_view secret = text_.substr(value, end - value);
    if (is_no_secret(secret, "token", is_spaced && !is_quoted) || secret.size() < 4) return at;
    if (has_scheme && is_no_secret(scheme, "token", false) && !equals_ignoring_case(scheme, "bearer") &&
        !equals_ignoring_case(scheme, "basic") && !equals_ignoring_case(scheme, "token"))
      return at;  // "authorization: not found"
    if (equals_ignoring_case(scheme, "basic")) return add(value, end, "credentials");
    if (secret.starts_with("eyJ")) return add(value, end, "jwt");
    return add(value, end, has_parts ? "credentials" : "token");
  }

  // name=value; name=value: the values, but for those of the attributes of Set-Cookie.
  std::size_t cookies(std::size_t at) {
    if (byte(at) == '{') return cookie_dictionary(at + 1);
    if (is_quote(byte(at))) ++at;
    const auto ends = [](char c) { return is_space(c) || is_quote(c) || c == ';' || c == ','; };
    while (true) {
      const std::size_t name_end = run_of(at, [](char c) { return is_key_byte(c) || c == '$' || c == '%'; });
      if (name_end == at || byte(name_end) != '=') return at;
      const std::size_t end = run_of(name_end + 1, [&](char c) { return !ends(c); });
      if (!is_attribute(text_.substr(at, name_end - at))) add(name_end + 1, end, "cookie");
      at = end;
      if (byte(at) != ';') return at;
      at = skip(at + 1, ' ');
      // A flag without a value.
      const std::size_t flag = run_of(at, is_word);
      if (byte(flag) == ';') at = skip(flag + 1, ' ');
    }
  }

  static bool is_attribute(std::string_view name) {
    const auto is = [&](std::string_view other) { return equals_ignoring_case(name, other); };
    return is("path") || is("domain") || is("expires") || is("max-age") || is("samesite") || is("priority");
  }

  // {'name': 'value', …}
  std::size_t cookie_dictionary(std::size_t at) {
    while (at < text_.size() && text_[at] != '}' && text_[at] != '\n') {
      if ((text_[at] == ':' || text_[at] == ',') && is_quote(byte(skip(at + 1, ' '))) && text_[at] == ':') {
        const std::size_t open = skip(at + 1, ' ');
        at = add(open + 1, end_of_quoted(open), "cookie") + 1;
      } else if (is_word(text_[at]) && !is_word(text_[at - 1])) {
        at = std::max(word(at), at + 1);  // a key of a provider, that is no value of it
      } else {
        ++at;
      }
    }
    return at;
  }

  std::string_view text_;
  std::vector<Secret>& found_;
};

}  // namespace

void scan_for_secrets(std::string_view text, std::vector<Secret>& found) {
  SecretScan(text, found).run();
}

}  // namespace logfix
