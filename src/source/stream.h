// Bytes on their way in: a descriptor, or what is in a compressed file or an archive.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace logfix {

/// Reads on until there is nothing left.
class ByteStream {
 public:
  virtual ~ByteStream() = default;
  /// Fills up to `size` bytes; 0 at the end. The text of what went wrong otherwise.
  virtual Result<std::size_t, std::string> read(char* to, std::size_t size) = 0;
};

/// From where the descriptor stands; it stays the caller's. Interrupted calls are repeated.
std::unique_ptr<ByteStream> stream_of(int descriptor);

/// What a file's first bytes say it is: one that is packed is compressed or an archive.
enum class StreamKind { kPlain, kUtf16, kPacked };
/// Leaves the descriptor's offset alone.
Result<StreamKind, std::string> kind_of(int descriptor);
bool is_plain_text(int descriptor);

/// Calls `visit` with each log that is in a stream: itself, what gzip, zstd, xz, bzip2 or lz4 made
/// small, each file of a tar. `inner` is the name within an archive, else empty. UTF-16 is turned
/// into UTF-8.
///
/// Told by the first bytes, never by a name. Formats: libarchive. Returns what went wrong; what could
/// be read before that was visited. Memory is bounded, whatever the input blows up to.
using VisitLog = std::function<std::string(std::string_view inner, ByteStream& log)>;
std::string for_each_log(ByteStream& stream, const VisitLog& visit);

}  // namespace logfix
