// How often bytes stand in logs. Decides speed only: any answer is correct.
#pragma once

#include <cstddef>
#include <string_view>

namespace logfix {

/// Where in `text` the `size` bytes begin that are likely the rarest in logs.
std::size_t rarest_window(std::string_view text, std::size_t size);

/// True if `text` stands in typical_log(), in letters of either case: then healthy logs hold it.
bool is_common(std::string_view text);

/// A text with the words, keys and formats that healthy logs are full of.
std::string_view typical_log();

}  // namespace logfix
