#include "source/reader.h"

#include <cstring>

namespace logfix {
namespace {

constexpr std::size_t kReadBytes = std::size_t{256} << 10;
constexpr std::size_t kKeepBytes = 2 * kJoinHorizon;  // a record may reach back so far
// Room for some reads, which amortise moving that past. A long line makes it grow.
constexpr std::size_t kBufferBytes = kKeepBytes + 3 * kReadBytes;
constexpr std::size_t kLargeBufferBytes = kKeepBytes + kMaxLineBytes + 4 * kReadBytes;

}  // namespace

BlockReader::BlockReader(ByteStream& stream, std::uint64_t offset)
    : stream_(stream), buffer_(kBufferBytes), offset_(offset) {}

void BlockReader::make_room() {
  if (buffer_.size() - end_ >= kReadBytes) return;
  const std::size_t drop = fresh_ > kKeepBytes ? fresh_ - kKeepBytes : 0;
  std::memmove(buffer_.data(), buffer_.data() + drop, end_ - drop);
  offset_ += drop;
  fresh_ -= drop;
  end_ -= drop;
  if (buffer_.size() - end_ < kReadBytes) buffer_.resize(kLargeBufferBytes);
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
    const auto count = stream_.read(buffer_.data() + end_, kReadBytes);
    if (!count) return Unexpected{count.error()};
    const std::size_t searched = end_;
    end_ += *count;
    at_end_ = *count == 0;
    end = block_end(searched);
  }
  const bool goes_on = fresh_ > 0 && buffer_[fresh_ - 1] != '\n';
  const Block block{{buffer_.data(), end}, fresh_, offset_, at_end_, goes_on};
  fresh_ = end;
  return block;
}

}  // namespace logfix
