#include "match/literal_scan.h"

#include <algorithm>

#include "base/text.h"

namespace logfix {
namespace {

bool equals(std::string_view a, std::string_view b, bool ignores_case) {
  return ignores_case ? equals_ignoring_case(a, b) : a == b;
}

// A window of which one gram passes in more than one of so many bytes is a bad one.
constexpr std::size_t kFewPass = 2000;
constexpr std::size_t kMaxMoved = 24;

}  // namespace

LiteralScan::LiteralScan(std::vector<Literal> literals, SimdWidth width, const LogSample& sample)
    : literals_(std::move(literals)), width_(width) {
  std::vector<std::pair<std::uint64_t, std::uint32_t>> common;  // long ones, by how often they pass
  for (std::uint32_t number = 0; number < literals_.size(); ++number) {
    const std::string& text = literals_[number].text;
    if (text.size() < GramFilter::kWindow) {
      short_.add(text, number);
      continue;
    }
    const std::size_t window = sample.rarest_window(text, GramFilter::kWindow);
    const std::uint64_t pieces = sample.count_pieces(std::string_view(text).substr(window, GramFilter::kWindow));
    if (pieces * kFewPass <= sample.text().size()) {
      long_.add(text, number, window);
    } else {
      common.emplace_back(pieces, number);
    }
  }
  // Teddy can search for other bytes of them, but not for many.
  std::sort(common.rbegin(), common.rend());
  for (std::size_t i = 0; i < common.size(); ++i) {
    const std::uint32_t number = common[i].second;
    const std::string& text = literals_[number].text;
    if (i < kMaxMoved) {
      short_.add(text, number);
    } else {
      long_.add(text, number, sample.rarest_window(text, GramFilter::kWindow));
    }
  }
  long_.build(sample);
  short_.build(sample);
}

bool LiteralScan::stands_at(const Occurrence& place, std::string_view text) const {
  const Literal& literal = literals_[place.literal];
  return place.begin <= text.size() &&
         equals(text.substr(place.begin, literal.text.size()), literal.text, literal.ignores_case);
}

void LiteralScan::find(std::string_view text, std::vector<Occurrence>& found) const {
  const auto first = static_cast<std::ptrdiff_t>(found.size());
  long_.find(text, width_, found);
  short_.find(text, width_, found);
  found.erase(std::remove_if(found.begin() + first, found.end(),
                             [&](const Occurrence& o) { return !stands_at(o, text); }),
              found.end());
}

void LiteralScan::find_naively(std::string_view text, std::vector<Occurrence>& found) const {
  for (std::uint32_t number = 0; number < literals_.size(); ++number)
    for (std::size_t begin = 0; begin < text.size(); ++begin)
      if (stands_at({number, begin}, text)) found.push_back({number, begin});
}

}  // namespace logfix
