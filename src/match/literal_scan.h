// Finds which of many literals occur in raw bytes: the only work that a healthy log costs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "match/gram_filter.h"
#include "match/teddy.h"
#include "ruleset/rule.h"

namespace logfix {

/// A literal that another one stands in need not be searched for: where "57P01" is found, " (57P01)"
/// and "SQLSTATE 57P01: " are looked for. The others are needles; of the literals that a good rule set
/// has, half are. Long needles go through a GramFilter, short ones through Teddy; both may over-report,
/// and what they report is compared here.
///
/// Use:      construct once; find() from any number of threads.
/// Errors:   none. Literals shorter than kMinLiteral are a bug of the caller.
/// Cost:     about a fifth of a nanosecond a byte, nearly independent of the number of long needles;
///           hundreds of short ones are fine, thousands are not.
class LiteralScan {
 public:
  static constexpr std::size_t kMinLiteral = Teddy::kMinLiteral;

  /// The sample decides how fast it is, not what is found.
  explicit LiteralScan(std::vector<Literal> literals, SimdWidth width = widest_simd(),
                       const LogSample& sample = LogSample::typical());

  /// All occurrences of all literals that lie in `text`, in no order, appended to `found`.
  void find(std::string_view text, std::vector<Occurrence>& found) const;

  const std::vector<Literal>& literals() const { return literals_; }
  /// The same by comparing each literal at each position: the slow twin.
  void find_naively(std::string_view text, std::vector<Occurrence>& found) const;

 private:
  // A literal that a needle stands in, itself or a longer one: `shift` bytes behind its begin.
  struct Rider {
    std::uint32_t literal, shift;
  };
  void choose_needles();
  bool stands_at(const Occurrence& place, std::string_view text) const;

  std::vector<Literal> literals_;
  std::vector<std::uint32_t> needles_;      // which of the literals
  std::vector<std::vector<Rider>> riders_;  // by needle
  SimdWidth width_;
  GramFilter long_;
  Teddy short_;
};

}  // namespace logfix
