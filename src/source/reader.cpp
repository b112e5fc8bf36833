#include "source/reader.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace logfix {
namespace {

constexpr std::size_t kReadBytes = std::size_t{256} << 10;
// A record may reach back two horizons; the rest of the buffer amortises moving that past.
constexpr std::size_t kKeepBytes = 2 * kJoinHorizon;
constexpr std::size_t kBufferBytes = kKeepBytes + kMaxLineBytes + 4 * kReadBytes;

}  // namespace

BlockReader::BlockReader(int descriptor) : descriptor_(descriptor), buffer_(kBufferBytes) {}

void BlockReader::make_room() {
  if (buffer_.size() - end_ >= kReadBytes) return;
  const std::size_t drop = fresh_ > kKeepBytes ? fresh_ - kKeepBytes : 0;
  std::memmove(buffer_.data(), buffer_.data() + drop, end_ - drop);
  offset_ += drop;
  fresh_ -= drop;
  end_ -= drop;
}

// How far the bytes that were read can be given out; `fresh_` if more must be read first.
std::size_t BlockReader::block_end(std::size_t searched) const {
  if (at_end_) return end_;
  const char* data = buffer_.data();
  if (const void* feed = memrchr(data + searched, '\n', end_ - searched))
    return static_cast<std::size_t>(static_cast<const char*>(feed) - data) + 1;
  return end_ - fresh_ >= kMaxLineBytes ? fresh_ + kMaxLineBytes : fresh_;
}

Result<Block, std::string> BlockReader::next() {
  std::size_t end = block_end(fresh_);
  while (end == fresh_ && !at_end_) {
    make_room();
    const ssize_t count = read(descriptor_, buffer_.data() + end_, kReadBytes);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Unexpected{std::string(std::strerror(errno))};
    const std::size_t searched = end_;
    end_ += static_cast<std::size_t>(count);
    at_end_ = count == 0;
    end = block_end(searched);
  }
  const Block block{{buffer_.data(), end}, fresh_, offset_, at_end_};
  fresh_ = end;
  return block;
}

}  // namespace logfix
