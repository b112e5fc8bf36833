#include "findings/collector.h"
#include "findings/root_cause.h"

#include "catch.h"

namespace logfix {
namespace {

Rule rule(std::string id, Level severity, std::vector<std::string> explains = {}) {
  Rule made;
  made.id = std::move(id);
  made.severity = severity;
  made.explains = std::move(explains);
  return made;
}

Record record(std::string text, std::uint64_t line, Level level = Level::kError) {
  Record made;
  made.text = std::move(text);
  made.origins = {{0, line}};
  made.level = level;
  return made;
}

std::vector<std::string> order(std::vector<Finding> findings) {
  order_by_root_cause(findings);
  std::vector<std::string> ids;
  for (const Finding& f : findings)
    ids.push_back(f.rule->id + (f.explained_by.empty() ? "" : "<" + f.explained_by));
  return ids;
}

Finding finding(const Rule& of, std::uint64_t count) {
  Finding made;
  made.rule = &of;
  made.count = count;
  return made;
}

TEST_CASE("root causes first, their symptoms behind them") {
  const Rule password = rule("password", Level::kCritical, {"request", "python"});
  const Rule request = rule("request", Level::kError, {"python"});
  const Rule python = rule("python", Level::kError);
  const Rule disk = rule("disk", Level::kCritical);
  CHECK(order({finding(python, 9), finding(request, 5), finding(password, 1), finding(disk, 2)}) ==
        std::vector<std::string>{"disk", "password", "python<password", "request<password"});
}

TEST_CASE("rules that explain each other hide nothing") {
  const Rule a = rule("a", Level::kError, {"b"}), b = rule("b", Level::kError, {"a"});
  CHECK(order({finding(a, 1), finding(b, 2)}) == std::vector<std::string>{"b", "a"});
  const Rule c = rule("c", Level::kError, {"d"}), d = rule("d", Level::kError, {"e"}),
             e = rule("e", Level::kError, {"c"});
  CHECK(order({finding(c, 1), finding(d, 1), finding(e, 1)}).size() == 3);
}

TEST_CASE("variants are bounded, and all occurrences are counted") {
  const Rule name = rule("name", Level::kError);
  Collector collector;
  collector.begin_source("a.log");
  for (std::uint64_t i = 0; i < 3000; ++i) {
    const std::string value = i % 2 ? "often" : std::to_string(i);
    collector.add(record("bad name", i + 1), {{&name, {{"name", LogText(value)}}, 0, 8}});
  }
  const Report report = collector.take_report({}, "");
  REQUIRE(report.findings.size() == 1);
  const Finding& f = report.findings[0];
  CHECK(f.count == 3000);
  CHECK(f.variants.size() == CollectorSettings().shown_variants);
  CHECK(f.variants[0].captures[0].second.untrusted() == "often");
  CHECK(f.variants[0].count == 1500);
  CHECK(f.variants_omitted >= Collector::kMaxVariants - CollectorSettings().shown_variants);
  CHECK(f.evidence.line == 1);
}

TEST_CASE("unknown errors are grouped by template, in bounded memory") {
  Collector collector;
  collector.begin_source("a.log");
  collector.add(record("order 4711 of \"Zoe\" failed", 1), {});
  collector.add(record("order 4712 of \"Ann\" failed", 2), {});
  collector.add(record("only told", 3, Level::kInfo), {});
  Report report = collector.take_report({}, "");
  REQUIRE(report.unknowns.size() == 1);
  CHECK(report.unknowns[0].count == 2);
  CHECK(report.unknowns[0].pattern.untrusted() == "order <*> of <*> failed");
  CHECK(report.stats.error_records == 2);

  Collector flooded;
  flooded.begin_source("a.log");
  std::string text = "x";
  for (std::uint64_t i = 0; i < 5000; ++i) {
    text[0] = static_cast<char>('a' + i % 26);
    if (i % 26 == 0) text += "y";
    flooded.add(record(text.substr(0, 150), i + 1), {});
  }
  report = flooded.take_report({}, "");
  CHECK(report.unknowns.size() <= Collector::kMaxUnknowns + 1);
}

TEST_CASE("an unknown traceback shows the line that names its exception") {
  Collector collector;
  collector.begin_source("a.log");
  Record r = record("Traceback (most recent call last):\n  File \"a.py\", line 3, in f\nacme.Bad: no", 7);
  r.origins = {{0, 7}, {35, 8}, {63, 9}};
  collector.add(r, {});
  const Report report = collector.take_report({}, "");
  REQUIRE(report.unknowns.size() == 1);
  CHECK(report.unknowns[0].evidence.text.untrusted() == "acme.Bad: no");
  CHECK(report.unknowns[0].evidence.line == 9);
}

}  // namespace
}  // namespace logfix
