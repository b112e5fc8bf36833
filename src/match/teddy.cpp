#include "match/teddy.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <limits>
#include <memory>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace logfix {
namespace {

constexpr std::size_t kReach = 8;  // of the places of all shapes
constexpr std::size_t kFewPass = 20000;  // bytes for each that passes: it then hardly costs

// The next eight bytes, folded; those behind the end of the text are zero.
std::uint64_t load_places(std::string_view text) {
  std::uint64_t bytes = 0;
  if (text.size() >= sizeof bytes) [[likely]] {
    std::memcpy(&bytes, text.data(), sizeof bytes);
  } else {
    std::memcpy(&bytes, text.data(), text.size());
  }
  return bytes | kFold;
}

// Where a folded ASCII byte stands in a table of 64: bit 5 is always set, so it is left out. What
// is not ASCII shares the place of a byte that is.
constexpr unsigned folded_index(std::uint32_t byte) { return (byte & 0x1f) | (byte >> 1 & 0x20); }

// Of the first three bytes, as a bit of 8192.
constexpr std::size_t head_of(std::uint64_t bytes) {
  return static_cast<std::uint32_t>(bytes << 8) * 0x9E3779B1u >> 19;
}

std::uint32_t byte_at(std::uint64_t bytes, std::size_t offset) { return bytes >> (8 * offset) & 0xff; }

constexpr std::size_t kTightOffsets[] = {0, 1, 2, 3}, kLooseOffsets[] = {0, 1, 2, 4},
                      kWideOffsets[] = {0, 1, 2, 4, 6, 7};

}  // namespace

std::span<const std::size_t> Teddy::Group::offsets() const {
  if (shape == Shape::kTight) return kTightOffsets;
  if (shape == Shape::kLoose) return kLooseOffsets;
  return kWideOffsets;
}

void Teddy::add(std::string_view literal, std::uint32_t number) {
  literals_.emplace_back(literal, number);
}

// Inlined, where std::popcount is a call unless the compiler may take the instruction.
static std::uint64_t count_bits(std::uint64_t bits) {
  constexpr std::uint64_t kPairs = 0x5555555555555555, kFours = 0x3333333333333333,
                          kBytes = 0x0f0f0f0f0f0f0f0f, kSum = 0x0101010101010101;
  bits -= bits >> 1 & kPairs;
  bits = (bits & kFours) + (bits >> 2 & kFours);
  return ((bits + (bits >> 4)) & kBytes) * kSum >> 56;
}

// Which of some positions of a log have which byte at which offset: a bit for each.
struct Teddy::Sample {
  static constexpr std::size_t kPositions = 2048;
  using Positions = std::array<std::uint64_t, kPositions / 64>;
  std::array<std::array<Positions, 64>, kReach> positions{};
  std::size_t words;  // of which bits may be set

  Sample(std::string_view text, const std::vector<std::size_t>& places)
      : words((std::min(places.size(), kPositions) + 63) / 64) {
    for (std::size_t i = 0; i < std::min(places.size(), kPositions); ++i) {
      const std::uint64_t bytes = load_places(text.substr(places[i]));
      for (std::size_t offset = 0; offset < kReach; ++offset)
        positions[offset][folded_index(byte_at(bytes, offset))][i / 64] |= std::uint64_t{1} << i % 64;
    }
  }
};

// What a bucket lets through: the sample's positions and, as samples are small, the number of
// different texts.
struct Teddy::Through {
  std::array<Sample::Positions, kPlaces> positions{};
  std::array<std::uint64_t, kPlaces> indices{};  // by place: a bit for each index allowed

  void add(const Needle& needle, const Group& group, const Sample& sample) {
    for (std::size_t place = 0; place < group.offsets().size(); ++place) {
      const Allowed more(needle, group.offsets()[place], sample);
      indices[place] |= more.indices;
      for (std::size_t i = 0; i < sample.words; ++i) positions[place][i] |= more.positions[i];
    }
  }
  double cost(const Group& group, const Sample& sample) const { return cost_with(nullptr, group, sample); }
  // What it would be with one more needle.
  double cost_with(const Needle* needle, const Group& group, const Sample& sample) const {
    Sample::Positions passing = kAll;
    double texts = 1, cost = 0;
    for (std::size_t place = 0; place < group.offsets().size(); ++place) {
      const Allowed more = needle ? Allowed(*needle, group.offsets()[place], sample) : Allowed();
      texts *= static_cast<double>(count_bits(indices[place] | more.indices));
      for (std::size_t i = 0; i < sample.words; ++i) passing[i] &= positions[place][i] | more.positions[i];
      if (place + 1 == kFirstPlaces) cost += kPerFirst * count(passing, sample);
    }
    return cost + count(passing, sample) + texts * kPerText;
  }

 private:
  static constexpr double kPerText = 1e-4, kPerFirst = 0.3;
  static double count(const Sample::Positions& passing, const Sample& sample) {
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < sample.words; ++i) bits += count_bits(passing[i]);
    return static_cast<double>(bits);
  }
  static constexpr Sample::Positions kNone{};
  static constexpr Sample::Positions kAll = [] {
    Sample::Positions all{};
    for (std::uint64_t& word : all) word = ~std::uint64_t{0};
    return all;
  }();
  // What one needle allows at one place.
  struct Allowed {
    std::uint64_t indices = 0;
    const std::uint64_t* positions = kNone.data();
    Allowed() = default;
    Allowed(const Needle& needle, std::size_t offset, const Sample& sample) {
      const unsigned index = folded_index(byte_at(needle.bytes, offset));
      const bool is_any = byte_at(needle.mask, offset) == 0;
      indices = is_any ? ~std::uint64_t{0} : std::uint64_t{1} << index;
      positions = is_any ? kAll.data() : sample.positions[offset][index].data();
    }
  };
};

// Keeps the bytes that the sample holds least often.
Teddy::Needle Teddy::rarest(std::string_view literal, std::uint32_t number, const Group& group,
                            const LogSample& log, const Sample& sample) {
  const std::size_t size = std::min(literal.size(), group.offsets().back() + 1);
  const std::size_t preferred = log.rarest_window(literal, size);
  Needle best{};
  double best_cost = std::numeric_limits<double>::max();
  for (std::size_t shift = 0; shift + size <= literal.size(); ++shift) {
    const std::size_t bytes = std::min(literal.size() - shift, sizeof best.mask);
    const std::uint64_t mask = ~std::uint64_t{0} >> (8 * (sizeof best.mask - bytes));
    const Needle needle{load_places(literal.substr(shift)) & mask, mask, number,
                        static_cast<std::uint32_t>(shift)};
    // The preferred one decides among equals.
    const double cost = Through().cost_with(&needle, group, sample) - (shift == preferred ? 0.5 : 0);
    if (cost < best_cost) best_cost = cost, best = needle;
  }
  return best;
}

// With places spread over the log; of a large one, again with what came through, which such a sample
// is too small to show. The deal that lets the least through is kept.
void Teddy::build(const LogSample& log) {
  if (empty()) return;
  constexpr std::size_t kQuick = 512, kLarge = 16384;
  constexpr int kRounds = 6;
  const std::string_view text = log.text();
  const bool is_large = text.size() > kLarge;
  const std::size_t stride = std::max<std::size_t>(1, text.size() / (is_large ? Sample::kPositions / 2 : kQuick));
  std::vector<std::size_t> places;
  for (std::size_t at = 0; at + kReach <= text.size(); at += stride) places.push_back(at);
  build(log, Sample(text, places));
  if (!is_large) return;
  std::vector<Group> best;
  std::size_t least = std::numeric_limits<std::size_t>::max();
  for (int round = 1;; ++round) {
    const std::size_t passing = add_passing(text, Sample::kPositions, places);
    if (passing < least) least = passing, best = groups_;
    if (round == kRounds || passing <= text.size() / kFewPass) break;
    build(log, Sample(text, places));
  }
  groups_ = std::move(best);
}

void Teddy::build(const LogSample& log, const Sample& sample) {
  constexpr std::size_t kNeedlesOfLoose = 24, kNeedlesOfWide = 64;
  std::array<std::vector<Needle>, 3> needles;  // by shape
  std::array<Group, 3> shapes;
  for (std::size_t i = 0; i < shapes.size(); ++i) shapes[i].shape = static_cast<Shape>(i);
  for (const auto& [literal, number] : literals_) {
    const Shape shape = literal.size() < 5 ? Shape::kTight : literal.size() < 8 ? Shape::kLoose : Shape::kWide;
    const auto i = static_cast<std::size_t>(shape);
    needles[i].push_back(rarest(literal, number, shapes[i], log, sample));
  }
  const auto groups_for = [](std::size_t count, std::size_t in_one) { return (count + in_one - 1) / in_one; };
  loose_ = std::clamp<std::size_t>(groups_for(needles[1].size(), kNeedlesOfLoose), 1, kMaxLoose);
  wide_ = std::min(groups_for(needles[2].size(), kNeedlesOfWide), kMaxWide);
  groups_.assign(1 + loose_ + wide_, shapes[2]);
  groups_[0] = shapes[0];
  for (std::size_t i = 1; i <= loose_; ++i) groups_[i] = shapes[1];
  deal(needles[0], std::span(groups_).subspan(0, 1), sample);
  deal(needles[1], std::span(groups_).subspan(1, loose_), sample);
  deal(needles[2], std::span(groups_).subspan(1 + loose_), sample);
}

// Appends where a bucket lets the text through, in all of it alike, until there are `most` places.
// Returns how many there are.
std::size_t Teddy::add_passing(std::string_view text, std::size_t most, std::vector<std::size_t>& places) const {
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
  return passing.size();
}

// Each literal goes to the bucket where it lets the least more through, so that those that share
// bytes come together; then each is dealt once more, now that all are known.
void Teddy::deal(const std::vector<Needle>& needles, std::span<Group> groups, const Sample& sample) {
  std::vector<Through> through(groups.size() * kBuckets);
  std::vector<double> cost(through.size(), 0);
  const auto group_of = [&](std::size_t i) -> Group& { return groups[i / kBuckets]; };
  const auto bucket_of = [&](std::size_t i) -> std::vector<Needle>& {
    return group_of(i).buckets[i % kBuckets];
  };
  const auto put_best = [&](const Needle& needle) {
    std::size_t best = 0;
    double best_growth = std::numeric_limits<double>::max();
    for (std::size_t i = 0; i < through.size(); ++i) {
      const double growth = through[i].cost_with(&needle, group_of(i), sample) - cost[i];
      if (growth < best_growth) best = i, best_growth = growth;
    }
    through[best].add(needle, group_of(best), sample);
    cost[best] = through[best].cost(group_of(best), sample);
    bucket_of(best).push_back(needle);
  };
  for (const Needle& needle : needles) put_best(needle);
  for (const Needle& needle : needles) {
    for (std::size_t i = 0; i < through.size(); ++i) {
      const auto is_it = [&](const Needle& other) { return other.literal == needle.literal; };
      if (std::erase_if(bucket_of(i), is_it) == 0) continue;
      through[i] = Through();
      for (const Needle& other : bucket_of(i)) through[i].add(other, group_of(i), sample);
      cost[i] = bucket_of(i).empty() ? 0 : through[i].cost(group_of(i), sample);
    }
    put_best(needle);
  }
  for (Group& group : groups) fill_tables(group);
}

void Teddy::fill_tables(Group& group) {
  for (std::size_t bucket = 0; bucket < kBuckets; ++bucket) {
    const auto bit = static_cast<Buckets>(1u << bucket);
    for (const Needle& needle : group.buckets[bucket]) {
      group.heads[head_of(needle.bytes) / 64] |= std::uint64_t{1} << head_of(needle.bytes) % 64;
      for (std::size_t place = 0; place < group.offsets().size(); ++place) {
        const std::size_t offset = group.offsets()[place];
        const std::uint32_t wanted = byte_at(needle.bytes, offset);
        const bool is_any = byte_at(needle.mask, offset) == 0;
        for (std::uint32_t byte = is_any ? 0 : wanted; byte <= (is_any ? 255 : wanted); ++byte) {
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
  for (std::size_t place = 0; place < group.offsets().size(); ++place)
    buckets &= group.bytes[place][folded_index(byte_at(bytes, group.offsets()[place]))];
  return buckets;
}

void Teddy::check(const Group& group, unsigned buckets, std::uint64_t bytes, std::size_t at,
                  std::vector<Occurrence>& maybe) {
  if (!(group.heads[head_of(bytes) / 64] >> head_of(bytes) % 64 & 1)) return;
  for (; buckets; buckets &= buckets - 1) {
    for (const Needle& needle : group.buckets[static_cast<std::size_t>(std::countr_zero(buckets))]) {
      if ((bytes & needle.mask) == needle.bytes && needle.shift <= at)
        maybe.push_back({needle.literal, at - needle.shift});
    }
  }
}

// Apart, so that the loops around it keep their registers.
[[gnu::noinline]] void Teddy::check_step(const Group& group, const Piece& piece, std::size_t at,
                                         std::uint64_t passed, const Buckets* buckets,
                                         std::vector<Occurrence>& maybe) {
  for (; passed; passed &= passed - 1) {
    const auto i = static_cast<std::size_t>(std::countr_zero(passed));
    check(group, buckets[i], load_places(piece.text.substr(at + i)), piece.begin + at + i, maybe);
  }
}

void Teddy::find_portably(const Group& group, const Piece& piece, std::vector<Occurrence>& maybe) {
  for (std::size_t at = 0; at + kMinLiteral <= piece.text.size(); ++at) {
    const std::uint64_t bytes = load_places(piece.text.substr(at));
    if (const unsigned buckets = allowed_at(group, bytes))
      check(group, buckets, bytes, piece.begin + at, maybe);
  }
}

#if defined(__x86_64__)
// Bits 0 to 4 of a byte as they are, bit 6 for bit 5; the lookup ignores the others.
__attribute__((target("avx512f,avx512bw"), always_inline)) static inline __m512i folded_indices(
    const char* from, __m512i low_five) {
  const __m512i bytes = _mm512_loadu_si512(from);
  return _mm512_ternarylogic_epi32(low_five, bytes, _mm512_srli_epi16(bytes, 1),
                                   0xca);  // low_five ? bytes : shifted
}

// Both return how far they came: to where less than a step and the reach of the places is left.
__attribute__((target("avx2"))) std::size_t Teddy::find_avx2(const Piece& piece,
                                                             std::vector<Occurrence>& maybe) const {
  constexpr std::size_t kStep = 32;
  const __m256i low_half = _mm256_set1_epi8(0x0f), fold = _mm256_set1_epi8(0x20);
  std::size_t end = 0;
  for (const Group& group : groups_) {
    const std::span<const std::size_t> offsets = group.offsets();
    __m256i tables[kPlaces][2];
    for (std::size_t place = 0; place < offsets.size(); ++place)
      for (std::size_t half = 0; half < 2; ++half)
        tables[place][half] = _mm256_broadcastsi128_si256(
            _mm_load_si128(reinterpret_cast<const __m128i*>(group.halves[place][half].data())));
    std::size_t at = 0;
    for (; at + kStep + kReach <= piece.text.size(); at += kStep) {
      __m256i allowed = _mm256_set1_epi8(-1);
      for (std::size_t place = 0; place < offsets.size(); ++place) {
        const char* from = piece.text.data() + at + offsets[place];
        const __m256i bytes =
            _mm256_or_si256(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)), fold);
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
      alignas(32) Buckets buckets[kStep];
      _mm256_store_si256(reinterpret_cast<__m256i*>(buckets), allowed);
      check_step(group, piece, at, passed, buckets, maybe);
    }
    end = at;
  }
  return end;
}

template <std::size_t kLoose, std::size_t kWide>
__attribute__((target("avx512f,avx512bw,avx512vbmi"))) std::size_t Teddy::find_avx512(
    const Piece& piece, std::vector<Occurrence>& maybe) const {
  constexpr std::size_t kStep = 64, kGroups = 1 + kLoose + kWide, kFirstWide = 1 + kLoose;
  const __m512i low_five = _mm512_set1_epi8(0x1f);
  __m512i tables[kGroups][kFirstPlaces];
  for (std::size_t group = 0; group < kGroups; ++group)
    for (std::size_t place = 0; place < kFirstPlaces; ++place)
      tables[group][place] = _mm512_load_si512(groups_[group].bytes[place].data());
  const Group* groups = groups_.data();
  std::size_t at = 0;
  for (; at + kStep + kReach <= piece.text.size(); at += kStep) {
    const char* from = piece.text.data() + at;
    __m512i indices[5];
    for (std::size_t offset = 0; offset < std::size(indices); ++offset)
      indices[offset] = folded_indices(from + offset, low_five);
    __m512i allowed[kGroups];
    for (std::size_t group = 0; group < kGroups; ++group) {
      // The fourth place is next to the third, or behind a hole.
      allowed[group] = _mm512_permutexvar_epi8(indices[group == 0 ? 3 : 4], tables[group][3]);
      for (std::size_t place = 0; place < 3; ++place)
        allowed[group] = _mm512_and_si512(
            allowed[group], _mm512_permutexvar_epi8(indices[place], tables[group][place]));
    }
    for (std::size_t place = kFirstPlaces; place < kPlaces && kWide > 0; ++place) {
      const __m512i further = folded_indices(from + kWideOffsets[place], low_five);
      for (std::size_t group = kFirstWide; group < kGroups; ++group)
        allowed[group] = _mm512_and_si512(
            allowed[group], _mm512_permutexvar_epi8(further, _mm512_load_si512(groups[group].bytes[place].data())));
    }
    __m512i any = allowed[0];
    for (std::size_t group = 1; group < kGroups; ++group)
      any = _mm512_or_si512(any, allowed[group]);
    if (_mm512_test_epi8_mask(any, any) == 0) [[likely]]
      continue;
    for (std::size_t group = 0; group < kGroups; ++group) {
      const std::uint64_t passed = _mm512_test_epi8_mask(allowed[group], allowed[group]);
      if (!passed) continue;
      alignas(64) Buckets buckets[kStep];
      _mm512_store_si512(buckets, allowed[group]);
      check_step(groups_[group], piece, at, passed, buckets, maybe);
    }
  }
  return at;
}
#else
std::size_t Teddy::find_avx2(const Piece&, std::vector<Occurrence>&) const { return 0; }
template <std::size_t kLoose, std::size_t kWide>
std::size_t Teddy::find_avx512(const Piece&, std::vector<Occurrence>&) const {
  return 0;
}
#endif

std::size_t Teddy::find_in_vectors(const Piece& piece, SimdWidth width,
                                   std::vector<Occurrence>& maybe) const {
  if (width == SimdWidth::kAvx2) return find_avx2(piece, maybe);
  static_assert(kMaxLoose == 2 && kMaxWide == 2);
  if (loose_ == 1) {
    if (wide_ == 0) return find_avx512<1, 0>(piece, maybe);
    return wide_ == 1 ? find_avx512<1, 1>(piece, maybe) : find_avx512<1, 2>(piece, maybe);
  }
  if (wide_ == 0) return find_avx512<2, 0>(piece, maybe);
  return wide_ == 1 ? find_avx512<2, 1>(piece, maybe) : find_avx512<2, 2>(piece, maybe);
}

void Teddy::find(std::string_view text, SimdWidth width, std::vector<Occurrence>& maybe) const {
  if (empty()) return;
  if (width == SimdWidth::kPortable) {
    for (const Group& group : groups_) find_portably(group, {text, 0}, maybe);
    return;
  }
  const std::size_t end = find_in_vectors({text, 0}, width, maybe);
  // What is left is less than a step and the reach of the places: it goes the same way, with zeros
  // behind it.
  char rest[3 * 64] = {};
  std::memcpy(rest, text.data() + end, text.size() - end);
  find_in_vectors({std::string_view(rest, sizeof rest), end}, width, maybe);
}

}  // namespace logfix
