#include "match/literal_scan.h"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <optional>
#include <unordered_map>

#include "base/text.h"

namespace logfix {
namespace {

bool equals(std::string_view a, std::string_view b, bool ignores_case) {
  return ignores_case ? equals_ignoring_case(a, b) : a == b;
}

// Letters of either case as the same bytes, as the filters take them.
std::string folded(std::string_view text) {
  std::string bytes(text);
  for (char& c : bytes) c |= 0x20;
  return bytes;
}

// Shorter needles stand in too much of a log to carry others.
constexpr std::size_t kLeastCarrier = 5;
// Of a needle of any length: where in it a gram stands must fit a few bits.
constexpr std::size_t kMostSearched = 4096;

std::uint64_t head_of(std::string_view folded_text) {
  std::uint64_t head = 0;
  std::memcpy(&head, folded_text.data(), kLeastCarrier);
  return head;
}

}  // namespace

LiteralScan::LiteralScan(std::vector<Literal> literals, SimdWidth width, const LogSample& sample)
    : literals_(std::move(literals)), width_(width) {
  choose_needles();
  for (std::uint32_t number = 0; number < needles_.size(); ++number) {
    const std::string_view text = std::string_view(literals_[needles_[number]].text).substr(0, kMostSearched);
    if (text.size() < GramFilter::kWindow) {
      short_.add(text, number);
    } else {
      long_.add(text, number, sample.rarest_window(text, GramFilter::kWindow));
    }
  }
  long_.build(sample);
  short_.build(sample);
}

// From the shortest literal on, so that what stands in one is known before it.
void LiteralScan::choose_needles() {
  std::vector<std::uint32_t> shortest_first(literals_.size());
  std::iota(shortest_first.begin(), shortest_first.end(), 0);
  std::stable_sort(shortest_first.begin(), shortest_first.end(), [&](std::uint32_t a, std::uint32_t b) {
    return literals_[a].text.size() < literals_[b].text.size();
  });
  std::vector<std::string> texts;  // of needles, folded
  std::unordered_map<std::uint64_t, std::vector<std::uint32_t>> by_head;
  std::unordered_map<std::string, std::uint32_t> tiny;  // shorter than a head
  for (const std::uint32_t number : shortest_first) {
    const std::string text = folded(literals_[number].text);
    std::optional<Rider> ride;  // its `literal` is the needle
    for (std::uint32_t at = 0; at + kLeastCarrier <= text.size(); ++at) {
      const auto carriers = by_head.find(head_of(std::string_view(text).substr(at)));
      if (carriers == by_head.end()) continue;
      for (const std::uint32_t needle : carriers->second) {
        const bool is_longer = !ride || texts[needle].size() > texts[ride->literal].size();
        if (is_longer && text.compare(at, texts[needle].size(), texts[needle]) == 0) ride = {needle, at};
      }
    }
    if (text.size() < kLeastCarrier) {
      const auto [same, is_new] = tiny.try_emplace(text, static_cast<std::uint32_t>(texts.size()));
      if (!is_new) ride = {same->second, 0};
    }
    if (!ride) {
      ride = {static_cast<std::uint32_t>(texts.size()), 0};
      if (text.size() >= kLeastCarrier) by_head[head_of(text)].push_back(ride->literal);
      texts.push_back(text);
      needles_.push_back(number);
      riders_.emplace_back();
    }
    riders_[ride->literal].push_back({number, ride->shift});
  }
}

bool LiteralScan::stands_at(const Occurrence& place, std::string_view text) const {
  const Literal& literal = literals_[place.literal];
  return place.begin <= text.size() &&
         equals(text.substr(place.begin, literal.text.size()), literal.text, literal.ignores_case);
}

void LiteralScan::find(std::string_view text, std::vector<Occurrence>& found) const {
  thread_local std::vector<Occurrence> maybe;  // of needles
  maybe.clear();
  long_.find(text, width_, maybe);
  short_.find(text, width_, maybe);
  for (const Occurrence& needle : maybe) {
    for (const Rider& rider : riders_[needle.literal]) {
      const Occurrence place{rider.literal, needle.begin - rider.shift};
      if (rider.shift <= needle.begin && stands_at(place, text)) found.push_back(place);
    }
  }
}

void LiteralScan::find_naively(std::string_view text, std::vector<Occurrence>& found) const {
  for (std::uint32_t number = 0; number < literals_.size(); ++number)
    for (std::size_t begin = 0; begin < text.size(); ++begin)
      if (stands_at({number, begin}, text)) found.push_back({number, begin});
}

}  // namespace logfix
