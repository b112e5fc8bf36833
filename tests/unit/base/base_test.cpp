#include "base/diagnostic.h"
#include "base/level.h"
#include "base/text.h"
#include "base/time.h"
#include "base/visible.h"
#include "catch.h"

namespace logfix {
namespace {

std::string time_of(std::string_view text) {
  const auto time = parse_time(text);
  return time ? to_rfc3339(time->time) + "|" + std::string(text.substr(time->length)) : "none";
}

TEST_CASE("bytes are compared ignoring the case of ASCII letters only, at any place and of any length") {
  for (std::size_t size : {1u, 7u, 8u, 9u, 16u, 19u}) {
    for (std::size_t at = 0; at < size; ++at) {
      std::string a(size, 'k'), b(size, 'K');
      std::size_t wrong = 0;
      for (int x = 0; x < 256; ++x) {
        for (int y = 0; y < 256; ++y) {
          a[at] = static_cast<char>(x), b[at] = static_cast<char>(y);
          wrong += equals_ignoring_case(a, b) != (to_lower(a[at]) == to_lower(b[at]));
        }
      }
      CAPTURE(size, at);
      CHECK(wrong == 0);
    }
  }
  CHECK_FALSE(equals_ignoring_case("abc", "abcd"));
  CHECK(equals_ignoring_case("", ""));
}

TEST_CASE("a line begins behind the line feed before it, and ends at its own") {
  const std::string_view text = "ab\n\ncd";
  const std::pair<std::size_t, std::size_t> expected[] = {{0, 2}, {0, 2}, {0, 2}, {3, 3}, {4, 6}, {4, 6}, {4, 6}};
  for (std::size_t at = 0; at <= text.size(); ++at) {
    CAPTURE(at);
    CHECK(line_begin(text, at) == expected[at].first);
    CHECK(line_end(text, at) == expected[at].second);
  }
}

TEST_CASE("times with and without zone and fraction") {
  CHECK(time_of("2026-11-23T22:10:04.120Z x") == "2026-11-23T22:10:04.120Z| x");
  CHECK(time_of("2026-11-23 22:10:04,12 x") == "2026-11-23T22:10:04.120Z| x");
  CHECK(time_of("2026/11/23 22:10:04 [error]") == "2026-11-23T22:10:04.000Z| [error]");
  CHECK(time_of("2026-11-23T22:10:04+02:00") == "2026-11-23T20:10:04.000Z|");
  CHECK(time_of("2026-11-23 22:10:04.999999999 -0130x") == "2026-11-23T23:40:04.999Z|x");
  CHECK(time_of("2026-11-23 22:10:04 UTC [1]") == "2026-11-23T22:10:04.000Z| [1]");
  CHECK(time_of("2026-11-23 22:10:04 CET [1]") == "2026-11-23T21:10:04.000Z| [1]");
  CHECK(time_of("2026-11-23 22:10:04 EDT") == "2026-11-24T02:10:04.000Z|");
  CHECK(time_of("2026-11-23 22:10:04 CETUS") == "2026-11-23T22:10:04.000Z| CETUS");
  CHECK(time_of("2024-02-29T00:00:00Z") == "2024-02-29T00:00:00.000Z|");
}

TEST_CASE("what is no time") {
  for (const char* text : {"", "2026-11-23", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
                           "2026-11-23T24:00:00Z", "2026-11-23T23:60:00Z", "x2026-11-23T22:10:04Z",
                           "9999-11-23T22:10:04Z"})
    CHECK(time_of(text) == "none");
}

TEST_CASE("level words of many programs") {
  CHECK(level_from_word("WARN") == Level::kWarning);
  CHECK(level_from_word("fatal") == Level::kCritical);
  CHECK(level_from_word("LOG") == Level::kInfo);
  CHECK(level_from_word("Information") == Level::kInfo);
  CHECK(level_from_word("errors") == Level::kUnknown);
  CHECK(severity_from_word("critical") == Level::kCritical);
  CHECK_FALSE(severity_from_word("CRITICAL"));
  CHECK_FALSE(severity_from_word("debug"));
}

TEST_CASE("control sequences of terminals are taken out, text stays") {
  CHECK(without_ansi("\x1b[1;31mred\x1b[0m") == "red");
  CHECK(without_ansi("a\x1b]0;title\ab") == "ab");
  CHECK(without_ansi("a\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\") == "alink");
  CHECK(without_ansi("never ends \x1b]0;text") == "never ends 0;text");
  CHECK(without_ansi("\x1b[38;5;196") == "");
  CHECK(without_ansi("\x1b") == "");
}

TEST_CASE("line feeds are counted at every length and place") {
  for (std::size_t size : {0u, 1u, 63u, 64u, 65u, 16'319u, 16'320u, 16'321u, 40'000u}) {
    std::string text(size, 'x');
    CHECK(count_line_feeds(text) == 0);
    if (size == 0) continue;
    text.front() = text.back() = '\n';
    CHECK(count_line_feeds(text) == (size == 1 ? 1u : 2u));
    CHECK(count_line_feeds(std::string(size, '\n')) == size);
  }
}

TEST_CASE("what can't be seen is made visible") {
  CHECK(visible("a\tb\x1b[2J\x7f\xc2\x9b") == "a b?[2J??");
  CHECK(visible("\xff\xe2\x80") == "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
  // Bidirectional, joiner, tag, filler, no character.
  CHECK(visible("\u202e\u200d\U000e0041\u3164\uffff") == "?????");
  // A selector that belongs to an emoji says nothing, one behind a letter hides something.
  CHECK(visible("\u26a0\ufe0f a\ufe0f") == "\u26a0 a?");
  CHECK(visible("::error::x ##vso[y]") == ": :error::x # #vso[y]");
  CHECK(visible("Z\u00fcrich \u6771\u4eac") == "Z\u00fcrich \u6771\u4eac");
  CHECK(columns_of("a\u6771e\u0301") == 4);
}

TEST_CASE("a diagnostic points at its place") {
  const std::string text = "one\n\ttwo = x\nthree";
  Diagnostic d = LineIndex(text).locate({Diagnostic::Kind::kError, "E1", "bad", "f", 0, 0, {}, "mend"}, 11);
  CHECK(d.line == 2);
  CHECK(d.column == 8);
  CHECK(render(d) ==
        "f:2:8: error: bad [E1]\n      2 |  two = x\n        |        ^\n        = hint: mend\n");
  d.source_line = "a\x1b[31m";
  CHECK(render(d).find('\x1b') == std::string::npos);
}

}  // namespace
}  // namespace logfix
