// A file descriptor to blocks of whole lines, in bounded memory.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "source/block.h"
#include "source/stream.h"

namespace logfix {

/// Reads a stream to its end.
///
/// Use:      next() until a block is_last or it fails; then there is past().
/// Lifetime: a block's bytes live until the next call. The stream stays the caller's.
/// Errors:   next() passes on the stream's; what was read before has been given out.
/// Cost:     one read() a block; memory is bounded by kMaxLineBytes and the kept past.
class BlockReader {
 public:
  /// `offset` is where in its source the stream begins.
  explicit BlockReader(ByteStream& stream, std::uint64_t offset = 0);
  Result<Block, std::string> next();
  /// What is kept of what was given out; nothing in it is fresh.
  Block past() const { return {{buffer_.data(), fresh_}, fresh_, offset_, true, false}; }

 private:
  void make_room();
  std::size_t block_end(std::size_t searched) const;

  ByteStream& stream_;
  std::vector<char> buffer_;     // the kept past, the bytes not yet given out, free space
  std::size_t fresh_ = 0;        // where the bytes not yet given out begin
  std::size_t end_ = 0;
  std::uint64_t offset_ = 0;     // of buffer_[0] in the source
  bool at_end_ = false;
};

}  // namespace logfix
