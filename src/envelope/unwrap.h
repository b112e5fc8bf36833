// Lines to entries: every envelope off, until the application's own message is left.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "envelope/entry.h"

namespace logfix {

/// Unwraps one line after the other; knows nothing of the lines before. Up to three envelopes are
/// taken off, of any kind in any order: see prefix.h for those of text and json.h for those of JSON.
///
/// Use:      unwrap() with a line without its line feed; any bytes are fine. A line holds one
///           message, but for an OTLP export request, which holds as many as it likes.
/// Lifetime: entries and their views live until the next call or while `line` does.
/// Errors:   none; what can't be parsed is text (Entry::is_malformed).
/// Threads:  one instance per thread.
/// Cost:     linear in the line; buffers are kept between calls.
class Unwrapper {
 public:
  explicit Unwrapper(TimeDefaults defaults = {});
  ~Unwrapper();
  std::span<const Entry> unwrap(std::string_view line);
  /// Unwraps what the parts of a split message held together (Entry::wrapped); `part` is one of
  /// them, and gives container, stream and time.
  std::span<const Entry> unwrap_joined(std::string_view text, const Entry& part);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// What stands at the head of a plain line:
///
///     2026-11-23 23:30:13,548 ERROR    [logger] …     [2026-11-23 23:30:13: ERROR/MainProcess] …
///     ERROR:    …      [error] …      fail: Category[0]      E1123 23:30:13.548  12 file.go:3] …
///     2026/11/23 10:00:00 [error] 12#12: …            … UTC [25232] FATAL:  …
///     1:M 23 Nov 2026 10:00:00.123 # …                level=error msg="…"
///     E, [2026-11-23T10:00:00.123456 #12] ERROR -- …  10:00:00.123 [main] ERROR …
///     192.0.2.7 - - [23/Nov/2026:22:10:04 +0000] "GET …
struct Head {
  bool is_head = false;
  bool is_bare = false;  ///< a level word and a space, as in `ERROR text`: what stands before them may belong to them
  bool is_pg_detail = false;
  bool is_logfmt = false;
  bool is_access = false;  ///< of an access log, which has no stack traces
  Level level = Level::kUnknown;
  std::optional<Time> time;
  bool has_zone = true;
};
Head parse_head(std::string_view text, const TimeDefaults& defaults);

}  // namespace logfix
