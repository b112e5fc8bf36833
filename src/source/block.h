// Raw bytes on their way from a file or a pipe to the scan.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace logfix {

/// A line that is longer is taken in pieces of this size.
inline constexpr std::size_t kMaxLineBytes = std::size_t{1} << 20;

inline constexpr std::size_t kPieceOverlap = std::size_t{16} << 10;

/// The lines of one message stand within this many bytes: see record/assembler.h.
inline constexpr std::uint64_t kJoinHorizon = std::uint64_t{64} << 10;

/// `bytes` holds what is kept of the past and, from `fresh` on, what is new: whole lines, or one
/// piece of a line that is longer than kMaxLineBytes. A piece that goes on with a line is preceded by
/// kPieceOverlap bytes or more of that line, so that what the cut went through can be seen whole.
struct Block {
  std::string_view bytes;
  std::size_t fresh = 0;
  std::uint64_t offset = 0;  ///< of bytes[0] in the source
  bool is_last = false;
  bool goes_on = false;  ///< the first fresh byte goes on with the line before it
};

}  // namespace logfix
