#include "ruleset/generalise.h"

#include "catch.h"
#include "ruleset/lint.h"
#include "ruleset/load.h"

namespace logfix {
namespace {

TEST_CASE("what varies in a message is captured") {
  const std::pair<std::string_view, std::string_view> kMessages[] = {
      {"relation \"orders\" does not exist", "relation \"<relation>\" does not exist"},
      {"connection to server at \"localhost\" (127.0.0.1), port 5432 failed",
       "connection to server at \"<text>\" (<host:host>), port <port:port> failed"},
      {"could not connect to redis-1.internal:6379 after 2.5 s", "could not connect to <host:host>:<port:port> after <number> s"},
      {"Cannot connect to redis://localhost:6379/0: refused", "Cannot connect to redis://<address>: refused"},
      {"open /var/lib/app/x.db: no such file", "open <path:path>: no such file"},
      {"object at 0x7f3a2c is gone", "object at 0x<id:word> is gone"},
      {"request 1b4e28ba-2fa1-11d2-883f-0016d3cca427 timed out", "request <request:word> timed out"},
      {"worker 3 of 3 waits 30s", "worker <worker:int> of <number:int> waits <waits:int>s"},
      {"table <table name> of {database} has %s rows", "table <table_name> of <database> has <value> rows"},
      {"found a … in the … works", "found a <…> in the <…> works"},
      {"can't open 'a' and 'b'", "can't open '<open>' and '<text>'"},
  };
  for (const auto& [message, wanted] : kMessages) {
    CAPTURE(message);
    CHECK(generalised(message) == wanted);
  }
}

TEST_CASE("numbers and names that say which error it is stay") {
  for (std::string_view message :
       {"[Errno 111] Connection refused", "exited with code 137", "502 Bad Gateway", "SQLSTATE 42P01",
        "psycopg2 speaks HTTP/1.1 to utf8", "ORA-00942: table or view", "Error 111 connecting"}) {
    CAPTURE(message);
    CHECK(generalised(message) == message);
  }
}

TEST_CASE("the head of a log line is no part of its message") {
  for (std::string_view line :
       {"2026-11-23 10:00:00,123 ERROR disk is full", "2026-11-23T10:00:00.1Z [error] disk is full",
        "[2026-11-23 10:00:00 +0000] [12] [CRITICAL] disk is full", "FATAL:  disk is full",
        "ERROR | disk is full", "Error: disk is full", "10:00:00 WARN disk is full", "2026-11-23 10:00:00,123 - app.db - ERROR - disk is full"}) {
    CAPTURE(line);
    CHECK(without_log_head(line) == "disk is full");
  }
  CHECK(without_log_head("Error") == "Error");
  CHECK(without_log_head("ERROR:") == "ERROR:");
}

TEST_CASE("a generalised message matches what it was made of, as a template") {
  Diagnostics diagnostics;
  for (std::string_view message : {"a <class 'x'> b <3", "two  spaces and\ttab", "\\<x> and <y", "a < b > c"}) {
    const Signature signature = compile_template(generalised(message), {}, diagnostics);
    CHECK_FALSE(signature.literals.empty());
  }
  CHECK(diagnostics.empty());
}

TEST_CASE("words that say nothing make no signature") {
  Diagnostics ignored;
  const auto is_general = [&](std::string_view text) { return is_too_general(compile_template(text, {}, ignored)); };
  for (std::string_view text : {"error", "Error: <name>", "An error occurred", "request failed", "HTTP <n:int>",
                                "timeout", "<a> is <b>", "failed with status <n:int>"}) {
    CAPTURE(text);
    CHECK(is_general(text));
  }
  for (std::string_view text : {"Connection refused", "NOAUTH", "MissingGreenlet", "Failed to resolve '<host:host>'",
                                "exited with code 139", "pg_hba.conf", "timeout expired"}) {
    CAPTURE(text);
    CHECK_FALSE(is_general(text));
  }
}

TEST_CASE("regexes that are templates in disguise") {
  CHECK(template_of_regex("a \\(b\\) (?P<n>\\d+) c\\.") == "a (b) <n:int> c.");
  CHECK(template_of_regex("\"(?P<n>[^\"]+)\" is .*? gone") == "\"<n>\" is <…> gone");
  CHECK_FALSE(template_of_regex("a|b"));
  CHECK_FALSE(template_of_regex("(?P<n>.+) greedy"));
  CHECK_FALSE(template_of_regex("^a"));
  CHECK_FALSE(template_of_regex("\\bword"));
}

}  // namespace
}  // namespace logfix
