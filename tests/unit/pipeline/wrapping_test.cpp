// Every rule's examples in every wrapping, at any place of the input: found as often as alone.
#include <algorithm>
#include <cstdlib>
#include <map>
#include <random>

#include "base/text.h"
#include "built_in_rules.h"
#include "catch.h"
#include "findings/collector.h"
#include "report/escape.h"
#include "ruleset/load.h"
#include "source/reader.h"
#include "source_scan.h"
#include "wrappings.h"

namespace logfix {
namespace {

const RuleSet& rules() {
  static const LoadedRules kLoaded{built_in_rules(), {}};
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
  BlockReader reader(stream);
  for (bool more = true; more;) {
    const auto block = reader.next();
    scan.push(*block);
    more = !block->is_last;
  }
  scan.finish();
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

TEST_CASE("examples are found in every wrapping") {
  for (const Case& example : cases()) {
    for (const auto& [name, wrap] : wrappings()) {
      const std::string filler = wrapped(kFiller, wrap);
      const std::string text = filler + wrapped(example.text, wrap) + filler;
      CAPTURE(example.rule->id, name, text);
      CHECK(scan(text, false) == example.alone);
      CHECK(scan(text, true) == example.alone);
    }
  }
}

TEST_CASE("examples at random places among healthy lines add up") {
  const char* wanted = std::getenv("LOGFIX_PAIRS");
  const unsigned long pairs = wanted ? std::strtoul(wanted, nullptr, 10) : 100'000;
  const unsigned seed = wanted ? std::random_device()() : 20261124;
  CAPTURE(seed);
  std::mt19937 random(seed);
  std::size_t done = 0;
  for (unsigned round = 0; done < pairs; ++round) {
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

}  // namespace
}  // namespace logfix
