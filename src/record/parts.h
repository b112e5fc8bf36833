// Joins the parts of a message that a container runtime cut: Docker at 16 KiB, CRI where it says P.
// What was cut is not yet read: its JSON, its level, its time are seen only once it is whole.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "envelope/entry.h"

namespace logfix {

/// Where a line stands in its source.
struct LinePlace {
  std::uint64_t number = 0;  ///< 1-based
  std::uint64_t offset = 0;  ///< of its first byte
  bool is_candidate = true;
};

/// Key of the stream that an entry belongs to: container, stdout or stderr, process.
std::string stream_key(const Entry& entry);

/// Use:      add() the entries of one source in their order, then take_all() once.
/// Errors:   none. Threads: one instance per source.
/// Cost:     linear; a message that is longer than `max_bytes` is given out as it is then.
class PartJoiner {
 public:
  struct Message {
    std::string text, container, stream, process;
    std::optional<Time> time;
    bool has_zone = true;
    LinePlace place;  ///< the number of the first line, the offset of the last
    std::uint64_t begin = 0;  ///< the offset of the first line

    /// What its parts say of where it came from, for Unwrapper::unwrap_joined(). Views into this.
    Entry origin() const;
  };

  PartJoiner(std::uint64_t horizon, std::size_t max_bytes)
      : horizon_(horizon), max_bytes_(max_bytes) {}

  /// True if the entry is a part of a message: then it was taken. A message that became whole by it
  /// is appended to `whole`, and so is one that this entry shows to be over.
  bool add(const Entry& entry, const LinePlace& place, std::vector<Message>& whole);
  /// Gives out what no line at `offset` or behind can go on with: it is two horizons back.
  void take_expired(std::uint64_t offset, std::vector<Message>& whole);
  void take_all(std::vector<Message>& whole);
  bool empty() const { return open_.empty(); }
  /// Where the first message begins that is not whole yet; `none` if there is none.
  std::uint64_t open_since(std::uint64_t none) const;

 private:
  static void finish(Message& message, std::vector<Message>& whole);

  std::uint64_t horizon_;
  std::size_t max_bytes_;
  std::unordered_map<std::string, Message> open_;  // by stream
};

}  // namespace logfix
