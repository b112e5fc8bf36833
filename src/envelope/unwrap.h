// Lines to entries: Docker json-file, the Compose prefix, the application's own JSON, plain text.
#pragma once

#include <memory>
#include <string_view>

#include "envelope/entry.h"

namespace logfix {

/// Unwraps one line after the other; knows nothing of the lines before.
///
/// Use:      unwrap() with a line without its line feed; any bytes are fine.
/// Lifetime: the entry and its views live until the next unwrap() or while `line` does.
/// Errors:   none; what can't be parsed is text (Entry::is_malformed).
/// Threads:  one instance per thread.
/// Cost:     linear in the line; buffers are kept between calls.
class Unwrapper {
 public:
  Unwrapper();
  ~Unwrapper();
  const Entry& unwrap(std::string_view line);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// What stands at the head of a plain line: `2026-11-23 23:30:13,548 ERROR    [logger] …`,
/// `ERROR:    …`, `2026/11/23 10:00:00 [error] 12#12: …`, `… UTC [25232] FATAL:  …`.
struct Head {
  bool is_head = false;
  bool is_pg_detail = false;
  Level level = Level::kUnknown;
  std::optional<Time> time;
};
Head parse_head(std::string_view text);

}  // namespace logfix
