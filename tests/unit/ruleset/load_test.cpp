#include "ruleset/load.h"

#include <algorithm>

#include "catch.h"

namespace logfix {
namespace {

constexpr const char* kGood = R"(---
severity: error
explains: [other]
---
# A name is bad

**Error Message**:
```
bad name "<name>" at <place:host>:<port:int>
```
```regex
name (?P<name>\w+) is bad
```

**Cause**: {{name}}.

**Solution**:
1. Look:
   ```bash
   look {{name|somewhere}}
   ```

**Prevention**: None.

**Seen as**:
```example name="a b" place=h port='1'
bad name "a b" at h:1
```
)";

std::string with(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

std::vector<std::string> codes(const std::string& text) {
  std::vector<std::string> found;
  const LoadedRules loaded =
      load_rules({{"rules/network/mine.md", text},
                  {"rules/network/other.md", with(kGood, "explains: [other]\n", "")}});
  for (const Diagnostic& d : loaded.diagnostics) found.push_back(d.code);
  return found;
}

using Codes = std::vector<std::string>;

TEST_CASE("a rule file") {
  const LoadedRules loaded =
      load_rules({{"rules/network/mine.md", with(kGood, "explains: [other]\n", "")}});
  REQUIRE(loaded.diagnostics.empty());
  REQUIRE(loaded.rules.rules.size() == 1);
  const Rule& rule = loaded.rules.rules[0];
  CHECK(rule.id == "mine");
  CHECK(rule.category == "network");
  CHECK(rule.title == "A name is bad");
  CHECK(rule.severity == Level::kError);
  REQUIRE(rule.signatures.size() == 2);
  CHECK(rule.signatures[0].captures[1].type == CaptureType::kHost);
  CHECK(rule.signatures[0].literals == std::vector<std::string>{"bad name \"", "\" at ", ":"});
  CHECK_FALSE(rule.signatures[1].is_template);
  REQUIRE(rule.examples.size() == 1);
  CHECK(rule.examples[0].captures[0] == std::pair<std::string, std::string>("name", "a b"));
  CHECK(rule.examples[0].captures[2].second == "1");
  CHECK(loaded.rules.hash.size() == 7 + 64);
}

TEST_CASE("each mistake has its code") {
  CHECK(codes(kGood).empty());
  CHECK(codes("# No front matter\n\n**Seen as**:\n```example\nx\n```\n").front() == "E001");
  CHECK(codes(with(kGood, "severity: error\n", "")) == Codes{"E002"});
  CHECK(codes(with(kGood, "# A name", "A name")) == Codes{"E003"});
  CHECK(codes(with(kGood, "**Prevention**: None.", "")) == Codes{"E005"});
  CHECK(codes(with(kGood, "severity: error", "severity: bad")) == Codes{"E008"});
  CHECK(codes(with(kGood, "severity: error", "severity: error\ncolour: red")) == Codes{"E007"});
  CHECK(codes(with(kGood, "<place:host>", "<place:hoast>")) == Codes{"E010"});
  CHECK(codes(with(kGood, "<place:host>", "<name>")) == Codes{"E011"});
  CHECK(codes(with(kGood, "**Prevention**", "**Prevention of it**")).front() == "E013");
  CHECK(codes(with(kGood, "```example", "```exampel")).front() == "E014");
  CHECK(codes(with(kGood, "{{name}}", "{{nmae}}")) == Codes{"E015"});
  CHECK(codes(with(kGood, "[other]", "[another]")) == Codes{"E017"});
  CHECK(codes(with(kGood, "look {{name|somewhere}}", "look '{{name}}'")) == Codes{"E019"});
  CHECK(codes(with(kGood, "severity: error", "severity: &a error")).front() == "E001");
  CHECK(codes(with(kGood, "severity: error", "severity: [")).front() == "E001");
}

TEST_CASE("all mistakes of a file are told, each with its place") {
  const std::string text = with(with(kGood, "<place:host>", "<place:x>"), "{{name}}", "{{nmae}}");
  const LoadedRules loaded = load_rules({{"rules/network/other.md", text}});
  REQUIRE(loaded.diagnostics.size() == 2);
  CHECK(loaded.diagnostics[0].source_line.find("<place:x>") != std::string::npos);
  CHECK(loaded.diagnostics[1].line == 15);
  CHECK(loaded.diagnostics[1].column == 12);
  CHECK(loaded.rules.rules.empty());
}

TEST_CASE("templates are literal but for placeholders") {
  Diagnostics diagnostics;
  const auto regex = [&](std::string_view text) {
    return compile_template(text, {}, diagnostics).regex;
  };
  CHECK(regex("a.b") == "a\\x2eb");
  CHECK(regex("<class 'x'> ok") == "\\x3cclass \\x27x\\x27\\x3e ok");
  CHECK(regex("\\<name> x") == "\\x3cname\\x3e x");
  CHECK(regex("a\nb") == "a b");
  CHECK(regex("a<_>b<…>c") == "a\\s+b[^\\n]*?c");
  CHECK(diagnostics.empty());
  regex("<name>");
  CHECK(diagnostics.size() == 1);
}

TEST_CASE("types of values") {
  CHECK(is_of_type("-12", CaptureType::kInt));
  CHECK_FALSE(is_of_type("12a", CaptureType::kInt));
  CHECK_FALSE(is_of_type("", CaptureType::kPort));
  CHECK_FALSE(is_of_type("123456", CaptureType::kPort));
  CHECK(is_of_type("[::1]", CaptureType::kHost));
  CHECK_FALSE(is_of_type("a b", CaptureType::kHost));
  CHECK(is_of_type("public.users", CaptureType::kIdent));
  CHECK_FALSE(is_of_type("1a", CaptureType::kIdent));
  CHECK_FALSE(is_of_type("a;b", CaptureType::kPath));
  CHECK(is_of_type("any\nthing", CaptureType::kText));
}

}  // namespace
}  // namespace logfix
