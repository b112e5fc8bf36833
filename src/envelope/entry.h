// One physical line, unwrapped.
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
/// across two values.
inline constexpr std::string_view kValueBreak = "\n\x1f\n";

/// What the innermost line says of itself. Views are into Unwrapper's buffers or the line, and
/// live until its next unwrap().
struct Entry {
  std::string_view container;  ///< from a Compose prefix; empty if unknown
  std::string_view stream;     ///< "stdout", "stderr" or empty
  /// Decoded text to match: the line without its envelopes and colours; of a JSON line all string
  /// values, the message first, joined by kValueBreak.
  std::string_view text;
  bool is_structured = false;  ///< a JSON line of the application: a record of its own
  bool is_partial = false;     ///< a runtime part that the next of its stream goes on with
  bool is_malformed = false;   ///< looked like JSON but is not: `text` is the line with its
                               ///< escapes undone as far as possible
  bool is_head = false;        ///< has a time or a level word at its head: begins a record
  bool is_pg_detail = false;   ///< PostgreSQL's DETAIL, HINT, … that belongs to the line before
  Level level = Level::kUnknown;
  std::optional<Time> time;    ///< the application's own, else the envelope's
  std::string_view logger;
  std::string_view service;
  /// Scalar values of a JSON line by dotted key (`record.level.name`); empty for text.
  std::vector<std::pair<std::string, std::string>> fields;
};

}  // namespace logfix
