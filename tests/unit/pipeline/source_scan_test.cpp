#include "source_scan.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>

#include "built_in_rules.h"
#include "catch.h"
#include "findings/collector.h"
#include "report/report.h"
#include "ruleset/load.h"

namespace logfix {
namespace {

const RuleSet& rules() {
  static const LoadedRules kLoaded{built_in_rules(true), {}};
  return kLoaded.rules;
}
const Matcher& all_rules() {
  static const Matcher kMatcher(rules());
  return kMatcher;
}

RuleSet rules_named(const std::vector<std::string>& ids) {
  RuleSet few = rules();
  std::erase_if(few.rules, [&](const Rule& rule) { return std::count(ids.begin(), ids.end(), rule.id) == 0; });
  REQUIRE(few.rules.size() == ids.size());
  return few;
}

class TextStream : public ByteStream {
 public:
  TextStream(std::string_view text, std::mt19937& random) : rest_(text), random_(random) {}
  Result<std::size_t, std::string> read(char* to, std::size_t size) override {
    const std::size_t count = std::min({size, rest_.size(), std::size_t{1} + random_() % 200'000});
    std::copy_n(rest_.begin(), count, to);
    rest_.remove_prefix(count);
    return count;
  }

 private:
  std::string_view rest_;
  std::mt19937& random_;
};

// The report on a text of which the ranges between the cuts are scanned each alone.
std::string report(std::string_view text, std::vector<std::uint64_t> cuts, bool slow,
                   std::mt19937& random, const Matcher& matcher = all_rules()) {
  cuts.insert(cuts.begin(), 0);
  cuts.push_back(Range().end);
  Collector all;
  Stats total;
  for (std::size_t i = 0; i + 1 < cuts.size(); ++i) {
    Stats stats;
    Collector collector;
    collector.begin_source("log");
    SourceScan scan(matcher, {slow, {}, {cuts[i], cuts[i + 1]}}, stats,
                    [&](const Record& r, const std::vector<Match>& m) { collector.add(r, m); });
    std::uint64_t from = cuts[i] - std::min(cuts[i], SourceScan::kRangeLead);
    if (from > 0) from = text.find('\n', from - 1) + 1;
    TextStream stream(text.substr(from), random);
    scan.read_to_end(stream, from);
    all.merge(std::move(collector), total.lines);
    total += stats;
  }
  return render_json(all.take_report(total, "sha256:0"));
}

// Interleaved containers, traces that are cut by other lines, split messages, long records.
std::string log_of(std::mt19937& random, std::size_t size) {
  static const char* const kLines[] = {
      "INFO:     127.0.0.1:41010 - \"GET /healthz HTTP/1.1\" 200 OK",
      "ERROR:    Exception in ASGI application",
      "Traceback (most recent call last):",
      "  File \"/usr/lib/python3/dist-packages/asyncpg/connection.py\", line 2085, in connect",
      "asyncpg.exceptions.InvalidPasswordError: password authentication failed for user \"app\"",
      "",
      "The above exception was the direct cause of the following exception:",
      "psycopg2.errors.UndefinedTable: relation \"warehouses\" does not exist",
      "KeyError: 'DATABASE_URL'",
      "{\"level\":\"error\",\"msg\":\"relation \\\"orders\\\" does not exist\"}",
      "2026-11-23 10:00:00.000 UTC [12] ERROR:  relation \"invoices\" does not exist at character 15",
      "2026-11-23 10:00:00.000 UTC [12] STATEMENT:  SELECT 1",
      "\tFROM invoices",
      "just text that goes nowhere",
      // Only what is lines before it tells that it is part of an info, which its rule passes over.
      "    column users.nickname does not exist",
      "    goes on",
      "    and on",
      "panic: runtime error: index out of range",
      "<11>Nov 23 10:00:00 web app[12]: the thing has come loose",
      "{\"level\":\"\\u0065rror\",\"msg\":\"it is loose\"}",
  };
  std::string text;
  while (text.size() < size) {
    const std::string line = kLines[random() % std::size(kLines)];
    const unsigned kind = random() % 10;
    if (kind < 3) {
      text += "api-" + std::to_string(random() % 3) + "  | " + line;
    } else if (kind == 3) {
      text += "2026-11-23T02:14:07.123456789Z stdout " + std::string(random() % 2 ? "P " : "F ") + line;
    } else if (kind == 4 && random() % 40 == 0) {
      text += std::string(random() % 90'000, 'x');
    } else {
      text += line;
    }
    text += '\n';
  }
  return text;
}

TEST_CASE("ranges that are scanned alone add up to the whole, fast and slow") {
  const unsigned seed = 20261124;
  CAPTURE(seed);
  std::mt19937 random(seed);
  const RuleSet few = rules_named({"postgres-invalid-password", "postgres-undefined-table", "postgres-undefined-column",
                                   "python-unhandled-exception", "uvicorn-asgi-exception", "env-var-missing"});
  const Matcher of_few(few);
  for (int round = 0; round < 12; ++round) {
    CAPTURE(round);
    const Matcher& matcher = round == 0 ? all_rules() : of_few;  // the slow path takes its time for all
    const std::string text = log_of(random, 1'500'000);
    std::vector<std::uint64_t> cuts;
    for (unsigned i = random() % 5; i > 0; --i) cuts.push_back(text.find('\n', random() % 1'400'000) + 1);
    std::sort(cuts.begin(), cuts.end());
    cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
    const std::string whole = report(text, {}, true, random, matcher);
    CHECK(report(text, {}, false, random, matcher) == whole);
    CHECK(report(text, cuts, true, random, matcher) == whole);
    CHECK(report(text, cuts, false, random, matcher) == whole);
  }
}

// Traces of thousands of containers, line by line in turn, between long stretches of healthy ones:
// looking back from each would read it all thousands of times.
TEST_CASE("many streams in trouble at once, fast and slow") {
  const RuleSet few = rules_named({"postgres-invalid-password", "python-unhandled-exception"});
  const Matcher matcher(few);
  std::mt19937 random(20261130);
  std::string text;
  for (int round = 0; round < 2; ++round) {
    for (unsigned streams : {300u, 3000u}) {
      const std::size_t from = random() % 1000;
      for (const char* line : {"Traceback (most recent call last):", "  File \"/app/db.py\", line 3, in connect",
                               "InvalidPasswordError: password authentication failed for user \"app\""})
        for (unsigned i = 0; i < streams; ++i) text += fmt::format("svc-{}  | {}\n", from + i, line);
    }
    for (int i = 0; i < 60'000; ++i) text += "INFO:     127.0.0.1:41010 - \"GET /healthz HTTP/1.1\" 200 OK\n";
  }
  const std::string whole = report(text, {}, true, random, matcher);
  CHECK(report(text, {}, false, random, matcher) == whole);
  const std::size_t cut = text.find('\n', text.size() / 9) + 1;
  CHECK(report(text, {cut}, false, random, matcher) == whole);
}

// Fails where its text ends.
class BrokenStream : public TextStream {
 public:
  using TextStream::TextStream;
  Result<std::size_t, std::string> read(char* to, std::size_t size) override {
    const auto count = TextStream::read(to, size);
    if (*count == 0) return Unexpected{std::string("broken")};
    return count;
  }
};

// The records in which something is found, with their places.
template <typename Stream>
std::string found_in(std::string_view text, bool slow, const Matcher& matcher, std::mt19937& random) {
  std::string found;
  Stats stats;
  SourceScan scan(matcher, {slow, {}, {}}, stats, [&](const Record& record, const std::vector<Match>& matches) {
    if (!matches.empty()) found += fmt::format("{} {} {}\n", record.offset, record.first_line(), record.text);
  });
  Stream stream(text, random);
  found += scan.read_to_end(stream);
  return found;
}

std::string part_of_message(std::string_view tag, std::string_view text) {
  return fmt::format("2026-11-23T02:14:07.1Z stdout {} {}\n", tag, text);
}

TEST_CASE("a message of which only parts are there, fast and slow") {
  const RuleSet few = rules_named({"postgres-invalid-password"});
  const Matcher matcher(few);
  std::mt19937 random(20261130);
  std::string text;
  while (text.size() < 800'000) text += part_of_message("F", "INFO:     GET /healthz 200 OK");
  text += part_of_message("F", "INFO:     connecting") + part_of_message("F", "  to the database") +
          part_of_message("P", "  password authentication failed for user \"app\"");
  SECTION("a source that ends") {
    CHECK(found_in<TextStream>(text, false, matcher, random) == found_in<TextStream>(text, true, matcher, random));
  }
  SECTION("a source that fails: reading the next line has moved what was before it") {
    for (std::size_t size = 0; size < 1'000'000; size += 100'000) {
      const std::string broken = text + std::string(size, 'x');
      CAPTURE(size);
      CHECK(found_in<BrokenStream>(broken, false, matcher, random) == found_in<BrokenStream>(broken, true, matcher, random));
    }
  }
  SECTION("an endless line between them") {
    text += std::string(3 * kMaxLineBytes, 'x') + "\n";
    for (int i = 0; i < 5; ++i) text += part_of_message("F", "  goes on");
    CHECK(found_in<TextStream>(text, false, matcher, random) == found_in<TextStream>(text, true, matcher, random));
  }
}

TEST_CASE("errors in an endless line are found once each, wherever it is cut") {
  const std::string error = "password authentication failed for user \"app\" ";
  std::mt19937 random(3);
  for (int round = 0; round < 6; ++round) {
    std::string text(3 * kMaxLineBytes + 1000, 'x');
    // Around each cut, and far from any.
    for (std::size_t at : {std::size_t{500}, kMaxLineBytes - 1 - random() % 45, 2 * kMaxLineBytes + 10,
                           3 * kMaxLineBytes + 500})
      text.replace(at, error.size(), error);
    for (bool slow : {false, true}) {
      const std::string found = report(text, {}, slow, random);
      CAPTURE(round, slow);
      CHECK(found.find("\"matches\": 4") != std::string::npos);
      CHECK(found.find("\"truncated\": 1,") != std::string::npos);
    }
  }
}

}  // namespace
}  // namespace logfix
