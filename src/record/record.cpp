#include "record/record.h"

#include <algorithm>

#include "base/text.h"
#include "record/trace.h"

namespace logfix {

std::uint64_t Record::line_at(std::size_t offset) const {
  auto behind = std::upper_bound(
      origins.begin(), origins.end(), offset,
      [](std::size_t at, const TextOrigin& origin) { return at < origin.text_begin; });
  return behind == origins.begin() ? 0 : std::prev(behind)->line;
}

std::span<const TraceMarker> trace_markers() {
  static constexpr TraceMarker kMarkers[] = {
      {"Traceback (most recent call last)", "Traceback (most recent call last)"},
      {"Exception in thread ", "Exception in thread "},
      {"Unhandled exception", "Unhandled exception"},
      {"UnhandledPromiseRejection", "UnhandledPromiseRejection"},
      {"goroutine 1 [", "goroutine 1 ["},
      {"panic: runtime error", "panic: runtime error"},
      {" panicked at ", " panicked at "},
      {"Node.js v", "\nNode.js v"},  // the last line of a crash
      // Frames of Java, Ruby, Node and .NET: what is indented, and the file that it names.
      {".java:", "\n\tat "},
      {".rb:", "\n\tfrom "},
      {"    at ", "\n    at "},
      {"   at ", "\n   at "},
  };
  return kMarkers;
}

bool is_error_like(const Record& record) {
  if (record.level >= Level::kError) return true;
  const std::string_view text = record.text;
  return std::any_of(trace_markers().begin(), trace_markers().end(), [&](const TraceMarker& m) {
    return contains(text, m.evidence) && contains(text, m.literal);
  });
}

}  // namespace logfix
