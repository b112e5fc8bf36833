// What tells that a record holds a stack trace or a crash. The prefilter looks for the same
// literals, so that the fast path can't miss what is_error_like() finds.
#pragma once

#include <span>
#include <string_view>

namespace logfix {

struct TraceMarker {
  std::string_view literal;   ///< stands in one raw line of the record, in any encoding of it
  std::string_view evidence;  ///< stands in its decoded text, too
};

std::span<const TraceMarker> trace_markers();

}  // namespace logfix
