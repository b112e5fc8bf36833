// The heads of plain lines, as the programs of the stack write them.
#include "catch.h"
#include "envelope/unwrap.h"

namespace logfix {
namespace {

Head head_of(std::string_view text) { return parse_head(text, {}); }

struct Case {
  const char* line;
  bool is_head;
  Level level;
  bool has_time;
};

TEST_CASE("heads of plain lines") {
  const Case cases[] = {
      {"[2026-11-23 23:40:00,123: ERROR/MainProcess] x", true, Level::kError, true},
      {"[2026-11-23 12:00:00 +0000] [25109] [ERROR] x", true, Level::kError, true},
      {"2026-11-23 23:30:13,548 ERROR    [logger] x", true, Level::kError, true},
      {"2026-11-23 23:30:13,548 [uvicorn.error] INFO x", true, Level::kInfo, true},
      {"2026-11-23 23:30:13,548 - my.app - WARNING - x", true, Level::kWarning, true},
      {"2026-11-23 23:40:47.267 | INFO     | mod:fn:75 - an ERROR", true, Level::kInfo, true},
      {"2026-11-23 23:21:41.369 UTC [25232] FATAL:  x", true, Level::kCritical, true},
      {"2026-11-23 23:21:41.369 UTC [25232] a@b LOG:  x", true, Level::kInfo, true},
      {"2026/11/23 10:00:00 [error] 12#12: *1 x", true, Level::kError, true},
      {"2026/11/23 10:00:00 12#12: x error", true, Level::kUnknown, true},
      {"2026-11-23 10:00:00 something had an ERROR", true, Level::kUnknown, true},
      {"ERROR:    Exception in ASGI application", true, Level::kError, false},
      {"ERROR:root:x", true, Level::kError, false},
      {"ERROR [alembic.util.messaging] x", true, Level::kError, false},
      {"ERROR - x", true, Level::kError, false},
      {"ERROR 2026-11-23 10:00:00,123 views x", true, Level::kError, true},
      {"[ERROR] x", true, Level::kError, false},
      {"[info] 9 keys read", false, Level::kInfo, false},
      {"level=error msg=x", true, Level::kError, false},
      {"time=\"2026-11-23T10:00:00Z\" level=warning msg=x", true, Level::kWarning, true},
      {"2026-11-23T10:00:00Z caller=a.go level=error msg=x", true, Level::kError, true},
      {"we saw level=error there", false, Level::kUnknown, false},
      {"INFO:     127.0.0.1:1 - \"GET /error HTTP/1.1\" 500", true, Level::kInfo, false},
      {"127.0.0.1 - - [23/Nov/2026:10:00:00 +0000] \"GET /error\" 500", true, Level::kUnknown, true},
      {"E, [2026-11-23T10:00:00.1 #12] ERROR -- : x", true, Level::kError, true},
      {"E1123 10:00:00.123456       1 a.go:12] x", true, Level::kError, true},
      {"E1399 10:00:00.123456       1 a.go:12] x", true, Level::kError, false},
      {"10:00:00.123 [main] ERROR a.B - x", true, Level::kError, false},
      {"10:00:00.123 something had an ERROR", false, Level::kUnknown, false},
      {"2026-11-23 10:00:00 IST [12] FATAL:  x", true, Level::kCritical, true},
      {"[23-Nov-2026 10:00:00] PHP Warning:  x", true, Level::kWarning, true},
      {"2026-11-23T10:00:00.123Z\terror\tinternal/queue_sender.go:128\tx\t{}", true, Level::kError, true},
      {"2026-11-23T10:00:00.123Z\terror in\tx", true, Level::kUnknown, true},
      {"DETAIL:  x", false, Level::kUnknown, false},
      {"ERROR x", true, Level::kError, false},
      {"INFO x", false, Level::kUnknown, false},
      {"error in prose", false, Level::kUnknown, false},
      {"Error: x", false, Level::kUnknown, false},
      {"ERRORS: x", false, Level::kUnknown, false},
      {"FAILED: x", false, Level::kUnknown, false},
      {"Traceback (most recent call last):", false, Level::kUnknown, false},
      {"  ERROR:  x", false, Level::kUnknown, false},
      {"\t2026-11-23 10:00:00 ERROR x", false, Level::kUnknown, false},
      {"", false, Level::kUnknown, false},
      {"[", false, Level::kUnknown, false},
  };
  for (const Case& c : cases) {
    INFO(c.line);
    const Head head = head_of(c.line);
    CHECK(head.is_head == c.is_head);
    CHECK(level_name(head.level) == level_name(c.level));
    CHECK(head.time.has_value() == c.has_time);
  }
}

TEST_CASE("details of PostgreSQL belong to the line before") {
  for (const char* word : {"DETAIL", "HINT", "CONTEXT", "STATEMENT", "QUERY", "LOCATION"}) {
    const Head head = head_of(std::string("2026-11-23 23:21:41.369 UTC [1] ") + word + ":  x");
    CHECK(head.is_pg_detail);
    CHECK_FALSE(head.is_head);
  }
  CHECK(head_of("DETAIL:  x").is_pg_detail);
  CHECK_FALSE(head_of("DETAIL: prose").is_pg_detail);
}

}  // namespace
}  // namespace logfix
