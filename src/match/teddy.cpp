#include "match/teddy.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>

#include "match/byte_rarity.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace logfix {
namespace {

constexpr std::uint32_t kFold = 0x20202020;

// The first four bytes, folded; those behind the end of the text are zero.
std::uint32_t load_places(std::string_view text) {
  std::uint32_t bytes = 0;
  std::memcpy(&bytes, text.data(), std::min(text.size(), sizeof bytes));
  return bytes | kFold;
}

// Where a folded ASCII byte stands in a table of 64: bit 5 is always set, so it is left out. What is
// not ASCII shares the place of a byte that is.
constexpr unsigned folded_index(std::uint32_t byte) { return (byte & 0x1f) | (byte >> 1 & 0x20); }

std::uint32_t byte_at(std::uint32_t bytes, std::size_t place) { return bytes >> (8 * place) & 0xff; }

}  // namespace

void Teddy::add(std::string_view literal, std::uint32_t number) {
  const std::size_t size = std::min(literal.size(), kPlaces);
  const std::size_t shift = rarest_window(literal, size);
  const std::uint32_t mask = size == kPlaces ? ~0u : 0xffffff;
  needles_.push_back({load_places(literal.substr(shift)) & mask, mask, number,
                      static_cast<std::uint32_t>(shift)});
}

void Teddy::build() {
  deal();
  fill_tables();
}

// Each literal goes to the bucket where it lets the least of a typical log through; so those that
// share bytes come together.
void Teddy::deal() {
  using Places = std::array<std::uint64_t, kPlaces>;  // by place: a bit for each allowed index
  static const std::vector<Places> kSample = [] {
    std::vector<Places> sample;
    for (std::string_view text = typical_log(); text.size() >= kPlaces; text.remove_prefix(1)) {
      Places& places = sample.emplace_back();
      for (std::size_t i = 0; i < kPlaces; ++i)
        places[i] = std::uint64_t{1} << folded_index(byte_at(load_places(text), i));
    }
    return sample;
  }();
  // How much of the sample passes, and, as samples are small, how many texts there are that would.
  const auto cost = [](const Places& allowed) {
    const auto passed = std::count_if(kSample.begin(), kSample.end(), [&](const Places& text) {
      return (text[0] & allowed[0]) && (text[1] & allowed[1]) && (text[2] & allowed[2]) &&
             (text[3] & allowed[3]);
    });
    double texts = 1;
    for (std::uint64_t place : allowed) texts *= std::popcount(place);
    return static_cast<double>(passed) + texts / 1000;
  };
  std::array<Places, kBuckets> allowed{};
  for (const Needle& needle : needles_) {
    std::size_t best = 0;
    double best_growth = std::numeric_limits<double>::max();
    Places best_places{};
    for (std::size_t bucket = 0; bucket < kBuckets; ++bucket) {
      Places places = allowed[bucket];
      for (std::size_t i = 0; i < kPlaces; ++i) {
        const bool is_any = byte_at(needle.mask, i) == 0;
        places[i] |= is_any ? ~std::uint64_t{0}
                            : std::uint64_t{1} << folded_index(byte_at(needle.bytes, i));
      }
      const double growth = cost(places) - cost(allowed[bucket]);
      if (growth < best_growth) best = bucket, best_growth = growth, best_places = places;
    }
    allowed[best] = best_places;
    buckets_[best].push_back(needle);
  }
}

void Teddy::fill_tables() {
  for (std::size_t bucket = 0; bucket < kBuckets; ++bucket) {
    const auto bit = static_cast<Buckets>(1u << bucket);
    for (const Needle& needle : buckets_[bucket]) {
      for (std::size_t place = 0; place < kPlaces; ++place) {
        const std::uint32_t wanted = byte_at(needle.bytes, place);
        for (std::uint32_t byte = 0; byte < 256; ++byte) {
          if (byte_at(needle.mask, place) != 0 && byte != wanted) continue;
          bytes_[place][folded_index(byte)] |= bit;
          halves_[place][0][byte & 15] |= bit;
          halves_[place][1][byte >> 4] |= bit;
        }
      }
    }
  }
}

unsigned Teddy::allowed_at(std::uint32_t bytes) const {
  unsigned buckets = 0xff;
  for (std::size_t place = 0; place < kPlaces; ++place)
    buckets &= bytes_[place][folded_index(byte_at(bytes, place))];
  return buckets;
}

void Teddy::check(unsigned buckets, std::uint32_t bytes, std::size_t at,
                  std::vector<Occurrence>& maybe) const {
  for (; buckets; buckets &= buckets - 1) {
    for (const Needle& needle : buckets_[static_cast<std::size_t>(std::countr_zero(buckets))]) {
      if ((bytes & needle.mask) == needle.bytes && needle.shift <= at)
        maybe.push_back({needle.literal, at - needle.shift});
    }
  }
}

void Teddy::find(std::string_view text, SimdWidth width, std::vector<Occurrence>& maybe) const {
  if (empty()) return;
  std::size_t at = 0;
  if (width == SimdWidth::kAvx512) at = find_avx512(text, maybe);
  if (width == SimdWidth::kAvx2) at = find_avx2(text, maybe);
  for (; at + kMinLiteral <= text.size(); ++at) {
    const std::uint32_t bytes = load_places(text.substr(at));
    if (const unsigned buckets = allowed_at(bytes)) check(buckets, bytes, at, maybe);
  }
}

#if defined(__x86_64__)
// Both return where the portable loop goes on.
__attribute__((target("avx2"))) std::size_t Teddy::find_avx2(
    std::string_view text, std::vector<Occurrence>& maybe) const {
  constexpr std::size_t kStep = 32;
  const __m256i low_half = _mm256_set1_epi8(0x0f), fold = _mm256_set1_epi8(0x20);
  __m256i tables[kPlaces][2];
  for (std::size_t place = 0; place < kPlaces; ++place)
    for (std::size_t half = 0; half < 2; ++half)
      tables[place][half] = _mm256_broadcastsi128_si256(
          _mm_load_si128(reinterpret_cast<const __m128i*>(halves_[place][half].data())));
  std::size_t at = 0;
  for (; at + kStep + kPlaces <= text.size(); at += kStep) {
    __m256i allowed = _mm256_set1_epi8(-1);
    for (std::size_t place = 0; place < kPlaces; ++place) {
      const __m256i bytes = _mm256_or_si256(
          _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text.data() + at + place)), fold);
      const __m256i low = _mm256_and_si256(bytes, low_half);
      const __m256i high = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), low_half);
      allowed = _mm256_and_si256(
          allowed, _mm256_and_si256(_mm256_shuffle_epi8(tables[place][0], low),
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
      check(buckets[i], load_places(text.substr(at + i)), at + i, maybe);
    }
  }
  return at;
}

__attribute__((target("avx512f,avx512bw,avx512vbmi"))) std::size_t Teddy::find_avx512(
    std::string_view text, std::vector<Occurrence>& maybe) const {
  constexpr std::size_t kStep = 64;
  const __m512i low_five = _mm512_set1_epi8(0x1f), bit_five = _mm512_set1_epi8(0x20);
  __m512i tables[kPlaces];
  for (std::size_t place = 0; place < kPlaces; ++place)
    tables[place] = _mm512_load_si512(bytes_[place].data());
  std::size_t at = 0;
  for (; at + kStep + kPlaces <= text.size(); at += kStep) {
    __m512i allowed = _mm512_set1_epi8(-1);
    for (std::size_t place = 0; place < kPlaces; ++place) {
      const __m512i bytes = _mm512_loadu_si512(text.data() + at + place);
      const __m512i index =
          _mm512_or_si512(_mm512_and_si512(bytes, low_five),
                          _mm512_and_si512(_mm512_srli_epi16(bytes, 1), bit_five));
      allowed = _mm512_and_si512(allowed, _mm512_permutexvar_epi8(index, tables[place]));
    }
    std::uint64_t passed = _mm512_test_epi8_mask(allowed, allowed);
    if (!passed) [[likely]]
      continue;
    alignas(64) std::uint8_t buckets[kStep];
    _mm512_store_si512(buckets, allowed);
    for (; passed; passed &= passed - 1) {
      const auto i = static_cast<std::size_t>(std::countr_zero(passed));
      check(buckets[i], load_places(text.substr(at + i)), at + i, maybe);
    }
  }
  return at;
}
#else
std::size_t Teddy::find_avx2(std::string_view, std::vector<Occurrence>&) const { return 0; }
std::size_t Teddy::find_avx512(std::string_view, std::vector<Occurrence>&) const { return 0; }
#endif

}  // namespace logfix
