// One logical message after both joins.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/level.h"
#include "base/time.h"

namespace logfix {

/// The physical line that a piece of Record::text came from.
struct TextOrigin {
  std::size_t text_begin;
  std::uint64_t line;  ///< 1-based
};

/// Owns its bytes; reused by the assembler, so valid only during the call it is passed to.
struct Record {
  std::string text;                  ///< decoded lines joined by a line feed
  std::string lead;                  ///< if it begins without a head: the end of what came before it in
                                     ///< its stream, which a terminal may have wrapped within a word
  std::vector<TextOrigin> origins;   ///< ascending; the first has text_begin 0
  std::string container, stream, logger, service;
  Level level = Level::kUnknown;
  std::optional<Time> time;
  bool has_zone = true;              ///< false if `time` was printed without a zone
  bool is_structured = false;
  bool is_candidate = false;         ///< the fast path wants it evaluated
  std::uint32_t malformed_lines = 0;
  std::vector<std::pair<std::string, std::string>> fields;

  std::uint64_t offset = 0;          ///< in the source, of the first line
  std::uint64_t first_line() const { return origins.empty() ? 0 : origins.front().line; }
  /// The physical line of the byte at `offset` of the text.
  std::uint64_t line_at(std::size_t offset) const;
};

/// An error that somebody should know of: a level of error or above, a stack trace, a panic.
bool is_error_like(const Record& record);

}  // namespace logfix
