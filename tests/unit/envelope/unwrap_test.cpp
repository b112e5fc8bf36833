// Lines through all envelopes, whole, nested, and broken.
#include "envelope/unwrap.h"

#include "catch.h"

namespace logfix {
namespace {

using std::string_literals::operator""s;

// Lines that hold one message.
struct OneEntry : Unwrapper {
  const Entry& unwrap(std::string_view line) {
    const auto entries = Unwrapper::unwrap(line);
    REQUIRE(entries.size() == 1);
    return entries[0];
  }
};

std::string joined(std::initializer_list<std::string> values) {
  std::string out;
  for (const std::string& value : values) {
    if (!out.empty()) out += kValueBreak;
    out += value;
  }
  return out;
}

std::string field(const Entry& entry, std::string_view key) {
  for (const auto& [name, value] : entry.fields)
    if (name == key) return value;
  return "(none)";
}

TEST_CASE("the compose prefix") {
  OneEntry u;
  CHECK(u.unwrap("api-1  | ERROR:    x\r").container == "api-1");
  CHECK(u.unwrap("api-1  | ERROR:    x\r").text == "ERROR:    x");
  CHECK(u.unwrap("\x1b[36mapi-1  |\x1b[0m x").container == "api-1");
  CHECK(u.unwrap("api-1  |").text.empty());
  CHECK(u.unwrap("api-1  |x").container.empty());
  CHECK(u.unwrap("2026-11-23 23:40:47.267 | INFO     | m:f:75 - x").container.empty());
  CHECK(u.unwrap("INFO     | x").container.empty());
  const Entry& timed = u.unwrap("db-1 | 2026-11-23T23:40:58.626321972Z   File \"x\"");
  CHECK(timed.text == "  File \"x\"");
  CHECK(to_rfc3339(*timed.time) == "2026-11-23T23:40:58.626Z");
}

TEST_CASE("the time of docker logs -t") {
  OneEntry u;
  CHECK(u.unwrap("2026-11-23T23:40:58.626321972Z INFO:     x").text == "INFO:     x");
  CHECK_FALSE(u.unwrap("2026-11-23T23:40:58.626321972Z ").is_head);  // a blank line
  CHECK_FALSE(u.unwrap("2026-11-23T23:40:58.626321972Z").is_head);
  CHECK(u.unwrap("2026-11-23T23:40:58.626321972Z ").text.empty());
  CHECK(u.unwrap("2026-11-23T23:40:58Z ERROR x").level == Level::kError);
  CHECK(u.unwrap("2026-11-23T23:40:58Z {\"msg\":\"x\"}").text == "x");
}

TEST_CASE("lines of the json-file driver") {
  OneEntry u;
  const Entry* e = &u.unwrap(
      R"({"log":"ERROR:    \u003cx\u003e\n","stream":"stderr","time":"2026-11-23T02:14:07.1Z"})");
  CHECK(e->text == "ERROR:    <x>");
  CHECK(e->stream == "stderr");
  CHECK(e->time.has_value());
  CHECK(e->is_head);
  CHECK_FALSE(e->is_partial);
  CHECK_FALSE(e->is_structured);
  CHECK_FALSE(u.unwrap(R"({"log":"a","stream":"stdout","attrs":{"a":"b"}})").is_partial);
  const std::string part(16384, 'x');
  e = &u.unwrap(R"({"log":")" + part + R"(","stream":"stdout","time":"2026-11-23T02:14:07Z"})");
  CHECK(e->is_partial);
  CHECK(e->wrapped == part);
  e = &u.unwrap("api-1 | " R"({"log":"{\"event\":\"x\",\"level\":\"error\"}\n","stream":"stdout"})");
  CHECK(e->container == "api-1");
  CHECK(e->stream == "stdout");
  CHECK(e->is_structured);
  CHECK(e->text == joined({"x", "error"}));
  CHECK(e->level == Level::kError);
  CHECK(u.unwrap(R"({"log":"{\"event\": \"cut","stream":"stdout"})").is_malformed);
  CHECK(u.unwrap(R"({"log":"a","stream":"x","level":"error"})").is_structured);
}

TEST_CASE("structured lines") {
  OneEntry u;
  const Entry* e = &u.unwrap(
      R"({"a":"x","n":{"b":["y",1]},"a":"x2","event":"m","level":"Error","name":7,)"
      R"("service":{"name":"s"},"z":null,"c":"\u001b[31mred\u001b[0m"})");
  CHECK(e->is_structured);
  CHECK(e->text == joined({"m", "x", "y", "x2", "Error", "s", "red"}));
  CHECK(e->logger.empty());
  CHECK(e->service == "s");
  CHECK(field(*e, "n.b") == "y");
  CHECK(field(*e, "name") == "7");
  CHECK(field(*e, "z") == "(none)");
  // A value that repeats the message is still a value.
  CHECK(u.unwrap(R"({"msg":"m","b":"m"})").text == joined({"m", "m"}));
  CHECK(u.unwrap(R"({"msg":"{\"a\":\"{\\\"b\\\":\\\"deep\\\"}\"}"})").text ==
        joined({R"({"a":"{\"b\":\"deep\"}"})", R"({"b":"deep"})", "deep"}));
  CHECK(u.unwrap("plain").fields.empty());
}

TEST_CASE("levels and times of structured lines") {
  OneEntry u;
  CHECK(u.unwrap(R"({"level":60})").level == Level::kCritical);
  CHECK(u.unwrap(R"({"level":50})").level == Level::kError);
  CHECK(u.unwrap(R"({"level":40})").level == Level::kWarning);
  CHECK(u.unwrap(R"({"level":10})").level == Level::kDebug);
  CHECK(u.unwrap(R"({"level":5})").level == Level::kUnknown);
  CHECK(u.unwrap(R"({"log.level":"WARN"})").level == Level::kWarning);
  CHECK(u.unwrap(R"({"record":{"level":{"name":"INFO"}}})").level == Level::kInfo);
  for (const char* line :
       {R"({"ts":1795477247})", R"({"time":1795477247000})", R"({"time":1795477247000000})",
        R"({"time":1795477247000000000})", R"({"record":{"time":{"timestamp":1795477247.0}}})",
        R"({"asctime":"2026-11-23 23:40:47,000"})"}) {
    INFO(line);
    const auto time = u.unwrap(line).time;
    REQUIRE(time);
    CHECK(to_rfc3339(*time) == "2026-11-23T23:40:47.000Z");
  }
  CHECK_FALSE(u.unwrap(R"({"time":12.5})").time);
  CHECK_FALSE(u.unwrap(R"({"time":1e300})").time);
}

TEST_CASE("malformed JSON is never lost") {
  OneEntry u;
  const std::string deep = "{\"a\":" + std::string(2000, '[') + std::string(2000, ']') + "}";
  for (const std::string& line :
       {"{\"a\":\"\x01\"}"s, "{\"a\":\"\xff\"}"s, R"({"a":"\ud800"})"s, R"({"a":1e999})"s,
        R"({"a":123456789012345678901234567890})"s, deep, R"({"a":1} x)"s, R"({"a":"b)"s,
        "{\"a\":\"\0\"}"s, "{\""s}) {
    const Entry& e = u.unwrap(line);
    INFO(line.substr(0, 50));
    CHECK(e.is_malformed);
    CHECK_FALSE(e.text.empty());
  }
  CHECK(u.unwrap(R"({"a":"\ud83d\ude00 \ud800 \u00e9\n\q)").text ==
        "{\"a\":\"\xf0\x9f\x98\x80 \xef\xbf\xbd \xc3\xa9\n\\q");
  CHECK(u.unwrap(R"({"log":"{\"a\": \"x\\ny)").text == "{\"log\":\"{\"a\": \"x\ny");
  CHECK(u.unwrap("{\"a\":\"\xff\0\"}"s).text == "{\"a\":\"\xff\0\"}"s);
  CHECK(u.unwrap(R"({"level": "error", "a":"b)").level == Level::kError);
  CHECK_FALSE(u.unwrap("{'a': 1}").is_malformed);
  CHECK_FALSE(u.unwrap("{").is_malformed);
  CHECK(u.unwrap("{ 'a': 1}").text == "{ 'a': 1}");
  CHECK(u.unwrap("{}").is_structured);
}

TEST_CASE("broken JSON has a level only where the scan of raw lines sees one") {
  OneEntry u;
  CHECK(u.unwrap(R"({"level":"error","a":"b)").level == Level::kError);
  CHECK(u.unwrap(R"({"level":"error)").level == Level::kError);
  CHECK(u.unwrap(R"({"level":"err12 34)").level == Level::kUnknown);
  CHECK(u.unwrap(R"({"level":"error":"","a)").level == Level::kUnknown);
}

TEST_CASE("words of logfmt without a key are one value where they stand side by side, as they are") {
  OneEntry u;
  CHECK(u.unwrap("time=\"2026-11-23T10:00:00Z\" level=error one  two a=b three").text.find("one  two\n\x1f\n") != std::string::npos);
  CHECK(u.unwrap("time=\"2026-11-23T10:00:00Z\" level=error one  two a=b three").text.find("two three") == std::string::npos);
}

TEST_CASE("odd bytes and marks") {
  OneEntry u;
  CHECK(u.unwrap("\xef\xbb\xbf\x1b[31mERROR\x1b[0m:  x\0\xff\r"s).text == "ERROR:  x\0\xff"s);
  CHECK(u.unwrap("").text.empty());
  CHECK(u.unwrap("\r").text.empty());
}

TEST_CASE("long keys deep down cost no square") {
  std::string line;
  for (int i = 0; i < 900; ++i) line += "{\"" + std::string(500, 'k') + "\":";
  line += "[";
  for (int i = 0; i < 100000; ++i) line += "1,";
  line += "\"last\"]" + std::string(900, '}');
  OneEntry u;
  CHECK(u.unwrap(line).text == "last");
}

}  // namespace
}  // namespace logfix
