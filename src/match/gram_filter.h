// Long literals, by sampling.
//
// Of "password authentication" one window of 15 bytes is kept, say "password authen". Wherever it
// stands in the input, one of its eight 8-grams begins at an offset divisible by eight:
//
//     offset      0       8       16      24
//     input       ..user p|assword |authen..        the gram "assword " is at offset 8
//
// So all eight grams go into a Bloom table (three bits in one word of 64), and the scan looks up only
// every eighth position: an eighth of the work, and the same whether there are ten literals or ten
// thousand. A gram that passes is looked for in a hash table, which knows whose it is, and the gram at
// the other end of its window must stand there, too: many windows may hold "connecti", few its rest.
//
// Bit 5 of every byte is set on both sides, so that letters of either case are the same gram; what
// else that mixes up (`[` and `{`) costs a comparison, no more.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "match/log_sample.h"
#include "match/simd.h"

namespace logfix {

/// Use: add() all literals, then build() once; then find() from any number of threads. Which hash is
/// taken depends on a sample of logs.
class GramFilter {
 public:
  /// Literals are at least this long.
  static constexpr std::size_t kWindow = 15;

  /// The window of the literal that is searched for begins at `window`.
  void add(std::string_view literal, std::uint32_t number, std::size_t window);
  void build(const LogSample& sample);
  bool empty() const { return grams_.empty(); }

  /// Appends where a literal may stand; the caller compares. No occurrence is missed.
  void find(std::string_view text, SimdWidth width, std::vector<Occurrence>& maybe) const;

 private:
  struct Gram {
    std::uint64_t bytes;      // folded
    std::uint64_t further;    // those at the other end of the window
    std::uint32_t literal;    // whose it is,
    std::uint16_t shift;      // where in it the gram begins,
    std::int8_t to_further;   // and how far from there the other end's does
    bool is_last_of_bytes;    // the next one in the table is of other bytes
  };
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};
  std::size_t slot_of(std::uint64_t gram) const;
  std::size_t find_portably(std::string_view text, std::vector<Occurrence>& maybe) const;
  std::size_t find_avx512(std::string_view text, std::vector<Occurrence>& maybe) const;
  void look_up_lanes(std::string_view text, std::size_t at, unsigned lanes,
                     std::vector<Occurrence>& maybe) const;
  void look_up_all(std::string_view text, std::size_t from, std::size_t to,
                   std::vector<Occurrence>& maybe) const;
  void look_up(std::string_view text, std::size_t at, std::vector<Occurrence>& maybe) const;
  void fill_bloom();
  std::size_t passing(const LogSample& sample) const;

  std::vector<std::uint64_t> bloom_;
  std::uint64_t multiplier_ = 0;
  int bloom_shift_ = 0;
  std::vector<Gram> grams_;           // those of the same bytes side by side
  std::vector<std::uint32_t> slots_;  // open addressing: the first gram of some bytes, or kNone
  int slot_shift_ = 0;
};

}  // namespace logfix
