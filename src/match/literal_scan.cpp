#include "match/literal_scan.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/text.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace logfix {
namespace {

constexpr std::size_t kWindow = 15;
constexpr std::size_t kGram = 8;
constexpr std::uint64_t kMultiplier = 0x9E3779B97F4A7C15;  // 2^64 / golden ratio

std::uint64_t load_gram(const char* bytes) {
  std::uint64_t gram;
  std::memcpy(&gram, bytes, sizeof gram);
  return gram;
}

std::uint64_t bloom_bits(std::uint64_t hash) {
  return (std::uint64_t{1} << (hash & 63)) | (std::uint64_t{1} << ((hash >> 6) & 63));
}

// How common a byte is in logs, roughly: it decides speed only. Letters by English frequency.
int commonness(char c) {
  static constexpr std::string_view kCommon = "etaoinsrhldcumfpgwybv";
  const std::size_t rank = kCommon.find(to_lower(c));
  if (c == ' ' || c == '/' || c == '.' || is_digit(c)) return 22;
  return rank == std::string_view::npos ? 2 : 22 - static_cast<int>(rank);
}

// The window of `size` bytes that healthy logs hold least often.
std::size_t rarest_window(std::string_view text, std::size_t size) {
  std::size_t best = 0;
  int best_score = 1 << 30;
  for (std::size_t at = 0; at + size <= text.size(); ++at) {
    int score = 0;
    for (char c : text.substr(at, size)) score += commonness(c);
    if (score < best_score) best_score = score, best = at;
  }
  return best;
}

}  // namespace

LiteralScan::LiteralScan(std::vector<Literal> literals) : literals_(std::move(literals)) {
  const std::size_t words = std::bit_ceil(std::max<std::size_t>(64, literals_.size() * 8));
  bloom_.assign(words, 0);
  bloom_shift_ = 64 - std::countr_zero(words);
  std::size_t short_count = 0;
  for (std::uint32_t i = 0; i < literals_.size(); ++i) {
    if (literals_[i].text.size() >= kWindow && !literals_[i].ignores_case) {
      add_long(i);
    } else {
      add_short(i, short_count++ % buckets_.size());
    }
  }
  has_short_ = short_count > 0;
}

void LiteralScan::add_long(std::uint32_t literal) {
  const std::string& text = literals_[literal].text;
  const std::size_t window = rarest_window(text, kWindow);
  for (std::size_t i = 0; i + kGram <= kWindow; ++i) {
    const std::uint64_t gram = load_gram(text.data() + window + i);
    const std::uint64_t hash = gram * kMultiplier;
    bloom_[hash >> bloom_shift_] |= bloom_bits(hash >> 20);
    grams_[gram].push_back({literal, static_cast<std::uint32_t>(window + i)});
  }
}

void LiteralScan::add_short(std::uint32_t literal, std::size_t bucket) {
  const Literal& added = literals_[literal];
  const std::size_t shift = rarest_window(added.text, 3);
  Short& entry = buckets_[bucket].emplace_back();
  entry = {literal, static_cast<std::uint32_t>(shift), 0, 0};
  const std::uint8_t bit = static_cast<std::uint8_t>(1u << bucket);
  for (std::size_t position = 0; position < 3; ++position) {
    const auto allow = [&](char c) {
      const auto byte = static_cast<unsigned char>(c);
      masks_[position][0][byte & 15] |= bit;
      masks_[position][1][byte >> 4] |= bit;
    };
    const char c = added.text[shift + position];
    const bool folds = added.ignores_case && is_alpha(c);
    allow(c);
    if (folds) allow(static_cast<char>(c ^ 0x20));
    const std::uint32_t fold = folds ? 0x20 : 0;
    entry.fold |= fold << (8 * position);
    entry.bytes |= (static_cast<unsigned char>(c) | fold) << (8 * position);
  }
}

bool LiteralScan::stands_at(std::uint32_t literal, std::string_view text, std::size_t begin) const {
  const Literal& wanted = literals_[literal];
  if (begin > text.size()) return false;
  const std::string_view there = text.substr(begin, wanted.text.size());
  return wanted.ignores_case ? equals_ignoring_case(there, wanted.text) : there == wanted.text;
}

void LiteralScan::find(std::string_view text, std::vector<Occurrence>& found) const {
  if (!grams_.empty()) find_long(text, found);
  if (has_short_) find_short(text, found);
}

void LiteralScan::find_long(std::string_view text, std::vector<Occurrence>& found) const {
  for (std::size_t at = 0; at + kGram <= text.size(); at += kGram) {
    const std::uint64_t gram = load_gram(text.data() + at);
    const std::uint64_t hash = gram * kMultiplier;
    const std::uint64_t bits = bloom_bits(hash >> 20);
    if ((bloom_[hash >> bloom_shift_] & bits) != bits) [[likely]]
      continue;
    const auto entry = grams_.find(gram);
    if (entry == grams_.end()) continue;
    for (const Gram& candidate : entry->second) {
      if (candidate.shift <= at && stands_at(candidate.literal, text, at - candidate.shift))
        found.push_back({candidate.literal, at - candidate.shift});
    }
  }
}

void LiteralScan::check_buckets(unsigned buckets, std::string_view text, std::size_t at,
                                std::vector<Occurrence>& found) const {
  const auto byte = [&](std::size_t i) -> std::uint32_t {
    return static_cast<unsigned char>(text[at + i]);
  };
  const std::uint32_t bytes = byte(0) | byte(1) << 8 | byte(2) << 16;
  for (; buckets; buckets &= buckets - 1) {
    for (const Short& candidate : buckets_[static_cast<std::size_t>(std::countr_zero(buckets))]) {
      if ((bytes | candidate.fold) == candidate.bytes && candidate.shift <= at &&
          stands_at(candidate.literal, text, at - candidate.shift))
        found.push_back({candidate.literal, at - candidate.shift});
    }
  }
}

void LiteralScan::find_short(std::string_view text, std::vector<Occurrence>& found) const {
  std::size_t from = 0;
#if defined(__x86_64__)
  static const bool has_avx2 = __builtin_cpu_supports("avx2");
  if (has_avx2) from = find_short_avx2(text, found);
#endif
  find_short_portably(text, from, found);
}

void LiteralScan::find_short_portably(std::string_view text, std::size_t from,
                                      std::vector<Occurrence>& found) const {
  for (std::size_t at = from; at + 3 <= text.size(); ++at) {
    unsigned buckets = 0xff;
    for (std::size_t position = 0; position < 3 && buckets; ++position) {
      const auto byte = static_cast<unsigned char>(text[at + position]);
      buckets &= masks_[position][0][byte & 15] & masks_[position][1][byte >> 4];
    }
    if (buckets) check_buckets(buckets, text, at, found);
  }
}

#if defined(__x86_64__)
// Tests 32 positions at a time; returns the first position that is left for the portable path.
__attribute__((target("avx2"))) std::size_t LiteralScan::find_short_avx2(
    std::string_view text, std::vector<Occurrence>& found) const {
  const __m256i low_half = _mm256_set1_epi8(0x0f);
  __m256i masks[3][2];
  for (std::size_t position = 0; position < 3; ++position) {
    for (std::size_t half = 0; half < 2; ++half) {
      masks[position][half] = _mm256_broadcastsi128_si256(
          _mm_load_si128(reinterpret_cast<const __m128i*>(masks_[position][half].data())));
    }
  }
  std::size_t at = 0;
  for (; at + 34 <= text.size(); at += 32) {
    __m256i allowed = _mm256_set1_epi8(-1);
    for (std::size_t position = 0; position < 3; ++position) {
      const __m256i bytes =
          _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text.data() + at + position));
      const __m256i low = _mm256_and_si256(bytes, low_half);
      const __m256i high = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), low_half);
      allowed = _mm256_and_si256(allowed, _mm256_and_si256(_mm256_shuffle_epi8(masks[position][0], low),
                                                           _mm256_shuffle_epi8(masks[position][1], high)));
    }
    const __m256i none = _mm256_cmpeq_epi8(allowed, _mm256_setzero_si256());
    unsigned hits = ~static_cast<unsigned>(_mm256_movemask_epi8(none));
    if (!hits) [[likely]]
      continue;
    alignas(32) std::uint8_t buckets[32];
    _mm256_store_si256(reinterpret_cast<__m256i*>(buckets), allowed);
    for (; hits; hits &= hits - 1) {
      const auto i = static_cast<std::size_t>(std::countr_zero(hits));
      check_buckets(buckets[i], text, at + i, found);
    }
  }
  return at;
}
#else
std::size_t LiteralScan::find_short_avx2(std::string_view, std::vector<Occurrence>&) const {
  return 0;
}
#endif

void LiteralScan::find_naively(std::string_view text, std::vector<Occurrence>& found) const {
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (std::uint32_t i = 0; i < literals_.size(); ++i)
      if (stands_at(i, text, at)) found.push_back({i, at});
  }
}

}  // namespace logfix
