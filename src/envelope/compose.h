// What Docker Compose and `docker logs -t` put before a line.
#pragma once

#include <optional>
#include <string_view>

#include "base/time.h"

namespace logfix {

/// Takes `name-1  | ` off the line and returns the name; empty if the line has no such prefix.
std::string_view take_compose_prefix(std::string_view& line);

/// Takes `2026-11-23T23:40:58.626321972Z ` off the line, but not if nothing follows it.
std::optional<Time> take_docker_time(std::string_view& line);

}  // namespace logfix
