// Short literals, at every position.
//
// Of each literal a few bytes are kept, and the literals are dealt to buckets, eight in a group. For
// each of the kept places a table says which buckets of a group allow a byte. A vector shuffle looks
// up 32 or 64 bytes at once:
//
//     input               … p  a  n  i  c …        bucket 2 holds "pan.c" of "panic"
//     place 0 allows        2  -  -  -  -
//     place 1, one on       2  -  -  -  -
//     place 2, two on       2  -  -  -  -
//     place 3, four on      2  -  -  -  -           all four: compare bucket 2 here
//
// Literals of three and four bytes have a group of their own, of which no byte is left out; those of
// eight and more have groups with six places out of eight bytes. So hundreds of literals can share a
// few buckets and still hardly anything else comes through.
//
// The idea is known as Teddy, from Hyperscan's matcher of the same purpose. Bit 5 of every byte is
// set on both sides, as in gram_filter.h: letters of either case are the same. With AVX2 a table
// has 16 entries, so there are two for each place, for the low and the high half of a byte, and
// bytes mix that no literal has. With AVX-512 VBMI a table has 64, enough for all folded ASCII.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "match/log_sample.h"
#include "match/simd.h"

namespace logfix {

/// Use: add() all literals, then build() once; then find() from any number of threads.
class Teddy {
 public:
  /// Literals are at least this long; the fourth place of one of three bytes allows any byte.
  static constexpr std::size_t kMinLiteral = 3;

  void add(std::string_view literal, std::uint32_t number);
  /// Which bytes of a literal are kept, and who shares a bucket, depends on a sample of logs.
  void build(const LogSample& sample);
  bool empty() const { return literals_.empty(); }

  /// Appends where a literal may stand (its four bytes do); the caller compares. No occurrence is
  /// missed.
  void find(std::string_view text, SimdWidth width, std::vector<Occurrence>& maybe) const;

 private:
  static constexpr std::size_t kBuckets = 8, kPlaces = 6, kMaxLoose = 2, kMaxWide = 2;
  static constexpr std::size_t kFirstPlaces = 4;  // those of the wide ones behind are looked at if these pass
  // Literals of 3 and 4 bytes, of 5 to 7, and longer ones.
  enum class Shape { kTight, kLoose, kWide };
  struct Needle {
    std::uint64_t bytes, mask;     // folded bytes, and which bits of them count
    std::uint32_t literal, shift;  // whose they are, and where in it they stand
  };
  using Buckets = std::uint8_t;  // a bit for each bucket
  struct Group {
    Shape shape = Shape::kTight;
    // By place: the buckets that allow a byte (by folded_index()), the low and the high half of one.
    alignas(64) std::array<std::array<Buckets, 64>, kPlaces> bytes{};
    alignas(16) std::array<std::array<std::array<Buckets, 16>, 2>, kPlaces> halves{};
    std::array<std::vector<Needle>, kBuckets> buckets;
    // By a hash of the first three bytes of a needle: most of what passes by chance ends here.
    std::array<std::uint64_t, 128> heads{};

    std::span<const std::size_t> offsets() const;  // of the places
  };
  struct Sample;
  struct Through;

  void build(const LogSample& log, const Sample& sample);
  std::size_t add_passing(std::string_view text, std::size_t most, std::vector<std::size_t>& places) const;
  static Needle rarest(std::string_view literal, std::uint32_t number, const Group& group,
                       const LogSample& log, const Sample& sample);
  static void deal(const std::vector<Needle>& needles, std::span<Group> groups, const Sample& sample);
  static void fill_tables(Group& group);
  static unsigned allowed_at(const Group& group, std::uint64_t bytes);
  static void check(const Group& group, unsigned buckets, std::uint64_t bytes, std::size_t at,
                    std::vector<Occurrence>& maybe);
  // A text, and where in what is searched through it begins.
  struct Piece {
    std::string_view text;
    std::size_t begin;
  };
  static void check_step(const Group& group, const Piece& piece, std::size_t at, std::uint64_t passed,
                         const Buckets* buckets, std::vector<Occurrence>& maybe);
  static void find_portably(const Group& group, const Piece& piece, std::vector<Occurrence>& maybe);
  std::size_t find_avx2(const Piece& piece, std::vector<Occurrence>& maybe) const;
  template <std::size_t kLoose, std::size_t kWide>
  std::size_t find_avx512(const Piece& piece, std::vector<Occurrence>& maybe) const;
  std::size_t find_in_vectors(const Piece& piece, SimdWidth width, std::vector<Occurrence>& maybe) const;

  std::vector<std::pair<std::string, std::uint32_t>> literals_;
  std::vector<Group> groups_;  // a tight one, loose ones, wide ones
  std::size_t loose_ = 0, wide_ = 0;
};

}  // namespace logfix
