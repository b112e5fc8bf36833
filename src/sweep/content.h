// What is in a log file, whatever it is packed in: its decoded bytes, by their offsets.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "source/stream.h"
#include "sweep/digest.h"

namespace logfix {

/// Slows reading down to a rate. Shared by all that a sweep reads.
class Throttle {
 public:
  /// Bytes a second; 0 for as fast as it goes.
  explicit Throttle(std::uint64_t rate) : rate_(rate) {}
  /// Waits for as long as `bytes` take.
  void count(std::uint64_t bytes);

 private:
  std::uint64_t rate_;
  std::int64_t due_ = 0;  // on the steady clock, in nanoseconds
};

/// What a look at a log tells of it.
struct Survey {
  std::uint64_t size = 0;                      ///< of what is decoded
  std::string head;                            ///< the first kMarkBytes
  std::map<std::uint64_t, std::string> before; ///< up to kMarkBytes before each offset asked for, if it is there
  bool holds(const Mark& mark) const;
  /// The mark at an offset that was asked for; the end always is.
  Mark mark_at(std::uint64_t offset) const { return mark_of(offset, head, before.at(offset)); }
};

/// A log in an open file.
///
/// Use:      a plain log is read where it is wanted; what is packed or UTF-16 is decoded from its begin
///           at each call. Ends where it ended when it was opened: what a log grows by is for later.
/// Lifetime: the descriptor and the throttle stay the caller's, and outlive it.
/// Errors:   the text of what went wrong; a log that is shorter than it was is one.
class Content {
 public:
  /// Content that is larger than `most` bytes is an error: what unpacks to more is an attack.
  static Result<Content, std::string> of(int descriptor, std::uint64_t most, Throttle& throttle);

  /// True if nothing more will come: it is compressed.
  bool is_final() const { return kind_ == StreamKind::kPacked; }
  bool is_plain() const { return kind_ == StreamKind::kPlain; }
  /// By what a compressed file is known without unpacking it: how long it is, how it begins and ends (in the
  /// checksum of its content). Zeros for other files.
  Result<Digest, std::string> packed();
  /// Looks at it. `wanted` is asked once, when the head is known, for offsets to look before.
  using Wanted = std::function<std::vector<std::uint64_t>(std::string_view head)>;
  Result<Survey, std::string> survey(const Wanted& wanted);
  /// The bytes [begin, end).
  Result<std::string, std::string> text(std::uint64_t begin, std::uint64_t end);
  /// Lets `visit` read the bytes [begin, end); returns what went wrong there or here.
  std::string stream(std::uint64_t begin, std::uint64_t end, const std::function<std::string(ByteStream&)>& visit);

 private:
  Content(int descriptor, StreamKind kind, std::uint64_t size, std::uint64_t most, Throttle& throttle)
      : descriptor_(descriptor), kind_(kind), size_(size), most_(most), throttle_(&throttle) {}
  Result<Survey, std::string> survey_plain(const Wanted& wanted);
  Result<Survey, std::string> survey_decoded(const Wanted& wanted);
  std::string decoded(const std::function<std::string(ByteStream&)>& visit);

  int descriptor_;
  StreamKind kind_;
  std::uint64_t size_;  // of the file
  std::uint64_t most_;
  Throttle* throttle_;
};

/// Behind the last line feed of [begin, end); `begin` if there is none.
Result<std::uint64_t, std::string> lines_end(Content& content, std::uint64_t begin, std::uint64_t end);
/// Where the first line begins at `from` or behind it; `end` if there is none before that.
Result<std::uint64_t, std::string> next_line(Content& content, std::uint64_t from, std::uint64_t end);

}  // namespace logfix
