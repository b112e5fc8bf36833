// One message as its line tells it, unwrapped.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/level.h"
#include "base/time.h"

namespace logfix {

/// Stands between the values of a structured line in Entry::text, so that no signature matches
/// across two values by chance.
inline constexpr std::string_view kValueBreak = "\n\x1f\n";

/// What the innermost line says of itself, and where that is silent, its envelopes. Views are into
/// Unwrapper's buffers or the line, and live until its next call.
struct Entry {
  std::string_view container;  ///< of a Compose, Kubernetes or journal envelope; empty if unknown
  std::string_view stream;     ///< "stdout", "stderr" or empty
  std::string_view process;    ///< of a syslog or journal line: who wrote it, such as `app[12]`
  /// Decoded text to match: the line without its envelopes and colours; of a JSON line all string
  /// values, the message first, joined by kValueBreak.
  std::string_view text;
  /// Of a line that a container runtime wrapped: what stood in it, as it was, and where it came from
  /// by the runtime's word alone (what stood in it may look like another envelope).
  std::string_view wrapped, wrapped_container, wrapped_stream, wrapped_process;
  /// Names of the envelopes that were taken off, the outermost first, then of the line's own format;
  /// string literals.
  std::vector<std::string_view> envelopes;
  bool is_structured = false;  ///< JSON or key=value of the application: a record of its own
  bool is_partial = false;     ///< a runtime part that the next of its stream goes on with
  bool is_malformed = false;   ///< looked like JSON but is not: `text` is the line with its
                               ///< escapes undone as far as possible
  bool is_head = false;        ///< has a time or a level word at its head: begins a record
  bool is_access = false;      ///< a request in an access log: no stack trace goes on with it
  bool is_pg_detail = false;   ///< PostgreSQL's DETAIL, HINT, … that belongs to the line before
  Level level = Level::kUnknown;
  std::optional<Time> time;    ///< the application's own, else the envelope's
  bool has_zone = true;        ///< false if `time` was printed without a zone
  std::string_view logger;
  std::string_view service;
  /// Scalar values of a structured line by dotted key (`record.level.name`); empty for text.
  std::vector<std::pair<std::string, std::string>> fields;
};

}  // namespace logfix
