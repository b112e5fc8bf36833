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

TEST_CASE("the scan finds what comparing at every position finds") {
  const std::vector<Literal> literals = {{"password authentication failed", false},
                                         {"NOAUTH", false},
                                         {"error", true},
                                         {"exactly fifteen", false},
                                         {"an atom that ignores case", true},
                                         {"abc", false}};
  const unsigned seed = 20261124;
  CAPTURE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    while (text.size() < random() % 400) {
      if (random() % 3 == 0) text += literals[random() % literals.size()].text;
      if (random() % 4 == 0) text += "ERROR";
      text += static_cast<char>(random());
    }
    std::vector<Occurrence> naive;
    LiteralScan(literals).find_naively(text, naive);
    for (SimdWidth width : simd_widths()) {
      CAPTURE(width);
      std::vector<Occurrence> found;
      LiteralScan(literals, width).find(text, found);
      REQUIRE(sorted(found) == sorted(naive));
    }
  }
}

}  // namespace
}  // namespace logfix
