#include "match/atoms.h"

#include <algorithm>

#include "catch.h"
#include "ruleset/load.h"

namespace logfix {
namespace {

Signature regex_of(const std::string& regex) {
  Signature signature;
  signature.regex = "(?m:" + regex + ")";
  signature.is_template = false;
  return signature;
}

TEST_CASE("a regex stays in its line unless it may take in a line feed") {
  for (const char* regex : {"(?m:abc)", "a.b", "[^\\n]+", "[a-z]+\\S", "(?P<some>\\w+)", "[^\\s]", "\\[x\\]",
                            "[^'\"\\n:]", "a$", "(?i:x)", "[]\\d]", "[^\\]\\n]", "\\t"}) {
    CAPTURE(regex);
    CHECK(stays_in_line(regex));
  }
  for (const char* regex : {"a\\sb", "[^a]", "[\\s,]", "\\W", "\\D", "(?s:a.b)", "(?is)a.", "a\\nb", "\\x0a", "[\\t-\\r]",
                            "[[:space:]]", "\\pZ", "[^\\]]", "a\nb", "\\Qa\\E", "\\012", "[\\x00-\\x7f]", "[^]]"}) {
    CAPTURE(regex);
    CHECK(!stays_in_line(regex));
  }
}

TEST_CASE("a regex that looks beside its match may match a part only") {
  for (const char* regex : {"^a", "a$", "a\\b", "(?:^|x)a", "\\Aa", "a\\z", "\\Ba", "\\Qa^\\E"}) {
    CAPTURE(regex);
    CHECK(looks_around(regex));
  }
  for (const char* regex : {"abc", "[^a]b", "[$]", "\\^\\$", "[]^]", "(?m:a.*b)", "\\\\w", "[\\b]"}) {
    CAPTURE(regex);
    CHECK(!looks_around(regex));
  }
}

TEST_CASE("the atoms of a regex: one of some, and all of the others in the same line") {
  const Atoms atoms = atoms_of(regex_of("GET /metrics[^\\n]* HTTP/1.1. (?:401|403)"), false);
  CHECK(!atoms.any_of.empty());
  CHECK(std::find(atoms.all_of.begin(), atoms.all_of.end(), "get ") == atoms.all_of.end());
  CHECK(std::find(atoms.all_of.begin(), atoms.all_of.end(), "metrics") != atoms.all_of.end());
  CHECK(atoms.stays_in_line);
  CHECK(!atoms_of(regex_of("GET /metrics\\s+HTTP/1.1"), false).stays_in_line);
}

TEST_CASE("what has no safe literal is searched for by a run of what encoders escape") {
  const Atoms atoms = atoms_of(regex_of("^>>> '(?:port|user|dir) [^\\n]*'"), false);
  REQUIRE(atoms.any_of.size() == 2);
  CHECK(atoms.any_of[0].text == ">>> ");
  CHECK(atoms.any_of[1].text == "u003e");
  CHECK(escaped_character("u003e") == '>');
  CHECK(escaped_character("u0041") == -1);
  // Each way in which some of the three may be escaped, and in JSON in JSON.
  for (std::string_view text : {"\\u003e\\u003e\\u003e", ">\\u003e>", "\\u003E>>", ">>\\u003e", "\\\\u003e\\\\u003e>"}) {
    CAPTURE(text);
    const std::size_t at = text.find("u003");
    CHECK(is_in_run(text, at, '>'));
  }
  CHECK(!is_in_run("a \\u003e b", 3, '>'));
}

}  // namespace
}  // namespace logfix
