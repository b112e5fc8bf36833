#include "match/teddy.h"

#include <algorithm>
#include <array>
#include <bit>
#include <bitset>
#include <cstring>
#include <limits>
#include <memory>

#include "match/byte_rarity.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace logfix {
namespace {

constexpr std::uint64_t kFold = 0x2020202020202020;
constexpr std::size_t kOffsets[] = {0, 1, 2, 4};  // of the places
constexpr std::size_t kWindow = 5;

// The next eight bytes, folded; those behind the end of the text are zero.
std::uint64_t load_places(std::string_view text) {
  std::uint64_t bytes = 0;
  std::memcpy(&bytes, text.data(), std::min(text.size(), sizeof bytes));
  return bytes | kFold;
}

// Where a folded ASCII byte stands in a table of 64: bit 5 is always set, so it is left out. What
// is not ASCII shares the place of a byte that is.
constexpr unsigned folded_index(std::uint32_t byte) { return (byte & 0x1f) | (byte >> 1 & 0x20); }

std::uint32_t byte_at(std::uint64_t bytes, std::size_t place) {
  return bytes >> (8 * kOffsets[place]) & 0xff;
}

}  // namespace

void Teddy::build() {
  if (empty()) return;
  constexpr std::size_t kNeedlesOfGroup = 24;
  groups_ = std::vector<Group>(
      std::clamp<std::size_t>(needles_.size() / kNeedlesOfGroup, 1, kMaxGroups));
  deal();
  for (Group& group : groups_) fill_tables(group);
}

namespace {

// Which positions of a typical log have which byte at which place.
using Positions = std::bitset<2048>;
using Sample = std::array<std::array<Positions, 64>, 4>;

const Sample& typical_sample() {
  static const auto kSample = [] {
    auto sample = std::make_unique<Sample>();
    std::string_view text = typical_log().substr(0, Positions().size());
    for (std::size_t at = 0; text.size() >= kWindow; ++at, text.remove_prefix(1))
      for (std::size_t place = 0; place < 4; ++place)
        (*sample)[place][folded_index(byte_at(load_places(text), place))].set(at);
    return sample;
  }();
  return *kSample;
}

// What a bucket lets through: the sample's positions and, as samples are small, the number of
// different texts.
struct Through {
  std::array<Positions, 4> positions;
  std::array<std::uint64_t, 4> indices{};  // by place: a bit for each index allowed

  void add(std::uint64_t bytes, std::uint64_t mask) {
    for (std::size_t place = 0; place < 4; ++place) {
      if (byte_at(mask, place) == 0) {
        positions[place].set();
        indices[place] = ~std::uint64_t{0};
      } else {
        const unsigned index = folded_index(byte_at(bytes, place));
        positions[place] |= typical_sample()[place][index];
        indices[place] |= std::uint64_t{1} << index;
      }
    }
  }
  double cost() const {
    double texts = 1;
    for (std::uint64_t place : indices) texts *= std::popcount(place);
    const auto passed = positions[0] & positions[1] & positions[2] & positions[3];
    return static_cast<double>(passed.count()) + texts / 1000;
  }
};

}  // namespace

// Keeps the five bytes that a typical log holds least often, with their hole.
void Teddy::add(std::string_view literal, std::uint32_t number) {
  const std::size_t size = std::min(literal.size(), kWindow);
  const std::uint64_t mask = literal.size() < kWindow ? 0xffffff : 0xff00ffffff;
  Needle best{};
  double best_cost = std::numeric_limits<double>::max();
  const std::size_t rarest = rarest_window(literal, size);
  for (std::size_t shift = 0; shift + size <= literal.size(); ++shift) {
    const std::uint64_t bytes = load_places(literal.substr(shift)) & mask;
    Through through;
    through.add(bytes, mask);
    const double cost = through.cost() - (shift == rarest ? 0.5 : 0);  // decides among equals
    if (cost >= best_cost) continue;
    best_cost = cost;
    best = {bytes, mask, number, static_cast<std::uint32_t>(shift)};
  }
  needles_.push_back(best);
}

// Each literal goes to the bucket where it lets the least more through, so that those that share
// bytes come together; then each is dealt once more, now that all are known.
void Teddy::deal() {
  std::vector<Through> through(groups_.size() * kBuckets);
  const auto bucket_of = [&](std::size_t i) -> std::vector<Needle>& {
    return groups_[i / kBuckets].buckets[i % kBuckets];
  };
  const auto put_best = [&](const Needle& needle) {
    std::size_t best = 0;
    double best_growth = std::numeric_limits<double>::max();
    for (std::size_t i = 0; i < through.size(); ++i) {
      Through with = through[i];
      with.add(needle.bytes, needle.mask);
      const double growth = with.cost() - through[i].cost();
      if (growth < best_growth) best = i, best_growth = growth;
    }
    through[best].add(needle.bytes, needle.mask);
    bucket_of(best).push_back(needle);
  };
  for (const Needle& needle : needles_) put_best(needle);
  for (const Needle& needle : needles_) {
    for (std::size_t i = 0; i < through.size(); ++i) {
      const auto is_it = [&](const Needle& other) { return other.literal == needle.literal; };
      if (std::erase_if(bucket_of(i), is_it) == 0) continue;
      through[i] = {};
      for (const Needle& other : bucket_of(i)) through[i].add(other.bytes, other.mask);
    }
    put_best(needle);
  }
}

void Teddy::fill_tables(Group& group) {
  for (std::size_t bucket = 0; bucket < kBuckets; ++bucket) {
    const auto bit = static_cast<Buckets>(1u << bucket);
    for (const Needle& needle : group.buckets[bucket]) {
      for (std::size_t place = 0; place < kPlaces; ++place) {
        const std::uint32_t wanted = byte_at(needle.bytes, place);
        for (std::uint32_t byte = 0; byte < 256; ++byte) {
          if (byte_at(needle.mask, place) != 0 && byte != wanted) continue;
          group.bytes[place][folded_index(byte)] |= bit;
          group.halves[place][0][byte & 15] |= bit;
          group.halves[place][1][byte >> 4] |= bit;
        }
      }
    }
  }
}

unsigned Teddy::allowed_at(const Group& group, std::uint64_t bytes) {
  unsigned buckets = 0xff;
  for (std::size_t place = 0; place < kPlaces; ++place)
    buckets &= group.bytes[place][folded_index(byte_at(bytes, place))];
  return buckets;
}

void Teddy::check(const Group& group, unsigned buckets, std::uint64_t bytes, std::size_t at,
                  std::vector<Occurrence>& maybe) {
  for (; buckets; buckets &= buckets - 1) {
    for (const Needle& needle : group.buckets[static_cast<std::size_t>(std::countr_zero(buckets))]) {
      if ((bytes & needle.mask) == needle.bytes && needle.shift <= at)
        maybe.push_back({needle.literal, at - needle.shift});
    }
  }
}

void Teddy::find_portably(const Group& group, std::string_view text, std::size_t from,
                          std::vector<Occurrence>& maybe) {
  for (std::size_t at = from; at + kMinLiteral <= text.size(); ++at) {
    const std::uint64_t bytes = load_places(text.substr(at));
    if (const unsigned buckets = allowed_at(group, bytes)) check(group, buckets, bytes, at, maybe);
  }
}

#if defined(__x86_64__)
// Both return where the portable loop goes on.
__attribute__((target("avx2"))) std::size_t Teddy::find_avx2(const Group& group,
                                                             std::string_view text,
                                                             std::vector<Occurrence>& maybe) {
  constexpr std::size_t kStep = 32;
  const __m256i low_half = _mm256_set1_epi8(0x0f), fold = _mm256_set1_epi8(0x20);
  __m256i tables[kPlaces][2];
  for (std::size_t place = 0; place < kPlaces; ++place)
    for (std::size_t half = 0; half < 2; ++half)
      tables[place][half] = _mm256_broadcastsi128_si256(
          _mm_load_si128(reinterpret_cast<const __m128i*>(group.halves[place][half].data())));
  std::size_t at = 0;
  for (; at + kStep + kWindow <= text.size(); at += kStep) {
    __m256i allowed = _mm256_set1_epi8(-1);
    for (std::size_t place = 0; place < kPlaces; ++place) {
      const __m256i bytes = _mm256_or_si256(
          _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text.data() + at + kOffsets[place])),
          fold);
      const __m256i low = _mm256_and_si256(bytes, low_half);
      const __m256i high = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), low_half);
      allowed =
          _mm256_and_si256(allowed, _mm256_and_si256(_mm256_shuffle_epi8(tables[place][0], low),
                                                     _mm256_shuffle_epi8(tables[place][1], high)));
    }
    const __m256i none = _mm256_cmpeq_epi8(allowed, _mm256_setzero_si256());
    unsigned passed = ~static_cast<unsigned>(_mm256_movemask_epi8(none));
    if (!passed) [[likely]]
      continue;
    alignas(32) std::uint8_t buckets[kStep];
    _mm256_store_si256(reinterpret_cast<__m256i*>(buckets), allowed);
    for (; passed; passed &= passed - 1) {
      const auto i = static_cast<std::size_t>(std::countr_zero(passed));
      check(group, buckets[i], load_places(text.substr(at + i)), at + i, maybe);
    }
  }
  return at;
}

template <std::size_t kGroups>
__attribute__((target("avx512f,avx512bw,avx512vbmi"))) std::size_t Teddy::find_avx512(
    std::string_view text, std::vector<Occurrence>& maybe) const {
  constexpr std::size_t kStep = 64;
  const __m512i low_five = _mm512_set1_epi8(0x1f);
  __m512i tables[kGroups][kPlaces];
  for (std::size_t group = 0; group < kGroups; ++group)
    for (std::size_t place = 0; place < kPlaces; ++place)
      tables[group][place] = _mm512_load_si512(groups_[group].bytes[place].data());
  std::size_t at = 0;
  for (; at + kStep + kWindow <= text.size(); at += kStep) {
    __m512i allowed[kGroups];
    for (std::size_t place = 0; place < kPlaces; ++place) {
      const __m512i bytes = _mm512_loadu_si512(text.data() + at + kOffsets[place]);
      // Bits 0 to 4 as they are, bit 6 for bit 5; the lookup ignores the others.
      const __m512i index = _mm512_ternarylogic_epi32(low_five, bytes, _mm512_srli_epi16(bytes, 1),
                                                      0xca);  // low_five ? bytes : shifted
      for (std::size_t group = 0; group < kGroups; ++group) {
        const __m512i buckets = _mm512_permutexvar_epi8(index, tables[group][place]);
        allowed[group] = place == 0 ? buckets : _mm512_and_si512(allowed[group], buckets);
      }
    }
    __m512i any = allowed[0];
    for (std::size_t group = 1; group < kGroups; ++group)
      any = _mm512_or_si512(any, allowed[group]);
    if (_mm512_test_epi8_mask(any, any) == 0) [[likely]]
      continue;
    for (std::size_t group = 0; group < kGroups; ++group) {
      alignas(64) std::uint8_t buckets[kStep];
      _mm512_store_si512(buckets, allowed[group]);
      std::uint64_t passed = _mm512_test_epi8_mask(allowed[group], allowed[group]);
      for (; passed; passed &= passed - 1) {
        const auto i = static_cast<std::size_t>(std::countr_zero(passed));
        check(groups_[group], buckets[i], load_places(text.substr(at + i)), at + i, maybe);
      }
    }
  }
  return at;
}
#else
std::size_t Teddy::find_avx2(const Group&, std::string_view, std::vector<Occurrence>&) { return 0; }
template <std::size_t kGroups>
std::size_t Teddy::find_avx512(std::string_view, std::vector<Occurrence>&) const {
  return 0;
}
#endif

void Teddy::find(std::string_view text, SimdWidth width, std::vector<Occurrence>& maybe) const {
  std::size_t from = 0;
  if (width == SimdWidth::kAvx512) {
    static_assert(kMaxGroups == 4);
    if (groups_.size() == 1) from = find_avx512<1>(text, maybe);
    if (groups_.size() == 2) from = find_avx512<2>(text, maybe);
    if (groups_.size() == 3) from = find_avx512<3>(text, maybe);
    if (groups_.size() == 4) from = find_avx512<4>(text, maybe);
  }
  for (const Group& group : groups_) {
    if (width == SimdWidth::kAvx2) from = find_avx2(group, text, maybe);
    find_portably(group, text, from, maybe);
  }
}

}  // namespace logfix
