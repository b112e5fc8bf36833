#include "match/teddy.h"

#include <algorithm>
#include <array>
#include <bit>
#include <bitset>
#include <cstring>
#include <limits>
#include <memory>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace logfix {
namespace {

constexpr std::size_t kReach = 5;      // of the places
constexpr std::size_t kFewPass = 20000;  // bytes for each that passes: it then hardly costs

// The next eight bytes, folded; those behind the end of the text are zero.
std::uint64_t load_places(std::string_view text) {
  std::uint64_t bytes = 0;
  std::memcpy(&bytes, text.data(), std::min(text.size(), sizeof bytes));
  return bytes | kFold;
}

// Where a folded ASCII byte stands in a table of 64: bit 5 is always set, so it is left out. What
// is not ASCII shares the place of a byte that is.
constexpr unsigned folded_index(std::uint32_t byte) { return (byte & 0x1f) | (byte >> 1 & 0x20); }

std::uint32_t byte_at(std::uint64_t bytes, std::size_t offset) { return bytes >> (8 * offset) & 0xff; }

bool is_for_tight(std::string_view literal) { return literal.size() < kReach; }

}  // namespace

void Teddy::add(std::string_view literal, std::uint32_t number) {
  literals_.emplace_back(literal, number);
}

// Which of some positions of a log have which byte at which offset.
struct Teddy::Sample {
  static constexpr std::size_t kPositions = 2048;
  using Positions = std::bitset<kPositions>;
  std::array<std::array<Positions, 64>, kReach> positions;

  Sample(std::string_view text, const std::vector<std::size_t>& places) {
    for (std::size_t i = 0; i < std::min(places.size(), kPositions); ++i) {
      const std::uint64_t bytes = load_places(text.substr(places[i]));
      for (std::size_t offset = 0; offset < kReach; ++offset)
        positions[offset][folded_index(byte_at(bytes, offset))].set(i);
    }
  }
};

// What a bucket lets through: the sample's positions and, as samples are small, the number of
// different texts.
struct Teddy::Through {
  std::array<Sample::Positions, kPlaces> positions;
  std::array<std::uint64_t, kPlaces> indices{};  // by place: a bit for each index allowed

  void add(const Needle& needle, const Group& group, const Sample& sample) {
    for (std::size_t place = 0; place < kPlaces; ++place) {
      const std::size_t offset = group.offset(place);
      if (byte_at(needle.mask, offset) == 0) {
        positions[place].set();
        indices[place] = ~std::uint64_t{0};
      } else {
        const unsigned index = folded_index(byte_at(needle.bytes, offset));
        positions[place] |= sample.positions[offset][index];
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

// Keeps the bytes that the sample holds least often.
Teddy::Needle Teddy::rarest(std::string_view literal, std::uint32_t number, bool is_tight,
                            const LogSample& log, const Sample& sample) {
  Group group;
  group.is_tight = is_tight;
  const std::size_t size = std::min(literal.size(), kReach);
  const std::size_t preferred = log.rarest_window(literal, size);
  Needle best{};
  double best_cost = std::numeric_limits<double>::max();
  for (std::size_t shift = 0; shift + size <= literal.size(); ++shift) {
    const std::size_t bytes = std::min(literal.size() - shift, sizeof best.mask);
    const std::uint64_t mask = ~std::uint64_t{0} >> (8 * (sizeof best.mask - bytes));
    const Needle needle{load_places(literal.substr(shift)) & mask, mask, number,
                        static_cast<std::uint32_t>(shift)};
    Through through;
    through.add(needle, group, sample);
    const double cost = through.cost() - (shift == preferred ? 0.5 : 0);  // decides among equals
    if (cost < best_cost) best_cost = cost, best = needle;
  }
  return best;
}

// First with places spread over the log; then again with what came through, which such a sample is
// too small to show.
void Teddy::build(const LogSample& log) {
  if (empty()) return;
  constexpr int kMaxRounds = 4;
  const std::string_view text = log.text();
  const bool is_large = text.size() > Sample::kPositions;
  const std::size_t spread = is_large ? Sample::kPositions / 2 : Sample::kPositions;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < spread && text.size() > kReach; ++i)
    if (is_large || i + kReach < text.size()) places.push_back(is_large ? text.size() / spread * i : i);
  for (int round = 0; round < kMaxRounds; ++round) {
    build(log, Sample(text, places));
    const std::size_t before = places.size();
    if (is_large) add_passing(text, Sample::kPositions, places);
    if (places.size() - before <= text.size() / kFewPass) break;
  }
}

void Teddy::build(const LogSample& log, const Sample& sample) {
  std::vector<Needle> tight, loose;
  for (const auto& [literal, number] : literals_) {
    const bool is_tight = is_for_tight(literal);
    (is_tight ? tight : loose).push_back(rarest(literal, number, is_tight, log, sample));
  }
  groups_.clear();
  if (!tight.empty()) deal(tight, true, sample);
  if (!loose.empty()) deal(loose, false, sample);
}

// Appends where a bucket lets the text through, in all of it alike, until there are `most` places.
void Teddy::add_passing(std::string_view text, std::size_t most, std::vector<std::size_t>& places) const {
  std::vector<std::size_t> passing;
  for (std::size_t at = 0; at + kReach <= text.size(); ++at) {
    const std::uint64_t bytes = load_places(text.substr(at));
    const auto lets_through = [&](const Group& group) { return allowed_at(group, bytes) != 0; };
    if (std::any_of(groups_.begin(), groups_.end(), lets_through)) passing.push_back(at);
  }
  // The next rounds get their share.
  const std::size_t room = (most - places.size() + 1) / 2;
  const std::size_t step = std::max<std::size_t>(1, passing.size() / std::max<std::size_t>(1, room));
  for (std::size_t i = 0; i < passing.size() && places.size() < most; i += step)
    places.push_back(passing[i]);
}

// Each literal goes to the bucket where it lets the least more through, so that those that share
// bytes come together; then each is dealt once more, now that all are known.
void Teddy::deal(const std::vector<Needle>& needles, bool is_tight, const Sample& sample) {
  constexpr std::size_t kNeedlesOfGroup = 24;
  const std::size_t before = groups_.size();
  const std::size_t count =
      is_tight ? 1 : std::clamp<std::size_t>(needles.size() / kNeedlesOfGroup, 1, kMaxGroups - before);
  groups_.resize(before + count);
  for (std::size_t i = before; i < groups_.size(); ++i) groups_[i].is_tight = is_tight;
  std::vector<Through> through(count * kBuckets);
  std::vector<double> cost(through.size(), 0);
  const auto group_of = [&](std::size_t i) -> Group& { return groups_[before + i / kBuckets]; };
  const auto bucket_of = [&](std::size_t i) -> std::vector<Needle>& {
    return group_of(i).buckets[i % kBuckets];
  };
  const auto put_best = [&](const Needle& needle) {
    std::size_t best = 0;
    double best_growth = std::numeric_limits<double>::max();
    for (std::size_t i = 0; i < through.size(); ++i) {
      Through with = through[i];
      with.add(needle, group_of(i), sample);
      const double growth = with.cost() - cost[i];
      if (growth < best_growth) best = i, best_growth = growth;
    }
    through[best].add(needle, group_of(best), sample);
    cost[best] = through[best].cost();
    bucket_of(best).push_back(needle);
  };
  for (const Needle& needle : needles) put_best(needle);
  for (const Needle& needle : needles) {
    for (std::size_t i = 0; i < through.size(); ++i) {
      const auto is_it = [&](const Needle& other) { return other.literal == needle.literal; };
      if (std::erase_if(bucket_of(i), is_it) == 0) continue;
      through[i] = {};
      for (const Needle& other : bucket_of(i)) through[i].add(other, group_of(i), sample);
      cost[i] = bucket_of(i).empty() ? 0 : through[i].cost();
    }
    put_best(needle);
  }
  for (std::size_t i = before; i < groups_.size(); ++i) fill_tables(groups_[i]);
}

void Teddy::fill_tables(Group& group) {
  for (std::size_t bucket = 0; bucket < kBuckets; ++bucket) {
    const auto bit = static_cast<Buckets>(1u << bucket);
    for (const Needle& needle : group.buckets[bucket]) {
      for (std::size_t place = 0; place < kPlaces; ++place) {
        const std::uint32_t wanted = byte_at(needle.bytes, group.offset(place));
        for (std::uint32_t byte = 0; byte < 256; ++byte) {
          if (byte_at(needle.mask, group.offset(place)) != 0 && byte != wanted) continue;
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
    buckets &= group.bytes[place][folded_index(byte_at(bytes, group.offset(place)))];
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

// Apart, so that the loops around it keep their registers.
[[gnu::noinline]] void Teddy::check_step(const Group& group, std::string_view text, std::size_t at,
                                         std::uint64_t passed, const Buckets* buckets,
                                         std::vector<Occurrence>& maybe) {
  for (; passed; passed &= passed - 1) {
    const auto i = static_cast<std::size_t>(std::countr_zero(passed));
    check(group, buckets[i], load_places(text.substr(at + i)), at + i, maybe);
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
  for (; at + kStep + kReach <= text.size(); at += kStep) {
    __m256i allowed = _mm256_set1_epi8(-1);
    for (std::size_t place = 0; place < kPlaces; ++place) {
      const __m256i bytes = _mm256_or_si256(
          _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text.data() + at + group.offset(place))),
          fold);
      const __m256i low = _mm256_and_si256(bytes, low_half);
      const __m256i high = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), low_half);
      allowed =
          _mm256_and_si256(allowed, _mm256_and_si256(_mm256_shuffle_epi8(tables[place][0], low),
                                                     _mm256_shuffle_epi8(tables[place][1], high)));
    }
    const __m256i none = _mm256_cmpeq_epi8(allowed, _mm256_setzero_si256());
    const unsigned passed = ~static_cast<unsigned>(_mm256_movemask_epi8(none));
    if (!passed) [[likely]]
      continue;
    alignas(32) std::uint8_t buckets[kStep];
    _mm256_store_si256(reinterpret_cast<__m256i*>(buckets), allowed);
    check_step(group, text, at, passed, buckets, maybe);
  }
  return at;
}

template <std::size_t kGroups, bool kHasTight>
__attribute__((target("avx512f,avx512bw,avx512vbmi"))) std::size_t Teddy::find_avx512(
    std::string_view text, std::vector<Occurrence>& maybe) const {
  constexpr std::size_t kStep = 64, kLast = kPlaces - 1;
  const __m512i low_five = _mm512_set1_epi8(0x1f);
  __m512i tables[kGroups][kPlaces];
  for (std::size_t group = 0; group < kGroups; ++group)
    for (std::size_t place = 0; place < kPlaces; ++place)
      tables[group][place] = _mm512_load_si512(groups_[group].bytes[place].data());
  std::size_t at = 0;
  for (; at + kStep + kReach <= text.size(); at += kStep) {
    // Bits 0 to 4 of a byte as they are, bit 6 for bit 5; the lookup ignores the others.
    __m512i indices[kReach];
    for (std::size_t offset = 0; offset < kReach; ++offset) {
      const __m512i bytes = _mm512_loadu_si512(text.data() + at + offset);
      indices[offset] = _mm512_ternarylogic_epi32(low_five, bytes, _mm512_srli_epi16(bytes, 1),
                                                  0xca);  // low_five ? bytes : shifted
    }
    __m512i allowed[kGroups];
    for (std::size_t group = 0; group < kGroups; ++group) {
      const std::size_t last = kHasTight && group == 0 ? kLast : kLast + 1;
      allowed[group] = _mm512_permutexvar_epi8(indices[last], tables[group][kLast]);
      for (std::size_t place = 0; place < kLast; ++place)
        allowed[group] = _mm512_and_si512(
            allowed[group], _mm512_permutexvar_epi8(indices[place], tables[group][place]));
    }
    __m512i any = allowed[0];
    for (std::size_t group = 1; group < kGroups; ++group)
      any = _mm512_or_si512(any, allowed[group]);
    if (_mm512_test_epi8_mask(any, any) == 0) [[likely]]
      continue;
    for (std::size_t group = 0; group < kGroups; ++group) {
      const std::uint64_t passed = _mm512_test_epi8_mask(allowed[group], allowed[group]);
      if (!passed) continue;
      alignas(64) std::uint8_t buckets[kStep];
      _mm512_store_si512(buckets, allowed[group]);
      check_step(groups_[group], text, at, passed, buckets, maybe);
    }
  }
  return at;
}
#else
std::size_t Teddy::find_avx2(const Group&, std::string_view, std::vector<Occurrence>&) { return 0; }
template <std::size_t kGroups, bool kHasTight>
std::size_t Teddy::find_avx512(std::string_view, std::vector<Occurrence>&) const {
  return 0;
}
#endif

template <std::size_t kGroups>
std::size_t Teddy::find_avx512(std::string_view text, std::vector<Occurrence>& maybe) const {
  return groups_.front().is_tight ? find_avx512<kGroups, true>(text, maybe)
                                  : find_avx512<kGroups, false>(text, maybe);
}

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
