// Finds which of many literals occur in raw bytes: the only work that a healthy log costs.
//
// Two scans share the job, by the length of the literal.
//
// Long literals (15 bytes and more) are found by sampling. Of "password authentication" one window
// of 15 bytes is kept, say "password authen". Wherever it stands in the input, one of its eight
// 8-grams begins at an offset divisible by eight:
//
//     offset      0       8       16      24
//     input       ..user p|assword |authen..        the gram "assword " is at offset 8
//
// So all eight grams go into a Bloom table (two bits in one word of 64), and the scan looks up only
// every eighth position. A gram that is there is looked for in a hash table, and the whole literal
// compared.
//
// Short literals need every position. For three neighbouring bytes of each literal, two shuffles a
// byte (by its low and its high half) tell which of eight buckets of literals allow it; only where
// some bucket allows all three is compared (known as Teddy). Letters in either case cost nothing.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace logfix {

struct Literal {
  std::string text;
  bool ignores_case = false;
};

/// Use:      construct once; find() from any number of threads.
/// Errors:   none. Literals shorter than kMinLiteral are a bug of the caller.
/// Cost:     about a fifth of a nanosecond a byte, nearly independent of the number of literals.
class LiteralScan {
 public:
  static constexpr std::size_t kMinLiteral = 3;

  struct Occurrence {
    std::uint32_t literal;  ///< index into the constructor's vector
    std::size_t begin;      ///< in the text
  };

  explicit LiteralScan(std::vector<Literal> literals);
  /// All occurrences of all literals that lie in `text`, in no order, appended to `found`.
  void find(std::string_view text, std::vector<Occurrence>& found) const;
  /// The same by comparing each literal at each position: the slow twin.
  void find_naively(std::string_view text, std::vector<Occurrence>& found) const;

 private:
  struct Gram {
    std::uint32_t literal, shift;  // where in the literal the gram stands
  };
  struct Short {
    std::uint32_t literal, shift;  // where in the literal its three bytes stand
    std::uint32_t bytes, fold;     // the three bytes; what is or-ed to the text before comparing
  };
  bool stands_at(std::uint32_t literal, std::string_view text, std::size_t begin) const;
  void add_long(std::uint32_t literal);
  void add_short(std::uint32_t literal, std::size_t bucket);
  void find_long(std::string_view text, std::vector<Occurrence>& found) const;
  void find_short(std::string_view text, std::vector<Occurrence>& found) const;
  void find_short_portably(std::string_view text, std::size_t from,
                           std::vector<Occurrence>& found) const;
  std::size_t find_short_avx2(std::string_view text, std::vector<Occurrence>& found) const;
  void check_buckets(unsigned buckets, std::string_view text, std::size_t at,
                     std::vector<Occurrence>& found) const;

  std::vector<Literal> literals_;
  std::vector<std::uint64_t> bloom_;
  int bloom_shift_ = 0;
  std::unordered_map<std::uint64_t, std::vector<Gram>> grams_;
  std::array<std::vector<Short>, 8> buckets_;
  // By position (3) and half (low, high): for each of 16 values, the buckets that allow it.
  alignas(16) std::array<std::array<std::array<std::uint8_t, 16>, 2>, 3> masks_{};
  bool has_short_ = false;
};

}  // namespace logfix
