#include "base/level.h"

#include <array>
#include <utility>

#include "base/text.h"

namespace logfix {

std::string_view level_name(Level level) {
  constexpr std::array<std::string_view, 6> kNames = {"unknown", "debug", "info",
                                                      "warning", "error", "critical"};
  return kNames[static_cast<std::size_t>(level)];
}

Level level_from_word(std::string_view word) {
  static constexpr std::pair<std::string_view, Level> kWords[] = {
      {"error", Level::kError},       {"info", Level::kInfo},
      {"warning", Level::kWarning},   {"warn", Level::kWarning},
      {"debug", Level::kDebug},       {"critical", Level::kCritical},
      {"fatal", Level::kCritical},    {"log", Level::kInfo},
      {"notice", Level::kInfo},       {"trace", Level::kDebug},
      {"err", Level::kError},         {"crit", Level::kCritical},
      {"panic", Level::kCritical},    {"emerg", Level::kCritical},
      {"alert", Level::kCritical},    {"emergency", Level::kCritical},
      {"severe", Level::kError},      {"information", Level::kInfo},
      {"success", Level::kInfo},      {"verbose", Level::kDebug},
      {"dpanic", Level::kCritical},   {"exception", Level::kError},
  };
  for (const auto& [name, level] : kWords) {
    if (equals_ignoring_case(word, name)) return level;
  }
  return Level::kUnknown;
}

std::optional<Level> severity_from_word(std::string_view word) {
  for (Level level : {Level::kInfo, Level::kWarning, Level::kError, Level::kCritical}) {
    if (word == level_name(level)) return level;
  }
  return std::nullopt;
}

}  // namespace logfix
