#include "findings/redact.h"

#include <algorithm>
#include <ctime>
#include <functional>
#include <random>

#include "catch.h"
#include "findings/collector.h"
#include "findings/secret_scan.h"

namespace logfix {
namespace {

std::string redacted(std::string text) {
  return std::string(Redactor().redact(LogText(std::move(text))).untrusted());
}

// --- a corpus of secrets, made anew from a seed: no secret is written down -----------------------

constexpr std::string_view kLower = "abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kHex = "0123456789abcdef";
constexpr std::string_view kUpperDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::string_view kAlnum = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

class Maker {
 public:
  explicit Maker(unsigned seed) : random_(seed) {}
  std::size_t number(std::size_t least, std::size_t most) {
    return least + random_() % (most - least + 1);
  }
  std::string of(std::string_view alphabet, std::size_t size) {
    std::string out;
    while (out.size() < size) out += alphabet[random_() % alphabet.size()];
    return out;
  }
  std::string alnum(std::size_t size) { return of(kAlnum, size - 1) + of("0123456789", 1); }
  /// As people choose them: letters, digits, signs in the middle.
  std::string password() {
    return alnum(number(4, 8)) + of("!#$^*_-.+~", 1) + alnum(number(3, 10));
  }
  std::string base64(std::size_t size) { return of(kAlnum, size); }

 private:
  std::mt19937 random_;
};

struct Planted {
  std::string line, secret;
};
struct SecretClass {
  std::string_view name;
  std::function<Planted(Maker&)> make;
};

std::string base64_of(std::string_view bytes) {
  static constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    unsigned bits = 0;
    for (std::size_t k = 0; k < 3; ++k)
      bits = (bits << 8) | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0u);
    for (std::size_t k = 0; k < 4; ++k)
      out += i + k > bytes.size() ? '=' : kDigits[(bits >> (18 - 6 * k)) & 63];
  }
  return out;
}

// `before` and `after` around a secret that `make` makes.
SecretClass around(std::string_view name, std::string before, std::function<std::string(Maker&)> make,
                   std::string after) {
  return {name, [=](Maker& maker) {
            const std::string secret = make(maker);
            return Planted{before + secret + after, secret};
          }};
}

std::string word(Maker& m) { return m.password(); }

std::vector<SecretClass> classes() {
  const auto keyed = [](std::string prefix, std::string_view alphabet, std::size_t size) {
    return [=](Maker& m) { return prefix + m.of(alphabet, size); };
  };
  const auto jwt = [](Maker& m) {
    return base64_of("{\"alg\":\"RS256\",\"x\":" + m.of("0123456789", 3)).substr(0, 28) + "." + m.alnum(60) + "." + m.alnum(43);
  };
  return {
      around("URL userinfo", "connect to postgresql+asyncpg://app:", word, "@db.example.com:5432/orders failed"),
      around("URL without a user", "broker redis://:", word, "@redis:6379/0 refused"),
      around("AMQP URL", "amqp://worker:", word, "@mq.example.com:5672// unreachable"),
      around("token in a clone URL", "git clone https://", [](Maker& m) { return m.alnum(27); }, "@git.example.com/a.git failed"),
      around("query access_token", "GET /me?access_token=", [](Maker& m) { return m.alnum(32); }, "&page=2 500"),
      around("query sig", "GET https://acct.blob.example.com/c/f?sv=2022&sig=", [](Maker& m) { return m.alnum(43); }, "&se=2026 403"),
      around("X-Amz-Signature", "https://b.s3.example.com/k?X-Amz-Date=2026&X-Amz-Signature=", keyed("", kHex, 64), "&X-Amz-Expires=3600"),
      around("libpq", "host=db port=5432 user=app password=", word, " dbname=orders connection failed"),
      around("libpq quoted", "host=db user=app password='", [](Maker& m) { return m.alnum(6) + " " + m.alnum(6); }, "' dbname=orders"),
      around("ADO", "Server=db;User Id=app;Password=", word, ";Database=orders;Encrypt=true"),
      around("ADO Pwd", "Driver={PostgreSQL};Uid=app;Pwd=", word, ";Server=db"),
      around("Go DSN", "open app:", word, "@tcp(db:3306)/orders: refused"),
      around("Oracle", "jdbc:oracle:thin:app/", word, "@db.example.com:1521/orders"),
      around("JDBC", "jdbc:postgresql://db/orders?user=app&password=", word, "&ssl=true"),
      around("Bearer", "Authorization: Bearer ", [](Maker& m) { return m.alnum(40); }, ""),
      around("Bearer alone", "upstream said no to Bearer ", [](Maker& m) { return m.alnum(32); }, " (401)"),
      around("Basic", "Authorization: Basic ", [](Maker& m) { return base64_of("app:" + m.alnum(14)); }, ""),
      around("Digest", "Authorization: Digest username=\"app\", response=\"", keyed("", kHex, 32), "\""),
      around("API key header", "X-Api-Key: ", [](Maker& m) { return m.alnum(32); }, ""),
      around("Cookie", "Cookie: theme=", [](Maker& m) { return m.alnum(31); }, ""),
      around("Cookie second", "cookie: a=b2; session=", [](Maker& m) { return m.alnum(40); }, "; lang=en"),
      around("Set-Cookie", "set-cookie: sid=", [](Maker& m) { return m.alnum(40); }, "; Path=/; HttpOnly"),
      around("JWT", "token rejected: ", jwt, " expired"),
      around("GitHub", "remote: ", keyed("ghp_", kAlnum, 36), " is revoked"),
      around("GitHub fine-grained", "remote: ", keyed("github_pat_", kAlnum, 82), " is revoked"),
      around("GitLab", "remote: ", keyed("glpat-", kAlnum, 20), " is revoked"),
      around("Slack", "slack: ", [](Maker& m) { return "xoxb-" + m.of("123456789", 12) + "-" + m.alnum(24); }, " invalid_auth"),
      around("Slack webhook", "POST https://hooks.slack.com/services/", [](Maker& m) { return "T" + m.of(kUpperDigits, 8) + "/B" + m.of(kUpperDigits, 8) + "/" + m.alnum(24); }, " 404"),
      around("Discord webhook", "POST https://discord.com/api/webhooks/", [](Maker& m) { return m.of("123456789", 18) + "/" + m.alnum(68); }, " 404"),
      around("Telegram", "POST https://api.telegram.org/bot", [](Maker& m) { return m.of("123456789", 9) + ":AA" + m.alnum(33); }, "/sendMessage 401"),
      around("Stripe", "stripe: Invalid API Key provided: ", keyed("sk_live_", kAlnum, 32), ""),
      around("AWS key id", "InvalidAccessKeyId: ", keyed("AKIA", kUpperDigits, 16), " does not exist"),
      around("AWS session key id", "credential ", keyed("ASIA", kUpperDigits, 16), "/20261123/eu"),
      around("AWS secret", "aws_secret_access_key = ", [](Maker& m) { return m.alnum(40); }, ""),
      around("Google", "maps: ", keyed("AIza", kAlnum, 35), " over quota"),
      around("Google OAuth", "refresh ", keyed("ya29.", kAlnum, 60), " failed"),
      around("Azure storage", "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=", [](Maker& m) { return m.base64(86) + "=="; }, ";EndpointSuffix=core.example.net"),
      around("Azure secret", "AADSTS7000215: secret ", [](Maker& m) { return m.of(kAlnum, 3) + "8Q~" + m.alnum(34); }, " is wrong"),
      around("npm", "npm ERR! ", keyed("npm_", kAlnum, 36), " not allowed"),
      around("PyPI", "twine: ", keyed("pypi-AgEIcHlwaS5vcmc", kAlnum, 60), " invalid"),
      around("SendGrid", "sendgrid ", [](Maker& m) { return "SG." + m.alnum(22) + "." + m.alnum(43); }, " 401"),
      around("Vault", "vault: permission denied for ", keyed("hvs.", kAlnum, 90), ""),
      around("OpenAI", "openai: ", keyed("sk-proj-", kAlnum, 48), " incorrect"),
      around("Hugging Face", "hub: ", keyed("hf_", kAlnum, 34), " unauthorized"),
      around("DigitalOcean", "doctl ", keyed("dop_v1_", kHex, 64), " 401"),
      around("PEM", "-----BEGIN RSA PRIVATE KEY-----\n", [](Maker& m) { return m.base64(64) + "\n" + m.base64(64) + "\n" + m.base64(20) + "=="; }, "\n-----END RSA PRIVATE KEY-----\n"),
      around("PEM escaped", "{\"private_key\": \"-----BEGIN PRIVATE KEY-----\\n", [](Maker& m) { return m.base64(64) + "\\n" + m.base64(64) + "\\n" + m.base64(20); }, "\\n-----END PRIVATE KEY-----\\n\"}"),
      around("PEM cut", "key is -----BEGIN EC PRIVATE KEY-----\n", [](Maker& m) { return m.base64(64) + "\n" + m.base64(64); }, ""),
      around("JSON", "{\"user\": \"app\", \"client_secret\": \"", word, "\", \"n\": 1}"),
      around("JSON camel case", "{\"dbPassword\":\"", word, "\",\"n\":1}"),
      around("key=value", "login user=app passwd=", word, " from=10.0.0.1"),
      around("environment", "REDIS_PASSWORD=", [](Maker& m) { return m.alnum(5) + ",&" + m.alnum(6); }, ""),
      around("exported", "export AUTH0_CLIENT_SECRET=", [](Maker& m) { return m.alnum(40); }, ""),
      around("Python dictionary", "env = {'PGPASSWORD': '", word, "', 'PGUSER': 'app'}"),
      around("Python arguments", "Settings(host='db', db_password='", word, "', port=5432)"),
      around("Python secret", "Settings(api_key=SecretStr('", word, "'))"),
      around("ASGI headers", "'headers': [(b'host', b'api'), (b'authorization', b'Bearer ", [](Maker& m) { return m.alnum(40); }, "'), (b'accept', b'*/*')]"),
      around("Node object", "{ host: 'db', password: '", word, "', port: 5432 }"),
      around("Node map", "Map(1) { 'apiKey' => '", word, "' }"),
      around("PHP", "[db_password] => ", word, ""),
      around("YAML", "  secret_key: ", [](Maker& m) { return m.alnum(32); }, ""),
      around("XML", "<Password>", word, "</Password>"),
      around("command option", "run: app --db-password ", word, " --verbose"),
      around("curl", "+ curl -u app:", word, " https://api.example.com/"),
      around("mysql", "+ mysql -h db -p", [](Maker& m) { return m.alnum(12); }, " orders"),
      around("SQL", "ALTER USER app WITH PASSWORD '", word, "' VALID UNTIL 'infinity'"),
      around("Redis monitor", "[0 10.0.0.1:4000] \"AUTH\" \"", [](Maker& m) { return m.alnum(14); }, "\""),
      around("netrc", "machine git.example.com login app password ", word, ""),
  };
}

std::string json_escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    c == '\n' ? out += "\\n" : out += c;
  }
  return out;
}

std::string url_encoded(std::string_view text) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  for (char c : text) {
    const bool is_plain = kAlnum.find(c) != std::string_view::npos || c == '-' || c == '.' || c == '_' || c == '~';
    if (is_plain) out += c;
    else ((out += '%') += kDigits[static_cast<unsigned char>(c) >> 4]) += kDigits[c & 15];
  }
  return out;
}

// At 80 columns, with a head that puts the break anywhere.
std::string wrapped(std::string_view text, Maker& maker) {
  const std::string line = "2026-11-23 10:00:00 ERROR app.client " + std::string(maker.number(0, 30), '.') + " " + std::string(text);
  std::string out;
  for (std::size_t at = 0; at < line.size(); at += 80) {
    if (at) out += '\n';
    out += line.substr(at, 80);
  }
  return out;
}

// True if eight bytes in a row of the secret are still there.
bool leaks(std::string text, std::string secret) {
  const auto drop = [](std::string& from) { std::erase_if(from, [](char c) { return c == '\n'; }); };
  drop(text), drop(secret);
  const std::size_t size = std::min<std::size_t>(8, secret.size());
  for (std::size_t at = 0; at + size <= secret.size(); ++at)
    if (text.find(secret.substr(at, size)) != std::string::npos) return true;
  return false;
}

TEST_CASE("planted secrets of each class are gone, in each encoding") {
  const unsigned seed = 20261123;
  Maker maker(seed);
  std::size_t leaked = 0, planted = 0;
  std::string leaks_seen;
  for (const SecretClass& kind : classes()) {
    for (int n = 0; n < 20; ++n) {
      const Planted plain = kind.make(maker);
      const std::string json = json_escaped(plain.line), url = url_encoded(plain.line);
      const std::pair<std::string_view, Planted> encoded[] = {
          {"raw", plain},
          {"JSON", {"{\"log\":\"" + json + "\"}", json_escaped(plain.secret)}},
          {"JSON in JSON", {json_escaped("{\"log\":\"" + json + "\"}"), json_escaped(json_escaped(plain.secret))}},
          {"URL", {"GET /report?message=" + url + "&n=1", url_encoded(plain.secret)}},
          {"JSON in URL", {"body=" + url_encoded(json), url_encoded(json_escaped(plain.secret))}},
          {"base64", {"payload " + base64_of(plain.line) + " rejected", base64_of(plain.line).substr(8)}},
          {"wrapped", {wrapped(plain.line, maker), plain.secret}},
      };
      for (const auto& [encoding, with] : encoded) {
        ++planted;
        const std::string out = redacted(with.line);
        if (!leaks(out, with.secret) && out.find("[redacted:") != std::string::npos && redacted(out) == out) continue;
        ++leaked;
        if (leaks_seen.size() < 30'000)
          ((((leaks_seen += kind.name) += ", ") += encoding) += ": ") += with.line + "\n  became " + out + "\n";
      }
    }
  }
  CHECK(planted >= 25 * 20 * 7);
  INFO("seed " << seed << "\n" << leaks_seen);
  CHECK(leaked == 0);
}

TEST_CASE("what tells where a secret was stays") {
  CHECK(redacted("postgresql://app:hunter2@db:5432/x") == "postgresql://app:[redacted:password]@db:5432/x");
  CHECK(redacted("redis://:p@ss@redis:6379") == "redis://:[redacted:password]@redis:6379");
  CHECK(redacted("mysql://u:a/b@db/x") == "mysql://u:[redacted:password]@db/x");
  CHECK(redacted("password=abc next") == "password=[redacted:password] next");
  CHECK(redacted("{\"client_secret\": \"abc\"}") == "{\"client_secret\": \"[redacted:secret]\"}");
  CHECK(redacted("Authorization: Bearer abcdefghijklmnop.qrs") == "Authorization: Bearer [redacted:token]");
  CHECK(redacted("eyJhbGciOi.eyJzdWIiOi.c2lnbmF0") == "[redacted:jwt]");
  CHECK(redacted("Server=db;Password=a b c;Database=x") == "Server=db;Password=[redacted:password];Database=x");
  CHECK(redacted("cookie: sid=abcdef123; Path=/; theme=dark") ==
        "cookie: sid=[redacted:cookie]; Path=/; theme=[redacted:cookie]");
  CHECK(redacted("f(password='a\\'b', x=1)") == "f(password='[redacted:password]', x=1)");
  CHECK(redacted("a=1&password=b&c=2") == "a=1&password=[redacted:password]&c=2");
  CHECK(redacted("-----BEGIN PRIVATE KEY-----\nabcd\n-----END PRIVATE KEY-----\nrest") == "[redacted:private-key]\nrest");
}

TEST_CASE("what only looks like a secret stays") {
  for (const char* text :
       {"password authentication failed for user \"app\"", "FATAL: no password supplied", "password: required",
        "{\"password\": null}", "{\"password\":\"\"}", "password=****", "max_tokens=512 tokens: 12",
        "token_type=bearer next_token=abc123def", "secretName: db-credentials", "SyntaxError: Unexpected token: x1",
        "primary_key=42 cache_key=user:42 public_key=abc123", "Access denied for user 'app'@'10.0.0.1' (using password: YES)",
        "PWD=/app", "WWW-Authenticate: Bearer realm=\"api\", error=\"invalid_token\"", "http://db:5432/a@b",
        "https://example.com/@scope/pkg", "git@github.com:org/repo.git", "docker run -u 1000:1000 app",
        "Bearer authentication is required", "Basic authentication failed", "${DB_PASSWORD} DB_PASSWORD=${DB_PASSWORD}",
        "authorization: denied", "authorization: denied for4711users", "mkdir -pv1x2y3z4w5q6 /tmp", "3f2504e0-4f89-11d3-9a0c-0305e82c3301", "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "etag: W/\"5f3e-d41d8cd98f00b204\"",
        "eyJpZCI6NDIsInAiOjF9", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----", "session_id=7c9e6679",
        "key-d41d8cd98f00b204e9800998ecf8427e", "def login(user: str, password: str) -> Token:",
        "class User(BaseModel): password: Optional[str]",
        "ERR AUTH <password> called without any password configured"})
    CHECK(redacted(text) == text);
}

// A line of a healthy service, with everything that looks random in one.
std::string healthy_line(Maker& m) {
  const std::string uuid = m.of(kHex, 8) + "-" + m.of(kHex, 4) + "-4" + m.of(kHex, 3) + "-a" + m.of(kHex, 3) + "-" + m.of(kHex, 12);
  switch (m.number(0, 15)) {
    case 0: return "INFO app.api request " + uuid + " GET /orders/" + m.of("123456789", 5) + " 200 in " + m.of("123456789", 2) + "ms";
    case 1: return "INFO deploy commit " + m.of(kHex, 40) + " by ci";
    case 2: return "INFO pulled registry.example.com/api@sha256:" + m.of(kHex, 64);
    case 3: return "{\"level\":\"info\",\"trace_id\":\"" + m.of(kHex, 32) + "\",\"span_id\":\"" + m.of(kHex, 16) + "\",\"message\":\"ok\"}";
    case 4: return "INFO nginx 200 etag=W/\"" + m.of(kHex, 8) + "-" + m.of(kHex, 12) + "\" bytes=" + m.of("123456789", 4);
    case 5: return "DEBUG s3 put part body=" + base64_of(m.of("\x80\x91\xa2\xb3\xc4\xd5\xe6\xf7 abc", 48)) + " ok";
    case 6: return "DEBUG cache set " + base64_of("{\"id\": " + m.of("123456789", 5) + ", \"name\": \"" + m.of(kLower, 12) + "\"}");
    case 7: return "INFO traceparent=00-" + m.of(kHex, 32) + "-" + m.of(kHex, 16) + "-01 tokens=" + m.of("123456789", 3);
    case 8: return "INFO worker Task app.tasks.sync[" + uuid + "] succeeded in 0." + m.of("123456789", 6) + "s: None";
    case 9: return "LOG:  duration: " + m.of("123456789", 3) + ".123 ms  statement: SELECT id, token_hash FROM api_keys WHERE id = $1";
    case 10: return "INFO md5=" + m.of(kHex, 32) + " sha1=" + m.of(kHex, 40) + " file=/data/" + m.of(kLower, 12) + ".bin";
    case 11: return "INFO auth user=" + m.of(kLower, 6) + " session_id=" + uuid + " token_type=bearer expires_in=3600 scope=read:orders";
    case 12: return "10.0.0." + m.of("123456789", 2) + " - - \"GET /static/app." + m.of(kHex, 8) + ".js?v=" + m.of(kHex, 20) + " HTTP/1.1\" 304 0";
    case 13: return "INFO connecting to postgresql://db.example.com:5432/orders?sslmode=require as " + m.of(kLower, 5) + "@example.com";
    case 14: return "INFO page cursor eyJpZCI6" + m.of(kAlnum, 24) + " partition_key=" + m.of(kHex, 24) + " node-" + m.of(kHex, 5);
    default: return "INFO k8s pod api-" + m.of(kLower, 9) + "-" + m.of(kLower, 5) + " container " + m.of(kHex, 64) + " started, uid " + uuid;
  }
}

void check_healthy(std::size_t lines) {
  Maker maker(7);
  const Redactor redactor;
  std::size_t redactions = 0;
  std::string seen;
  for (std::size_t n = 0; n < lines; ++n) {
    const std::string line = healthy_line(maker);
    const RedactedText text = redactor.redact(LogText(line));
    redactions += text.redactions();
    if (text.redactions() && redactions < 20) (seen += line) += '\n';
  }
  INFO(seen);
  CHECK(redactions == 0);
}

TEST_CASE("healthy lines stay as they are") { check_healthy(30'000); }
TEST_CASE("a million healthy lines stay as they are", "[.million]") { check_healthy(1'000'000); }

TEST_CASE("redacting takes linear time, whatever comes") {
  // The best of three in processor time, as other programs may be busy, too.
  const auto nanoseconds_per_byte = [](std::string_view piece, std::size_t size) {
    std::string text;
    while (text.size() < size) text += piece;
    double best = 1e9;
    for (int n = 0; n < 3; ++n) {
      const std::clock_t begin = std::clock();
      (void)redacted(text);
      best = std::min(best, 1e9 * static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC / static_cast<double>(size));
    }
    return best;
  };
  for (const char* piece : {"eyJ.", "eyJ-", "eyJa=", "//a:b", "//a:b@", "token='", "token=\"x'", "-----BEGIN PRIVATE KEY-----", "password:", "a=",
                            "glpat-", "Bearer ", "Cookie: ", "a,", "'a','", "login x", "\\\\", "%41", "/a/b", "@tcp(", "AUTH \"", "abcd\nefgh",
                            "a;Password=", "-us1", "authorization: Digest ", "A=b", "cookie={'a':", "abcdefghijklmnop/", "abcdefghijklmnopqrst "}) {
    // What is quadratic takes sixteen times as long per byte.
    const double small = nanoseconds_per_byte(piece, 1 << 16), large = nanoseconds_per_byte(piece, 1 << 20);
    INFO(piece << ": " << small << " and " << large << " ns per byte");
    CHECK((large < small * 8 || large < 200));
    CHECK(large < 2000);
  }
}

TEST_CASE("what stands beside a placeholder is not taken for its value, so that redacting twice is redacting once") {
  // The kind in the placeholder reads like a key.
  const std::string once = redacted("eyJ5bGciOi.eyJzdWIiOi.c='a b2lnb");
  CHECK(redacted(once) == once);
  CHECK(redacted("[redacted:jwt]") == "[redacted:jwt]");
  CHECK(redacted("password=[redacted:token] secret=abc12") == "password=[redacted:token] secret=[redacted:secret]");
}

TEST_CASE("a text in which each secret shows only when the one before it is gone is a secret as a whole") {
  const std::string text = R"({\ASIA2password\":d\ord\":d\d\":d\":drd\":d\rd\":d\ord\":d\d\":d\":drd\":d\":d\$:\"A)" + std::string(17, '\xff') + "]";
  CHECK(redacted(text) == "[redacted:secret]");
}

TEST_CASE("fields are redacted by their names") {
  const Redactor redactor;
  CHECK(redactor.field("db.password", LogText("abc")).untrusted() == "[redacted:password]");
  CHECK(redactor.field("url", LogText("redis://:abc@r")).untrusted() == "redis://:[redacted:password]@r");
  CHECK(redactor.field("password", LogText("required")).untrusted() == "required");
  CHECK(Redactor(false).field("password", LogText("abc")).untrusted() == "abc");
}

TEST_CASE("a capture is redacted by what stands around it in its record") {
  Rule rule;
  rule.id = "bad-login";
  Record record;
  record.text = "login failed with password=abc12 for url redis://:abc12x@r by app";
  record.origins = {{0, 1}};
  const auto capture = [&](std::string value) {
    Collector collector;
    collector.begin_source("a.log");
    collector.add(record, {{&rule, {{"value", LogText(std::move(value))}}, 0, record.text.size()}});
    const Report report = collector.take_report({}, "");
    return std::string(report.findings[0].variants[0].captures[0].second.untrusted());
  };
  CHECK(capture("abc12") == "[redacted:password]");
  CHECK(capture("redis://:abc12x@r") == "redis://:[redacted:password]@r");
  CHECK(capture("app") == "app");
  record.fields = {{"api_token", "zz99zz99"}};
  record.text += "\n\x1f\nzz99zz99";
  CHECK(capture("zz99zz99") == "[redacted:token]");
}

TEST_CASE("a secret that a terminal wrapped is gone from both of its lines, though they are two records") {
  const std::string first = "2026-11-23 10:00:00 ERROR cannot connect to postgresql://app:abcd1234";
  CHECK(redacted(first) == "2026-11-23 10:00:00 ERROR cannot connect to postgresql://app:[redacted:password]");
  CHECK(rest_of_secret(first, "efgh5678@db/orders: refused\nmore") == 8);
  CHECK(rest_of_secret(first, " of no secret") == 0);
  CHECK(rest_of_secret("short //app:abcd1234", "efgh5678@db/orders: refused") == 0);
  CHECK(rest_of_secret("2026-11-23 10:00:00 ERROR cannot connect to the database of", "orders@db:5432") == 0);
  CHECK(redacted("2026-11-23 10:00:00 INFO listening on http://api.example.com:8000") ==
        "2026-11-23 10:00:00 INFO listening on http://api.example.com:8000");
  Rule rule;
  rule.id = "r";
  Record record;
  record.lead = first;
  record.text = "efgh5678@db/orders: refused";
  record.origins = {{0, 2}};
  Collector collector;
  collector.add(record, {{&rule, {{"all", LogText(record.text)}}, 0, record.text.size()}});
  const Finding finding = collector.take_report({}, "").findings[0];
  CHECK(finding.evidence.text.untrusted() == "[redacted:secret]@db/orders: refused");
  CHECK(finding.variants[0].captures[0].second.untrusted() == "[redacted:secret]@db/orders: refused");
}

TEST_CASE("evidence of a long line is what stands around the match") {
  Rule rule;
  rule.id = "r";
  Record record;
  record.text = std::string(50'000, 'x') + " password=abc12 NEEDLE " + std::string(50'000, 'y');
  record.origins = {{0, 1}};
  const std::size_t at = record.text.find("NEEDLE");
  Collector collector;
  collector.begin_source("a.log");
  collector.add(record, {{&rule, {}, at, at + 6}});
  const Evidence evidence = collector.take_report({}, "").findings[0].evidence;
  CHECK(evidence.truncated);
  CHECK(evidence.text.untrusted().size() < 2100);
  CHECK(evidence.text.untrusted().substr(evidence.mark_begin, evidence.mark_end - evidence.mark_begin) == "NEEDLE");
  CHECK(evidence.text.untrusted().find("password=[redacted:password] NEEDLE") != std::string::npos);
}

}  // namespace
}  // namespace logfix
