#include "record/assembler.h"

#include <algorithm>

#include "base/text.h"
#include "catch.h"
#include "envelope/unwrap.h"

namespace logfix {
namespace {

// The records of a log: number of the first line, then the text.
std::vector<std::string> records(std::string_view log, std::uint64_t horizon = 1 << 16) {
  std::vector<std::string> found;
  Unwrapper unwrapper;
  Assembler assembler(horizon, [&](Record& r) {
    found.push_back(std::to_string(r.first_line()) + " " + r.text);
  });
  std::uint64_t number = 0, offset = 0;
  for (std::string_view line : split_lines(log)) {
    assembler.push(unwrapper.unwrap(line).back(), {++number, offset, true});
    offset += line.size() + 1;
  }
  assembler.flush();
  return found;
}

using Texts = std::vector<std::string>;

TEST_CASE("a chained traceback is one record with its head") {
  CHECK(records("INFO:     before\n"
                "ERROR:    Exception in ASGI application\n"
                "Traceback (most recent call last):\n"
                "  File \"a.py\", line 1, in f\n"
                "KeyError: 'x'\n"
                "\n"
                "During handling of the above exception, another exception occurred:\n"
                "\n"
                "Traceback (most recent call last):\n"
                "  File \"a.py\", line 2, in g\n"
                "ValueError: y\n"
                "INFO:     after\n") ==
        Texts{"1 INFO:     before",
              "2 ERROR:    Exception in ASGI application\nTraceback (most recent call last):\n"
              "  File \"a.py\", line 1, in f\nKeyError: 'x'\n\n"
              "During handling of the above exception, another exception occurred:\n\n"
              "Traceback (most recent call last):\n  File \"a.py\", line 2, in g\nValueError: y",
              "12 INFO:     after"});
}

TEST_CASE("a record without a head knows what came before it") {
  std::vector<std::string> leads;
  Unwrapper unwrapper;
  Assembler assembler(40, [&](Record& r) { leads.push_back(r.lead); });
  std::uint64_t number = 0;
  const auto push = [&](std::string_view line, std::uint64_t offset) { assembler.push(unwrapper.unwrap(line).back(), {++number, offset, true}); };
  push("INFO:     one", 0), push("two", 14), push("three", 18), push("INFO:     four", 24);
  push("five", 78);   // the head is in the piece before
  push("six", 125);   // no head is near
  assembler.flush();
  CHECK(leads == Texts{"", "INFO:     one", "INFO:     one\ntwo", "", "INFO:     four", ""});
}

TEST_CASE("an exception's message may have several lines, but not for ever") {
  std::string log = "Traceback (most recent call last):\n  File \"a.py\"\nError: 1 problem\nfield\n";
  for (int i = 0; i < 30; ++i) log += "line\n";
  const Texts found = records(log);
  REQUIRE(found.size() > 1);
  CHECK(found[0].find("Error: 1 problem\nfield") != std::string::npos);
}

TEST_CASE("PostgreSQL's details belong to the error before them") {
  CHECK(records("2026-11-23 10:00:00 UTC [7] ERROR:  bad\n"
                "2026-11-23 10:00:00 UTC [7] DETAIL:  more\n"
                "\tand more\n"
                "2026-11-23 10:00:00 UTC [7] LOG:  fine\n")
            .size() == 2);
}

TEST_CASE("interleaved containers keep their own traces") {
  const Texts found = records(
      "api-1  | Traceback (most recent call last):\n"
      "db-1   | 2026-11-23 10:00:00 UTC [7] LOG:  fine\n"
      "api-1  |   File \"a.py\", line 1, in f\n"
      "web-1  | Traceback (most recent call last):\n"
      "api-1  | KeyError: 'x'\n"
      "web-1  |   File \"b.py\", line 1, in f\n"
      "web-1  | ValueError: y\n");
  CHECK(std::count(found.begin(), found.end(),
                   "1 Traceback (most recent call last):\n  File \"a.py\", line 1, in f\nKeyError: 'x'"));
  CHECK(std::count(found.begin(), found.end(),
                   "4 Traceback (most recent call last):\n  File \"b.py\", line 1, in f\nValueError: y"));
}

TEST_CASE("a JSON line is a record of its own, even within a trace") {
  CHECK(records("Traceback (most recent call last):\n{\"msg\":\"x\"}\n  File\n").size() == 3);
}

TEST_CASE("no record is longer than two horizons") {
  std::string log = "ERROR:    begins\n";
  for (int i = 0; i < 5000; ++i) log += "  goes on and on\n";
  std::size_t longest = 0;
  for (const std::string& text : records(log, 1024)) longest = std::max(longest, text.size());
  CHECK(longest <= 2 * 1024 + 64);
}

TEST_CASE("a place in the text tells its physical line") {
  Record record;
  record.origins = {{0, 10}, {5, 12}, {9, 13}};
  CHECK(record.line_at(0) == 10);
  CHECK(record.line_at(4) == 10);
  CHECK(record.line_at(5) == 12);
  CHECK(record.line_at(100) == 13);
}

}  // namespace
}  // namespace logfix
