// How bad something is: the level of a log record and the severity of a rule share one scale.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace logfix {

enum class Level : std::uint8_t { kUnknown, kDebug, kInfo, kWarning, kError, kCritical };

/// "debug", "info", …; "unknown" for kUnknown.
std::string_view level_name(Level level);

/// The level that a word stands for in any letter case (`WARN`, `err`, `fatal`, `PANIC`,
/// PostgreSQL's `LOG`), kUnknown if it is no level word.
Level level_from_word(std::string_view word);

/// The severity of a rule: `critical`, `error`, `warning` or `info`, as written.
std::optional<Level> severity_from_word(std::string_view word);

}  // namespace logfix
