#include "record/record.h"

#include <algorithm>
#include <array>

#include "record/trace.h"

namespace logfix {

std::uint64_t Record::line_at(std::size_t offset) const {
  auto behind = std::upper_bound(
      origins.begin(), origins.end(), offset,
      [](std::size_t at, const TextOrigin& origin) { return at < origin.text_begin; });
  return behind == origins.begin() ? 0 : std::prev(behind)->line;
}

std::span<const std::string_view> trace_markers() {
  static constexpr std::array<std::string_view, 6> kMarkers = {
      "Traceback (most recent call last)", "Exception in thread ", "Unhandled exception",
      "UnhandledPromiseRejection",         "goroutine 1 [",        "panic: runtime error",
  };
  return kMarkers;
}

bool is_error_like(const Record& record) {
  if (record.level >= Level::kError) return true;
  return std::any_of(
      trace_markers().begin(), trace_markers().end(),
      [&](std::string_view m) { return record.text.find(m) != std::string::npos; });
}

}  // namespace logfix
