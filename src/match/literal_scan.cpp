#include "match/literal_scan.h"

#include <algorithm>

#include "base/text.h"

namespace logfix {
namespace {

bool equals(std::string_view a, std::string_view b, bool ignores_case) {
  return ignores_case ? equals_ignoring_case(a, b) : a == b;
}

}  // namespace

LiteralScan::LiteralScan(std::vector<Literal> literals, SimdWidth width)
    : literals_(std::move(literals)), width_(width) {
  for (std::uint32_t number = 0; number < literals_.size(); ++number) {
    const Literal& literal = literals_[number];
    if (literal.text.size() >= GramFilter::kWindow) {
      long_.add(literal.text, number);
    } else {
      short_.add(literal.text, number);
    }
  }
  long_.build();
  short_.build();
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
