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

/// Long literals go through a GramFilter, short ones through Teddy; both may over-report, and what
/// they report is compared here.
///
/// Use:      construct once; find() from any number of threads.
/// Errors:   none. Literals shorter than kMinLiteral are a bug of the caller.
/// Cost:     about a tenth of a nanosecond a byte, nearly independent of the number of long
///           literals; some tens of short ones are fine, hundreds are not.
class LiteralScan {
 public:
  static constexpr std::size_t kMinLiteral = Teddy::kMinLiteral;

  /// The sample decides how fast it is, not what is found.
  explicit LiteralScan(std::vector<Literal> literals, SimdWidth width = widest_simd(),
                       const LogSample& sample = LogSample::typical());

  /// All occurrences of all literals that lie in `text`, in no order, appended to `found`.
  void find(std::string_view text, std::vector<Occurrence>& found) const;
  std::size_t size_of(std::uint32_t literal) const { return literals_[literal].text.size(); }

  const std::vector<Literal>& literals() const { return literals_; }
  /// The same by comparing each literal at each position: the slow twin.
  void find_naively(std::string_view text, std::vector<Occurrence>& found) const;

 private:
  bool stands_at(const Occurrence& place, std::string_view text) const;

  std::vector<Literal> literals_;
  SimdWidth width_;
  GramFilter long_;
  Teddy short_;
};

}  // namespace logfix
