// What a flattened JSON line of an application says of itself.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/level.h"
#include "base/time.h"
#include "envelope/json.h"

namespace logfix {

/// Sets `text` to all strings of the line, the message first, without colours.
void join_strings(const FlatJson& json, std::string& text);

Level structured_level(const FlatJson& json);
std::optional<ParsedTime> structured_time(const FlatJson& json, const TimeDefaults& defaults);
/// Views into `json`; empty if unknown.
std::string_view structured_logger(const FlatJson& json);
std::string_view structured_service(const FlatJson& json);

}  // namespace logfix
