#include "source/stream.h"

#include <archive.h>
#include <archive_entry.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <optional>
#include <vector>

namespace logfix {
namespace {

using Read = Result<std::size_t, std::string>;

class DescriptorStream : public ByteStream {
 public:
  explicit DescriptorStream(int descriptor) : descriptor_(descriptor) {}
  Read read(char* to, std::size_t size) override {
    while (true) {
      const ssize_t count = ::read(descriptor_, to, size);
      if (count >= 0) return static_cast<std::size_t>(count);
      if (errno != EINTR) return Unexpected{std::string(std::strerror(errno))};
    }
  }

 private:
  int descriptor_;
};

// A stream whose first bytes have been looked at.
class PeekedStream : public ByteStream {
 public:
  explicit PeekedStream(ByteStream& stream) : stream_(stream) {}
  // The first bytes: `size`, or fewer if a line ends in them or there are no more. So a live stream
  // is not kept waiting.
  Result<std::string_view, std::string> peek(std::size_t size) {
    while (head_.size() < size && head_.find('\n') == std::string::npos) {
      const std::size_t had = head_.size();
      head_.resize(size);
      const Read count = stream_.read(head_.data() + had, size - had);
      head_.resize(had + (count ? *count : 0));
      if (!count) return Unexpected{count.error()};
      if (*count == 0) break;
    }
    return std::string_view(head_);
  }
  Read read(char* to, std::size_t size) override {
    if (head_.empty()) return stream_.read(to, size);
    const std::size_t count = std::min(size, head_.size());
    std::memcpy(to, head_.data(), count);
    head_.erase(0, count);
    return count;
  }

 private:
  ByteStream& stream_;
  std::string head_;
};

enum class Encoding { kBytes, kUtf16Little, kUtf16Big };

// By the byte order mark, or by a first line of which every other byte is zero.
Encoding encoding_of(std::string_view head) {
  if (head.starts_with("\xff\xfe")) return Encoding::kUtf16Little;
  if (head.starts_with("\xfe\xff")) return Encoding::kUtf16Big;
  const std::size_t pairs = std::min<std::size_t>(head.size() / 2, 64);
  std::size_t zero_first = 0, zero_second = 0;
  for (std::size_t i = 0; i < pairs; ++i) {
    zero_first += head[2 * i] == 0 && head[2 * i + 1] != 0;
    zero_second += head[2 * i + 1] == 0 && head[2 * i] != 0;
  }
  if (pairs < 8) return Encoding::kBytes;
  if (zero_second * 10 >= pairs * 9) return Encoding::kUtf16Little;
  return zero_first * 10 >= pairs * 9 ? Encoding::kUtf16Big : Encoding::kBytes;
}

class Utf16Stream : public ByteStream {
 public:
  Utf16Stream(ByteStream& stream, bool is_big) : stream_(stream), is_big_(is_big) {}
  Read read(char* to, std::size_t size) override {
    while (out_.empty() && !at_end_) {
      char buffer[4096];
      const Read count = stream_.read(buffer, sizeof buffer);
      if (!count) return count;
      at_end_ = *count == 0;
      for (std::size_t i = 0; i < *count; ++i) push_byte(static_cast<unsigned char>(buffer[i]));
      if (at_end_ && (has_byte_ || high_)) push_code(0xfffd);
    }
    const std::size_t count = std::min(size, out_.size());
    std::memcpy(to, out_.data(), count);
    out_.erase(0, count);
    return count;
  }

 private:
  void push_byte(unsigned byte) {
    if (!has_byte_) {
      has_byte_ = true;
      byte_ = byte;
      return;
    }
    has_byte_ = false;
    push_unit(is_big_ ? byte_ << 8 | byte : byte << 8 | byte_);
  }
  void push_unit(std::uint32_t unit) {
    const bool is_high = unit >= 0xd800 && unit < 0xdc00, is_low = unit >= 0xdc00 && unit < 0xe000;
    if (high_ && is_low) {
      push_code(0x10000 + ((high_ - 0xd800) << 10) + (unit - 0xdc00));
      high_ = 0;
      return;
    }
    if (high_) push_code(0xfffd);
    high_ = is_high ? unit : 0;
    if (!is_high) push_code(is_low ? 0xfffd : unit);
  }
  void push_code(std::uint32_t code) {
    const auto tail = [&](int shift) { out_ += static_cast<char>(0x80 | (code >> shift & 0x3f)); };
    if (code < 0x80) {
      out_ += static_cast<char>(code);
    } else if (code < 0x800) {
      out_ += static_cast<char>(0xc0 | code >> 6), tail(0);
    } else if (code < 0x10000) {
      out_ += static_cast<char>(0xe0 | code >> 12), tail(6), tail(0);
    } else {
      out_ += static_cast<char>(0xf0 | code >> 18), tail(12), tail(6), tail(0);
    }
  }

  ByteStream& stream_;
  bool is_big_, has_byte_ = false, at_end_ = false;
  unsigned byte_ = 0;
  std::uint32_t high_ = 0;
  std::string out_;
};

// gzip by zlib: libarchive drops the last block of a file that is cut off.
class GzipStream : public ByteStream {
 public:
  explicit GzipStream(ByteStream& stream) : stream_(stream) {
    constexpr int kLargestWindowOfGzip = 15 + 16;
    if (inflateInit2(&zlib_, kLargestWindowOfGzip) != Z_OK) error_ = "out of memory";
  }
  ~GzipStream() override { inflateEnd(&zlib_); }
  GzipStream(const GzipStream&) = delete;
  GzipStream& operator=(const GzipStream&) = delete;

  Read read(char* to, std::size_t size) override {
    zlib_.next_out = reinterpret_cast<Bytef*>(to);
    zlib_.avail_out = static_cast<uInt>(size);
    while (zlib_.avail_out == size && error_.empty()) {
      if (zlib_.avail_in == 0 && !refill()) break;
      const int result = inflate(&zlib_, Z_NO_FLUSH);
      is_between_members_ = result == Z_STREAM_END;
      if (is_between_members_) inflateReset(&zlib_);
      if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR)
        error_ = "damaged gzip data";
    }
    if (zlib_.avail_out < size) return size - zlib_.avail_out;
    if (!error_.empty()) return Unexpected{error_};
    return std::size_t{0};
  }

 private:
  bool refill() {
    const Read count = stream_.read(buffer_, sizeof buffer_);
    if (!count) error_ = count.error();
    if (count && *count == 0 && !is_between_members_) error_ = "truncated gzip data";
    if (!count || *count == 0) return false;
    zlib_.next_in = reinterpret_cast<Bytef*>(buffer_);
    zlib_.avail_in = static_cast<uInt>(*count);
    return true;
  }

  ByteStream& stream_;
  z_stream zlib_{};
  char buffer_[1 << 16];
  bool is_between_members_ = false;
  std::string error_;
};

constexpr std::size_t kTarMagicAt = 257;

bool is_gzip(std::string_view head) { return head.starts_with("\x1f\x8b"); }

// By something that libarchive takes off.
bool is_compressed(std::string_view head) {
  for (std::string_view magic : {"\x28\xb5\x2f\xfd", "\xfd\x37zXZ", "BZh", "\x04\x22\x4d\x18"})
    if (head.starts_with(magic)) return true;
  return false;
}

bool is_tar(std::string_view head) {
  return head.size() > kTarMagicAt + 5 && head.substr(kTarMagicAt, 5) == "ustar";
}

std::string visit_text(ByteStream& stream, std::string_view inner, const VisitLog& visit) {
  PeekedStream peeked(stream);
  const auto head = peeked.peek(128);
  if (!head) return head.error();
  const Encoding encoding = encoding_of(*head);
  if (encoding == Encoding::kBytes) return visit(inner, peeked);
  Utf16Stream decoded(peeked, encoding == Encoding::kUtf16Big);
  return visit(inner, decoded);
}

// What libarchive reads of one entry.
class EntryStream : public ByteStream {
 public:
  explicit EntryStream(archive* from) : archive_(from) {}
  Read read(char* to, std::size_t size) override {
    const la_ssize_t count = archive_read_data(archive_, to, size);
    if (count >= 0) return static_cast<std::size_t>(count);
    const char* why = archive_error_string(archive_);
    return Unexpected{std::string(why ? why : "the archive is damaged")};
  }

 private:
  archive* archive_;
};

struct ArchiveInput {
  ByteStream& stream;
  std::vector<char> buffer = std::vector<char>(std::size_t{64} << 10);
};

la_ssize_t read_input(archive* to, void* data, const void** bytes) {
  auto& input = *static_cast<ArchiveInput*>(data);
  const Read count = input.stream.read(input.buffer.data(), input.buffer.size());
  *bytes = input.buffer.data();
  if (count) return static_cast<la_ssize_t>(*count);
  archive_set_error(to, EIO, "%s", count.error().c_str());
  return -1;
}

std::string visit_archive(ByteStream& stream, const VisitLog& visit) {
  const auto closed = [](archive* a) { archive_read_free(a); };
  const std::unique_ptr<archive, decltype(closed)> reader(archive_read_new(), closed);
  ArchiveInput input{stream};
  archive_read_support_filter_all(reader.get());
  archive_read_support_format_tar(reader.get());
  archive_read_support_format_raw(reader.get());
  archive_read_support_format_empty(reader.get());
  const auto error = [&] {
    const char* why = archive_error_string(reader.get());
    return std::string(why ? why : "the archive is damaged");
  };
  if (archive_read_open(reader.get(), &input, nullptr, read_input, nullptr) != ARCHIVE_OK) return error();
  std::string first_error;
  while (true) {
    archive_entry* entry = nullptr;
    const int result = archive_read_next_header(reader.get(), &entry);
    if (result == ARCHIVE_EOF) return first_error;
    if (result < ARCHIVE_WARN) return error();
    const bool is_raw = archive_format(reader.get()) == ARCHIVE_FORMAT_RAW;
    if (!is_raw && archive_entry_filetype(entry) != AE_IFREG) continue;
    const char* name = is_raw ? "" : archive_entry_pathname(entry);
    EntryStream content(reader.get());
    const std::string failed = visit_text(content, name ? name : "?", visit);
    if (first_error.empty()) first_error = failed;
  }
}

}  // namespace

std::unique_ptr<ByteStream> stream_of(int descriptor) {
  return std::make_unique<DescriptorStream>(descriptor);
}

Result<StreamKind, std::string> kind_of(int descriptor) {
  char buffer[512];
  ssize_t count = -1;
  while ((count = pread(descriptor, buffer, sizeof buffer, 0)) < 0)
    if (errno != EINTR) return Unexpected{std::string(std::strerror(errno))};
  const std::string_view head(buffer, static_cast<std::size_t>(count));
  if (is_gzip(head) || is_compressed(head) || is_tar(head)) return StreamKind::kPacked;
  return encoding_of(head) == Encoding::kBytes ? StreamKind::kPlain : StreamKind::kUtf16;
}

bool is_plain_text(int descriptor) {
  const auto kind = kind_of(descriptor);
  return kind && *kind == StreamKind::kPlain;
}

static std::string visit_any(ByteStream& stream, const VisitLog& visit, int nesting) {
  constexpr int kMaxNesting = 3;  // a file of gzip in gzip in gzip is an attack
  PeekedStream peeked(stream);
  const auto head = peeked.peek(512);
  if (!head) return head.error();
  if (is_gzip(*head) && nesting < kMaxNesting) {
    GzipStream content(peeked);
    return visit_any(content, visit, nesting + 1);
  }
  if (is_compressed(*head) || is_tar(*head)) return visit_archive(peeked, visit);
  return visit_text(peeked, "", visit);
}

std::string for_each_log(ByteStream& stream, const VisitLog& visit) {
  return visit_any(stream, visit, 0);
}

}  // namespace logfix
