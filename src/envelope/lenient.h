// What can be had from text that looks like JSON but is not.
#pragma once

#include <string>
#include <string_view>

#include "base/level.h"

namespace logfix {

/// Undoes the escapes of JSON strings wherever they stand, up to three times while that changes
/// something. Lone surrogates become U+FFFD; all other bytes stay.
std::string unescaped_leniently(std::string_view text);

/// True for text that quotes JSON or code: it holds `\"` or `\u00`.
bool has_escaped_quotes(std::string_view text);

/// Appends a value break and `text` without its escapes, so that a signature with a quote matches
/// in text such as `failed: {"error":"relation \"x\" does not exist"}`.
void add_unescaped(std::string_view text, std::string& out);

/// The level of a pair such as `"level": "error"`, kUnknown if there is none.
Level level_leniently(std::string_view text);

}  // namespace logfix
