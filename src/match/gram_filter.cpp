#include "match/gram_filter.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <tuple>

#include "match/byte_rarity.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace logfix {
namespace {

constexpr std::size_t kGram = sizeof(std::uint64_t);
constexpr std::uint64_t kFold = 0x2020202020202020;
constexpr std::uint64_t kMultiplier = 0x9E3779B97F4A7C15;  // 2^64 / golden ratio
// The bits within a word come from below those that choose the word.
constexpr int kFirstBit = 38, kSecondBit = 44;

std::uint64_t load_gram(const char* bytes) {
  std::uint64_t gram;
  std::memcpy(&gram, bytes, kGram);
  return gram | kFold;
}

std::uint64_t bloom_bits(std::uint64_t hash) {
  return (std::uint64_t{1} << (hash >> kFirstBit & 63)) |
         (std::uint64_t{1} << (hash >> kSecondBit & 63));
}

}  // namespace

void GramFilter::add(std::string_view literal, std::uint32_t number) {
  const std::size_t window = rarest_window(literal, kWindow);
  for (std::size_t shift = window; shift + kGram <= window + kWindow; ++shift)
    grams_.push_back(
        {load_gram(literal.data() + shift), number, static_cast<std::uint32_t>(shift)});
}

void GramFilter::build() {
  std::sort(grams_.begin(), grams_.end(), [](const Gram& a, const Gram& b) {
    return std::tie(a.bytes, a.literal, a.shift) < std::tie(b.bytes, b.literal, b.shift);
  });
  // About one bit in sixteen is set: one false lookup in some hundred.
  const std::size_t words = std::bit_ceil(std::max<std::size_t>(64, grams_.size() / 2));
  bloom_.assign(words, 0);
  bloom_shift_ = 64 - std::countr_zero(words);
  slots_.assign(std::bit_ceil(2 * grams_.size() + 2), 0);
  slot_shift_ = 64 - std::countr_zero(slots_.size());
  for (std::uint32_t i = 0; i < grams_.size(); ++i) {
    const std::uint64_t hash = grams_[i].bytes * kMultiplier;
    bloom_[hash >> bloom_shift_] |= bloom_bits(hash);
    if (i > 0 && grams_[i].bytes == grams_[i - 1].bytes) continue;
    std::size_t slot = hash >> slot_shift_;
    while (slots_[slot]) slot = (slot + 1) & (slots_.size() - 1);
    slots_[slot] = i + 1;
  }
}

void GramFilter::look_up(std::uint64_t gram, std::size_t at, std::vector<Occurrence>& maybe) const {
  std::size_t slot = gram * kMultiplier >> slot_shift_;
  while (slots_[slot] && grams_[slots_[slot] - 1].bytes != gram)
    slot = (slot + 1) & (slots_.size() - 1);
  if (!slots_[slot]) return;
  for (std::size_t i = slots_[slot] - 1; i < grams_.size() && grams_[i].bytes == gram; ++i)
    if (grams_[i].shift <= at) maybe.push_back({grams_[i].literal, at - grams_[i].shift});
}

void GramFilter::find(std::string_view text, SimdWidth width,
                      std::vector<Occurrence>& maybe) const {
  if (empty()) return;
  std::size_t at = width == SimdWidth::kAvx512 ? find_avx512(text, maybe) : 0;
  for (; at + kGram <= text.size(); at += kGram) {
    const std::uint64_t gram = load_gram(text.data() + at);
    const std::uint64_t hash = gram * kMultiplier, bits = bloom_bits(hash);
    if ((bloom_[hash >> bloom_shift_] & bits) == bits) [[unlikely]]
      look_up(gram, at, maybe);
  }
}

#if defined(__x86_64__)
// Eight grams at a time; returns where the portable loop goes on.
__attribute__((target("avx512f,avx512dq"))) std::size_t GramFilter::find_avx512(
    std::string_view text, std::vector<Occurrence>& maybe) const {
  constexpr std::size_t kStep = 8 * kGram;
  const __m512i fold = _mm512_set1_epi64(static_cast<long long>(kFold));
  const __m512i multiplier = _mm512_set1_epi64(static_cast<long long>(kMultiplier));
  const __m512i one = _mm512_set1_epi64(1), low_six = _mm512_set1_epi64(63);
  const __m128i index_shift = _mm_cvtsi32_si128(bloom_shift_);
  std::size_t at = 0;
  for (; at + kStep <= text.size(); at += kStep) {
    const __m512i grams = _mm512_or_si512(_mm512_loadu_si512(text.data() + at), fold);
    const __m512i hashes = _mm512_mullo_epi64(grams, multiplier);
    const __m512i words =
        _mm512_i64gather_epi64(_mm512_srl_epi64(hashes, index_shift), bloom_.data(), 8);
    const __m512i first = _mm512_and_si512(_mm512_srli_epi64(hashes, kFirstBit), low_six);
    const __m512i second = _mm512_and_si512(_mm512_srli_epi64(hashes, kSecondBit), low_six);
    const __m512i bits =
        _mm512_or_si512(_mm512_sllv_epi64(one, first), _mm512_sllv_epi64(one, second));
    unsigned passed = _mm512_cmpeq_epi64_mask(_mm512_and_si512(words, bits), bits);
    for (; passed; passed &= passed - 1) {
      const std::size_t place = at + kGram * static_cast<std::size_t>(std::countr_zero(passed));
      look_up(load_gram(text.data() + place), place, maybe);
    }
  }
  return at;
}
#else
std::size_t GramFilter::find_avx512(std::string_view, std::vector<Occurrence>&) const { return 0; }
#endif

}  // namespace logfix
