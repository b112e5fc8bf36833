// Hashes by which the content of a log is known again.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace logfix {

/// SHA-256: whoever writes a log must not be able to make it look like another one.
using Digest = std::array<std::uint8_t, 32>;
Digest digest_of(std::string_view bytes);

/// So many bytes at the begin of a log, and so many before an offset, say whose content it is.
inline constexpr std::size_t kMarkBytes = 1024;

/// A place in the content of a log, known by what stands before it.
struct Mark {
  std::uint64_t offset = 0;
  Digest head{};  ///< of the first kMarkBytes, or all up to `offset` if that is less
  Digest tail{};  ///< of the last kMarkBytes before `offset`, or all
  bool operator==(const Mark&) const = default;
};

/// The mark at `offset` of content that begins with `head` and has `before` before the offset.
Mark mark_of(std::uint64_t offset, std::string_view head, std::string_view before);

}  // namespace logfix
