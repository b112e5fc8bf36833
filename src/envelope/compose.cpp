// The prefixes of Docker Compose and `docker logs -t`. Both may stand before lines of any other
// program too, so that they are told strictly.
#include "envelope/compose.h"

#include <algorithm>

#include "base/level.h"
#include "base/text.h"

namespace logfix {

std::string_view take_compose_prefix(std::string_view& line) {
  const auto is_name = [](char c) { return is_word(c) || c == '.' || c == '-'; };
  std::size_t end = 0;
  while (end < line.size() && is_name(line[end])) ++end;
  if (end == 0 || !(is_alpha(line[0]) || is_digit(line[0]))) return {};
  std::size_t bar = end;
  while (bar < line.size() && line[bar] == ' ') ++bar;
  if (bar == end || bar == line.size() || line[bar] != '|') return {};
  if (bar + 1 < line.size() && line[bar + 1] != ' ') return {};
  const std::string_view name = line.substr(0, end);
  // `INFO     | text` is what loguru and its like write.
  if (level_from_word(name) != Level::kUnknown) return {};
  line.remove_prefix(std::min(bar + 2, line.size()));
  return name;
}

std::optional<Time> take_docker_time(std::string_view& line) {
  std::size_t length = 0;
  if (line.size() < 22 || line[4] != '-' || line[10] != 'T') return std::nullopt;
  const auto time = parse_time(line, &length);
  if (!time || line[length - 1] != 'Z') return std::nullopt;
  if (length + 1 >= line.size() || line[length] != ' ') return std::nullopt;
  line.remove_prefix(length + 1);
  return time;
}

}  // namespace logfix
