// A file descriptor to blocks of whole lines, in bounded memory.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "source/block.h"

namespace logfix {

/// Reads a file, a pipe or a terminal from where it stands.
///
/// Use:      next() until a block is_last or it fails.
/// Lifetime: a block's bytes live until the next call. The descriptor stays the caller's.
/// Errors:   next() gives the text of errno; what was read before has been given out.
/// Cost:     one read() a block; memory is bounded by kMaxLineBytes and the kept past.
class BlockReader {
 public:
  explicit BlockReader(int descriptor);
  Result<Block, std::string> next();

 private:
  void make_room();
  std::size_t block_end(std::size_t searched) const;

  int descriptor_;
  std::vector<char> buffer_;     // the kept past, the bytes not yet given out, free space
  std::size_t fresh_ = 0;        // where the bytes not yet given out begin
  std::size_t end_ = 0;
  std::uint64_t offset_ = 0;     // of buffer_[0] in the source
  bool at_end_ = false;
};

}  // namespace logfix
