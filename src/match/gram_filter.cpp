#include "match/gram_filter.h"

#include <algorithm>
#include <bit>
#include <limits>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace logfix {
namespace {

constexpr std::size_t kGram = sizeof(std::uint64_t);
constexpr std::size_t kStep = 8 * kGram;
// Odd numbers with mixed bits; which one is taken is tried out. The first is 2^64 / golden ratio.
constexpr std::uint64_t kMultipliers[] = {0x9E3779B97F4A7C15, 0xD6E8FEB86659FD93,
                                          0xC2B2AE3D27D4EB4F, 0xFF51AFD7ED558CCD};
// The bits within a word come from below those that choose the word.
constexpr int kFirstBit = 32, kSecondBit = 38, kThirdBit = 26;

std::uint64_t bloom_bits(std::uint64_t hash) {
  return (std::uint64_t{1} << (hash >> kFirstBit & 63)) |
         (std::uint64_t{1} << (hash >> kSecondBit & 63)) |
         (std::uint64_t{1} << (hash >> kThirdBit & 63));
}

// In the lowest bit; those above it mean nothing.
inline std::uint64_t passes(const std::uint64_t* bloom, int shift, std::uint64_t hash) {
  const std::uint64_t word = bloom[hash >> shift];
  return word >> (hash >> kFirstBit & 63) & word >> (hash >> kSecondBit & 63) &
         word >> (hash >> kThirdBit & 63);
}

}  // namespace

void GramFilter::add(std::string_view literal, std::uint32_t number, std::size_t window) {
  const std::size_t last = window + kWindow - kGram;
  for (std::size_t shift = window; shift <= last; ++shift) {
    const std::size_t further = shift - window < last - shift ? last : window;
    grams_.push_back({load_folded(literal.data() + shift), load_folded(literal.data() + further), number,
                      static_cast<std::uint16_t>(shift),
                      static_cast<std::int8_t>(static_cast<int>(further) - static_cast<int>(shift)), true});
  }
}

void GramFilter::fill_bloom() {
  std::fill(bloom_.begin(), bloom_.end(), 0);
  for (const Gram& gram : grams_) {
    const std::uint64_t hash = gram.bytes * multiplier_;
    bloom_[hash >> bloom_shift_] |= bloom_bits(hash);
  }
}

// How many positions of the sample pass by chance: what is common there does so all the time.
std::size_t GramFilter::passing(const LogSample& sample) const {
  const std::string_view text = sample.text();
  std::size_t count = 0;
  for (std::size_t at = 0; at + kGram <= text.size(); ++at)
    count += passes(bloom_.data(), bloom_shift_, load_folded(text.data() + at) * multiplier_) & 1;
  return count;
}

void GramFilter::build(const LogSample& sample) {
  // One bit in five to ten is set: one false lookup in some hundred to thousand. What a larger table would save
  // of these, it loses to the cache.
  const std::size_t words = std::bit_ceil(std::max<std::size_t>(64, grams_.size() / 4));
  bloom_.assign(words, 0);
  bloom_shift_ = 64 - std::countr_zero(words);
  std::size_t least = std::numeric_limits<std::size_t>::max();
  std::uint64_t best = kMultipliers[0];
  for (std::uint64_t multiplier : kMultipliers) {
    multiplier_ = multiplier;
    fill_bloom();
    const std::size_t count = passing(sample);
    if (count < least) least = count, best = multiplier;
  }
  multiplier_ = best;
  fill_bloom();
  slots_.assign(std::bit_ceil(2 * grams_.size() + 2), kNone);
  slot_shift_ = 64 - std::countr_zero(slots_.size());
  std::stable_sort(grams_.begin(), grams_.end(), [](const Gram& a, const Gram& b) { return a.bytes < b.bytes; });
  for (std::uint32_t i = 0; i < grams_.size(); ++i) {
    grams_[i].is_last_of_bytes = i + 1 == grams_.size() || grams_[i + 1].bytes != grams_[i].bytes;
    if (i == 0 || grams_[i - 1].bytes != grams_[i].bytes) slots_[slot_of(grams_[i].bytes)] = i;
  }
}

// Of these bytes, or where they would stand.
std::size_t GramFilter::slot_of(std::uint64_t gram) const {
  std::size_t slot = gram * multiplier_ >> slot_shift_;
  while (slots_[slot] != kNone && grams_[slots_[slot]].bytes != gram)
    slot = (slot + 1) & (slots_.size() - 1);
  return slot;
}

void GramFilter::look_up(std::string_view text, std::size_t at, std::vector<Occurrence>& maybe) const {
  const std::uint32_t first = slots_[slot_of(load_folded(text.data() + at))];
  if (first == kNone) return;
  const Gram* gram = &grams_[first];
  do {
    if (gram->shift > at) continue;
    const std::size_t further = at + static_cast<std::size_t>(std::ptrdiff_t{gram->to_further});
    if (further + kGram <= text.size() && load_folded(text.data() + further) == gram->further)
      maybe.push_back({gram->literal, at - gram->shift});
  } while (!gram++->is_last_of_bytes);
}

// Apart, so that the loops around it keep their registers.
[[gnu::noinline]] void GramFilter::look_up_lanes(std::string_view text, std::size_t at,
                                                unsigned lanes,
                                                std::vector<Occurrence>& maybe) const {
  for (; lanes; lanes &= lanes - 1) {
    const std::size_t place = at + kGram * static_cast<std::size_t>(std::countr_zero(lanes));
    look_up(text, place, maybe);
  }
}

[[gnu::noinline]] void GramFilter::look_up_all(std::string_view text, std::size_t from,
                                              std::size_t to, std::vector<Occurrence>& maybe) const {
  for (std::size_t at = from; at + kGram <= to; at += kGram) {
    const std::uint64_t gram = load_folded(text.data() + at);
    if (passes(bloom_.data(), bloom_shift_, gram * multiplier_) & 1) look_up(text, at, maybe);
  }
}

void GramFilter::find(std::string_view text, SimdWidth width, std::vector<Occurrence>& maybe) const {
  if (empty()) return;
  const std::size_t at = width == SimdWidth::kAvx512 ? find_avx512(text, maybe)
                                                     : find_portably(text, maybe);
  look_up_all(text, at, text.size(), maybe);
}

// Both return where less than a step is left. Eight lookups at a time, so that their loads overlap
// and one branch decides.
std::size_t GramFilter::find_portably(std::string_view text, std::vector<Occurrence>& maybe) const {
  const std::uint64_t* bloom = bloom_.data();
  const int shift = bloom_shift_;
  const std::uint64_t multiplier = multiplier_;
  std::size_t at = 0;
  for (; at + kStep <= text.size(); at += kStep) {
    const char* bytes = text.data() + at;
    std::uint64_t any = 0;
    for (std::size_t lane = 0; lane < kStep; lane += kGram)
      any |= passes(bloom, shift, load_folded(bytes + lane) * multiplier);
    if (any & 1) [[unlikely]]
      look_up_all(text, at, at + kStep, maybe);
  }
  return at;
}

#if defined(__x86_64__)
// The steps in which something passes are noted, without a branch that would be guessed wrongly, and
// looked at when there are some hundred of them.
__attribute__((target("avx512f,avx512dq"))) std::size_t GramFilter::find_avx512(
    std::string_view text, std::vector<Occurrence>& maybe) const {
  constexpr std::size_t kSteps = 512;
  const __m512i fold = _mm512_set1_epi64(static_cast<long long>(kFold));
  const __m512i multiplier = _mm512_set1_epi64(static_cast<long long>(multiplier_));
  const __m512i lowest = _mm512_set1_epi64(1);
  const __m128i index_shift = _mm_cvtsi32_si128(bloom_shift_);
  const std::uint64_t* bloom = bloom_.data();
  struct Step {
    std::size_t at;
    unsigned lanes;
  };
  Step steps[kSteps];
  std::size_t at = 0;
  while (at + kStep <= text.size()) {
    std::size_t count = 0;
    const std::size_t end = std::min(text.size() - kStep, at + (kSteps - 1) * kStep);
    for (; at <= end; at += kStep) {
      const __m512i grams = _mm512_or_si512(_mm512_loadu_si512(text.data() + at), fold);
      const __m512i hashes = _mm512_mullo_epi64(grams, multiplier);
      const __m512i words = _mm512_i64gather_epi64(_mm512_srl_epi64(hashes, index_shift), bloom, 8);
      const __m512i first = _mm512_rorv_epi64(words, _mm512_srli_epi64(hashes, kFirstBit));
      const __m512i second = _mm512_rorv_epi64(words, _mm512_srli_epi64(hashes, kSecondBit));
      const __m512i third = _mm512_rorv_epi64(words, _mm512_srli_epi64(hashes, kThirdBit));
      const __m512i all = _mm512_and_si512(_mm512_and_si512(first, second), third);
      const unsigned lanes = _mm512_test_epi64_mask(all, lowest);
      steps[count] = {at, lanes};
      count += lanes != 0;
    }
    for (std::size_t i = 0; i < count; ++i) look_up_lanes(text, steps[i].at, steps[i].lanes, maybe);
  }
  return at;
}
#else
std::size_t GramFilter::find_avx512(std::string_view text, std::vector<Occurrence>& maybe) const {
  return find_portably(text, maybe);
}
#endif

}  // namespace logfix
