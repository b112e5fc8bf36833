// Which keys have secrets for values, and which of their values are none.

#include <algorithm>
#include <string>

#include "base/text.h"
#include "findings/secret_scan.h"

namespace logfix {
namespace {

struct Tail {
  std::string_view words;  // the last words of a key, in lower case, with a space before each
  std::string_view kind;
};

constexpr Tail kTails[] = {
    {" password", "password"},
    {" passwd", "password"},
    {" pwd", "password"},
    {" passphrase", "password"},
    {" passcode", "password"},
    {" pass", "password"},
    {" pw", "password"},
    {" passwords", "password"},
    {" password hash", "password"},
    {" requirepass", "password"},
    {" masterauth", "password"},
    {" masterpass", "password"},
    {" secret", "secret"},
    {" secrets", "secret"},
    {" secret value", "secret"},
    {" secret key", "secret"},
    {" secret access key", "secret"},
    {" secret key base", "secret"},
    {" private key", "secret"},
    {" signing key", "secret"},
    {" encryption key", "secret"},
    {" fernet key", "secret"},
    {" master key", "secret"},
    {" shared key", "secret"},
    {" account key", "secret"},
    {" storage key", "secret"},
    {" access key", "secret"},
    {" api key", "secret"},
    {" app key", "secret"},
    {" auth key", "secret"},
    {" service key", "secret"},
    {" license key", "secret"},
    {" credential", "secret"},
    {" credentials", "secret"},
    {" client assertion", "secret"},
    {" token", "token"},
    {" jwt", "token"},
    {" otp", "token"},
    {" jsessionid", "token"},
    {" phpsessid", "token"},
    {" signature", "signature"},
    {" sig", "signature"},
    {" auth", "auth"},
    {" authorization", "authorization"},
    {" cookie", "cookie"},
    {" cookies", "cookie"},
};

// Ends of a word that was written without a break: PGPASSWORD, authtoken.
constexpr Tail kEnds[] = {
    {"password", "password"},  {"passwd", "password"},   {"passphrase", "password"},
    {"mysqlpwd", "password"},  {"secret", "secret"},     {"apikey", "secret"},
    {"secretkey", "secret"},   {"accesskey", "secret"},  {"privatekey", "secret"},
    {"authkey", "secret"},     {"accountkey", "secret"}, {"authtoken", "token"},
    {"accesstoken", "token"},  {"refreshtoken", "token"}, {"idtoken", "token"},
    {"csrftoken", "token"},    {"sessiontoken", "token"}, {"bottoken", "token"},
    {"usertoken", "token"},    {"apitoken", "token"},
};

// `next_token` says where a list goes on, `eos_token` how a text ends.
constexpr std::string_view kPlainTokens[] = {
    " next token",     " page token", " continuation token", " previous token", " prev token",
    " cursor token",   " sync token", " pagination token",   " start token",    " end token",
    " stop token",     " max token",  " bos token",          " eos token",      " pad token",
    " unexpected token", " cancellation token"};

// The last bytes of any tail, so that most keys are done at once.
constexpr std::string_view kLastBytes = "dsewhtypngabl";

// ` client secret` of `myApp.clientSecret2`: the last words with a space before each.
std::string words_of(std::string_view key) {
  while (!key.empty() && !is_alpha(key.back())) key.remove_suffix(1);
  std::string out;
  for (std::size_t i = 0; i < key.size(); ++i) {
    const char c = key[i];
    const auto is_upper = [](char x) { return x >= 'A' && x <= 'Z'; };
    const bool is_edge = i == 0 || !is_word(key[i - 1]) || key[i - 1] == '_' ||
                         (is_upper(c) && !is_upper(key[i - 1])) ||
                         (is_upper(c) && i + 1 < key.size() && is_alpha(key[i + 1]) &&
                          !is_upper(key[i + 1]));
    if (!is_word(c) || c == '_') continue;
    if (is_edge) out += ' ';
    out += to_lower(c);
  }
  return out;
}

template <typename Words>
bool holds(const Words& words, std::string_view word) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

constexpr std::string_view kNoSecrets[] = {
    "true",     "false",    "null",       "none",     "nil",          "undefined", "yes",
    "no",       "on",       "off",        "required", "missing",      "invalid",   "incorrect",
    "wrong",    "expired",  "empty",      "redacted", "masked",       "hidden",    "filtered",
    "is",       "not",      "must",       "has",      "was",          "and",       "or",
    "for",      "should",   "cannot",     "can't",    "failed",       "str",       "string",
    "int",      "bool",     "optional",   "bytes",    "any",          "object",    "changed",
    "reset",    "updated",  "field",      "value",    "unset",        "set",       "unknown",
    "denied",   "error",    "ok",         "valid",    "secret",       "password",  "token",
    "secretstr", "number",  "function",   "omitted",  "protected",    "same-origin", "include",
    "omit",     "md5",      "trust",      "scram-sha-256", "scram",   "default",   "provided",
    "found",    "sent",     "in",         "at",       "the",          "a",         "an",
    "authentication", "basic", "bearer",  "signature", "xxx",         "changeme_not_set"};

bool is_masked(std::string_view value) {
  return value.find_first_not_of("*xX.-#?=") == std::string_view::npos ||
         value.find_first_not_of("\xe2\x80\xa2\xa6") == std::string_view::npos;
}

// `${NAME}`, `$NAME`, `{{ name }}`, `%(name)s`, `<name>`, `os.environ[…`.
bool is_reference(std::string_view value) {
  static constexpr std::string_view kBegins[] = {"${",  "$(",         "{{",          "{}",     "%(",
                                                 "%s",  "os.environ", "process.env", "getenv", "env(",
                                                 "Optional[", "[redacted:", "[REDACTED", "[FILTERED", "[Filtered"};
  if (std::any_of(std::begin(kBegins), std::end(kBegins), [&](auto b) { return value.starts_with(b); }))
    return true;
  if (value.size() > 1 && value[0] == '$')
    return value.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_", 1) == std::string_view::npos;
  return value.size() > 2 && value[0] == '<' && value.back() == '>';
}

bool has_only_digits(std::string_view value) {
  return std::all_of(value.begin(), value.end(), [](char c) { return is_digit(c) || c == '.'; });
}

// Letters as people write them: `expired`, `not-found`, `InvalidToken`. A capital stands at every fifth
// letter at most, or all are.
bool is_wording(std::string_view value) {
  const auto count = [&](auto is) { return static_cast<std::size_t>(std::count_if(value.begin(), value.end(), is)); };
  const std::size_t capitals = count([](char c) { return c >= 'A' && c <= 'Z'; }), letters = count(is_alpha);
  const std::size_t joints = count([](char c) { return c == '-' || c == '_'; });
  return value.size() < 20 && letters + joints == value.size() && (capitals <= 1 + letters / 5 || capitals == letters);
}

}  // namespace

std::string_view secret_kind_of_key(std::string_view key) {
  while (!key.empty() && !is_alpha(key.back())) key.remove_suffix(1);
  if (key.size() < 2 || kLastBytes.find(to_lower(key.back())) == std::string_view::npos) return {};
  const std::string words = words_of(key);
  for (const std::string_view plain : kPlainTokens)
    if (words.ends_with(plain)) return {};
  for (const Tail& tail : kTails)
    if (words.ends_with(tail.words)) return tail.kind;
  for (const Tail& end : kEnds)
    if (words.ends_with(end.words)) return end.kind;
  return {};
}

bool is_no_secret(std::string_view value, std::string_view kind, bool is_prose) {
  while (!value.empty() && std::string_view(".,;:!").find(value.back()) != std::string_view::npos)
    value.remove_suffix(1);
  if (value.empty() || is_masked(value) || is_reference(value)) return true;
  if (value.size() < 20 && holds(kNoSecrets, lowered(value))) return true;
  if (kind == "password") return false;
  if (value.size() <= 8 && has_only_digits(value)) return true;
  return is_prose && is_wording(value);
}

}  // namespace logfix
