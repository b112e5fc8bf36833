#include "match/literal_scan.h"

#include <algorithm>
#include <random>

#include "catch.h"

namespace logfix {
namespace {

using Pair = std::pair<std::uint32_t, std::size_t>;

std::vector<Pair> sorted(const std::vector<Occurrence>& found) {
  std::vector<Pair> pairs;
  for (const auto& o : found) pairs.emplace_back(o.literal, o.begin);
  std::sort(pairs.begin(), pairs.end());
  pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
  return pairs;
}

// Text with whole literals, cut ones, ones in letters of the other case, and noise.
std::string random_text(const std::vector<Literal>& literals, std::size_t size, std::mt19937& random) {
  std::string text;
  while (text.size() < size) {
    std::string piece = literals[random() % literals.size()].text;
    if (random() % 3 == 0) piece.resize(random() % piece.size());
    if (random() % 4 == 0)
      for (char& c : piece) c = static_cast<char>(c ^ (c >= 'A' ? 0x20 : 0));
    if (random() % 2 == 0) text += piece;
    for (std::size_t i = random() % 9; i > 0; --i) text += static_cast<char>(random());
  }
  return text;
}

void require_same(const std::vector<Literal>& literals, std::string_view text, const LogSample& sample) {
  std::vector<Occurrence> naive;
  LiteralScan(literals).find_naively(text, naive);
  for (SimdWidth width : simd_widths()) {
    CAPTURE(width);
    std::vector<Occurrence> found;
    LiteralScan(literals, width, sample).find(text, found);
    REQUIRE(sorted(found) == sorted(naive));
  }
}

TEST_CASE("the scan finds what comparing at every position finds") {
  const std::vector<Literal> literals = {{"password authentication failed", false},
                                         {"NOAUTH", false},
                                         {"error", true},
                                         {" 500", false},
                                         {"exactly fifteen", false},
                                         {"an atom that ignores case", true},
                                         {"abc", false}};
  const unsigned seed = 20261124;
  CAPTURE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 1000; ++round)
    require_same(literals, random_text(literals, random() % 400, random), LogSample::typical());
}

TEST_CASE("the scan finds the same whatever sample it learned from, with any number of literals") {
  const unsigned seed = 20261125;
  CAPTURE(seed);
  std::mt19937 random(seed);
  for (std::size_t count : {1, 2, 7, 40, 150, 400}) {
    for (int round = 0; round < 6; ++round) {
      std::vector<Literal> literals;
      while (literals.size() < count) {
        std::string text(LiteralScan::kMinLiteral + random() % 30, ' ');
        for (char& c : text) c = "abcdeE 0\n\\\xc3"[random() % 11];
        literals.push_back({text, random() % 3 == 0});
      }
      const std::string text = random_text(literals, 500 + random() % 500, random);
      CAPTURE(count, round);
      require_same(literals, text, LogSample::typical());
      require_same(literals, text, LogSample(""));
      require_same(literals, text, LogSample(text));
      // So much of the same that long literals are searched for as short ones.
      std::string longer;
      while (longer.size() < 10'000) longer += random_text(literals, 100, random);
      require_same(literals, text, LogSample(longer));
    }
  }
}

}  // namespace
}  // namespace logfix
