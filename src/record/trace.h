// The literals that say a record holds a stack trace or a crash. The prefilter looks for the same
// ones, so that the fast path can't miss what is_error_like() finds.
#pragma once

#include <span>
#include <string_view>

namespace logfix {

std::span<const std::string_view> trace_markers();

}  // namespace logfix
