// When and where a rule's occurrences were, in bounded memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "base/time.h"
#include "findings/redact.h"

namespace logfix {

/// The occurrences of one service within a span of time.
struct Moment {
  RedactedText service;
  std::optional<Time> begin;  ///< none: records that tell no time
  std::chrono::seconds width{0};
  std::uint64_t count = 0;
};

/// Counts occurrences by service and minute; when there are too many, minutes become two, four, ….
/// How wide they get depends on what was counted alone, so that moments add up in any order.
class Moments {
 public:
  static constexpr std::size_t kMax = 2000;

  void add(const RedactedText& service, const std::optional<Time>& time, std::uint64_t count = 1);
  void merge(const Moments& more);
  /// By service, then by time.
  std::vector<Moment> list() const;

 private:
  using Key = std::pair<RedactedText, std::int64_t>;  // the number of the span since 1970
  std::int64_t span_of(std::int64_t minute) const;
  void bound();

  std::map<Key, std::uint64_t> counts_;
  int doublings_ = 0;
};

}  // namespace logfix
