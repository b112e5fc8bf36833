// Every rule's examples in every wrapping, at any place of the input: found as often as alone.
#include <algorithm>
#include <cstdlib>
#include <map>
#include <random>

#include "base/text.h"
#include "built_in_rules.h"
#include "catch.h"
#include "findings/collector.h"
#include "match/veil.h"
#include "report/escape.h"
#include "ruleset/load.h"
#include "source_scan.h"
#include "wrappings.h"

namespace logfix {
namespace {

const RuleSet& rules() {
  static const LoadedRules kLoaded{built_in_rules(true), {}};
  return kLoaded.rules;
}
const Matcher& matcher() {
  static const Matcher kMatcher(rules());
  return kMatcher;
}

using Counts = std::map<std::string, std::uint64_t>;

class Text : public ByteStream {
 public:
  explicit Text(std::string_view text, std::size_t most) : rest_(text), most_(most) {}
  Result<std::size_t, std::string> read(char* to, std::size_t size) override {
    const std::size_t count = std::min({size, rest_.size(), most_});
    std::copy_n(rest_.begin(), count, to);
    rest_.remove_prefix(count);
    return count;
  }

 private:
  std::string_view rest_;
  std::size_t most_;
};

Counts scan(std::string_view text, bool slow, std::size_t read_size = std::size_t{1} << 20) {
  Counts counts;
  Stats stats;
  SourceScan scan(matcher(), {slow, {}, {}}, stats, [&](const Record&, const std::vector<Match>& found) {
    for (const Match& match : found) ++counts[match.rule->id];
  });
  Text stream(text, read_size);
  scan.read_to_end(stream);
  return counts;
}

constexpr std::string_view kFiller = "INFO:     127.0.0.1:41010 - \"GET /healthz HTTP/1.1\" 200 OK";

struct Case {
  const Rule* rule;
  std::string text;
  Counts alone;  // between healthy lines, by the slow path
};

const std::vector<Case>& cases() {
  static const std::vector<Case> kCases = [] {
    std::vector<Case> made;
    for (const Rule& rule : rules().rules) {
      for (const Example& example : rule.examples) {
        // An indented example goes on with the line before it; an empty line is no line's end.
        if (example.text.empty() || is_space(example.text[0]) || example.text[0] == '{') continue;
        const std::string text = std::string(kFiller) + "\n" + example.text + "\n" + std::string(kFiller) + "\n";
        made.push_back({&rule, example.text, scan(text, true)});
      }
    }
    return made;
  }();
  return kCases;
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr unsigned kThinning = 19;  // what is instrumented takes some twenty times as long
#else
constexpr unsigned kThinning = 1;
#endif

// How many pairs of an example and a wrapping the long tests try; with LOGFIX_PAIRS every run draws
// others, and the slow path is asked each time.
struct Effort {
  bool is_thorough = std::getenv("LOGFIX_PAIRS") != nullptr;
  unsigned long pairs = is_thorough ? std::strtoul(std::getenv("LOGFIX_PAIRS"), nullptr, 10) : 30'000 / kThinning;
  unsigned seed = is_thorough ? std::random_device()() : 20261124;
};

TEST_CASE("examples are found in every wrapping") {
  const Effort effort;
  std::size_t number = 0;
  for (const Case& example : cases()) {
    for (const auto& [name, wrap] : wrappings()) {
      if (++number % kThinning != 0) continue;
      const std::string filler = wrapped(kFiller, wrap);
      const std::string text = filler + wrapped(example.text, wrap) + filler;
      CAPTURE(example.rule->id, name, text);
      CHECK(scan(text, false) == example.alone);
      // The slow path is some hundred times slower: by turns.
      if (effort.is_thorough || number % 16 == 0) CHECK(scan(text, true) == example.alone);
    }
  }
}

TEST_CASE("an example is found in a field of JSON, at the head and at the tail of the input") {
  for (const Case& example : cases()) {
    if (example.text.find('\n') != std::string::npos || example.rule->fallback) continue;
    Unwrapper unwrapper;
    if (unwrapper.unwrap(example.text).back().is_structured) continue;  // its parts are one text here
    const auto expected = example.alone.find(example.rule->id);
    if (expected == example.alone.end()) continue;
    const std::string line = "{\"level\":\"error\",\"a\":[{\"b\":\"" + json_text(example.text) + "\"}]}";
    for (const std::string& text : {line, docker_line(line) + "\n" + docker_line(kFiller), wrapped(kFiller, docker_line) + docker_line(line)}) {
      CAPTURE(example.rule->id, text);
      CHECK(scan(text, false)[example.rule->id] == 1);
    }
  }
}

TEST_CASE("an example is found wherever Docker cuts its line in two") {
  constexpr std::size_t kPart = 16384;
  const auto part = [](std::string_view text, std::string_view end) {
    return "{\"log\":\"" + json_text(text) + std::string(end) + "\",\"stream\":\"stdout\",\"time\":\"2026-11-23T02:14:07.1Z\"}\n";
  };
  std::mt19937 random(Effort().seed);
  for (const Case& example : cases()) {
    if (example.text.find('\n') != std::string::npos) continue;
    std::size_t cut = random() % (example.text.size() + 1);
    // Of a character that it cuts, Docker keeps nothing.
    while (cut > 0 && cut < example.text.size() && (example.text[cut] & 0xc0) == 0x80) --cut;
    const std::string whole = std::string(kPart - 1 - cut, 'x') + " " + example.text;
    const std::string between = wrapped(kFiller, docker_line);  // of another stream
    const std::string cut_up = part(whole.substr(0, kPart), "") + between + part(whole.substr(kPart), "\\n");
    CAPTURE(example.rule->id, cut, example.text);
    CHECK(scan(cut_up, false) == scan(part(whole, "\\n"), true));
  }
}

TEST_CASE("examples at random places among healthy lines add up") {
  const Effort effort;
  CAPTURE(effort.seed);
  std::mt19937 random(effort.seed);
  std::size_t done = 0;
  for (unsigned round = 0; done < effort.pairs; ++round) {
    Counts expected;
    std::string text;
    for (int i = 0; i < 250; ++i, ++done) {
      const Case& example = cases()[random() % cases().size()];
      const Wrap& wrap = wrappings()[random() % wrappings().size()].second;
      // Healthy lines of the same wrapping keep the examples of a stream apart; others push them to
      // any place in a block.
      for (unsigned n = random() % 8 == 0 ? random() % 200 : 0; n > 0; --n) (text += kFiller) += '\n';
      text += wrapped(kFiller, wrap) + wrapped(example.text, wrap) + wrapped(kFiller, wrap);
      for (const auto& [id, count] : example.alone) expected[id] += count;
    }
    CAPTURE(round);
    REQUIRE(scan(text, false, 1 + random() % 300'000) == expected);
    if (round % 40 == 0) REQUIRE(scan(text, true) == expected);
  }
}

// What the matcher builds on when it tries a signature on a raw line.
TEST_CASE("where nothing is escaped, the lines of an entry's text are parts of the raw line") {
  Unwrapper unwrapper;
  const auto as_list = std::string_view("MESSAGE\":[");
  std::size_t seen = 0;
  for (const auto& [name, wrap] : wrappings()) {
    for (const Case& example : cases()) {
      const std::string text = wrapped(example.text, wrap);
      for (std::string_view line : split_lines(text)) {
        if (!is_as_it_is(line) || line.find(as_list) != std::string_view::npos) continue;
        for (const Entry& entry : unwrapper.unwrap(line)) {
          for (std::string_view part : split_lines(entry.text)) {
            if (part == "\x1f") continue;  // of kValueBreak
            CAPTURE(name, line);
            REQUIRE(line.find(part) != std::string_view::npos);
            ++seen;
          }
        }
      }
    }
  }
  CHECK(seen > 10'000);
}

}  // namespace
}  // namespace logfix
