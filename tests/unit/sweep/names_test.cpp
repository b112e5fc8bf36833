#include "catch.h"
#include "sweep/walk.h"

namespace logfix {
namespace {

TEST_CASE("a rotated log has the stem of the log") {
  for (const char* name : {"api.log", "api.log.1", "api.log.12.gz", "api.log-20261130", "api.log-20261130.zst", "api-20261130.log",
                           "api-2026-11-30.log.gz", "api.log.20261123-221005", "api-2026-11-30T10:00:00Z.log"})
    CHECK(stem_of(name) == "api.log");
  CHECK(stem_of("0.log") == "0.log");
  CHECK(stem_of("0.log.20261123-221005.gz") == "0.log");
  CHECK(stem_of("syslog.2.gz") == "syslog");
  CHECK(stem_of("app-v2.log") == "app-v2.log");
  CHECK(stem_of("12") == "12");
}

TEST_CASE("logs are known by their names") {
  for (const char* name : {"api.log", "api.log.1", "api.log.2.gz", "syslog", "syslog.1", "messages-20261130", "server.out", "events.jsonl",
                           "0.log", "journal.export", "access_log"})
    CHECK(is_log_name(name));
  for (const char* name : {"config.json", "notes.txt", "catalog", ".hidden.log", "api.log.swp", "image.png", "system.journal", "wtmp"})
    CHECK_FALSE(is_log_name(name));
}

}  // namespace
}  // namespace logfix
