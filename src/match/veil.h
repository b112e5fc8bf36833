// What hides a part of an atom from a scan of raw bytes: colours, and JSON escapes of characters that most
// encoders write as they are. All of linear time, from any number of threads.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace logfix {

/// The head of a JSON escape; two digits follow.
inline constexpr std::string_view kJsonEscape = "\\u00";
/// The character of an escape, by what follows its head; -1 if that is no two digits.
int escaped_byte(std::string_view digits);
/// True if the escape that they are the digits of may hide a part of an atom.
bool is_veil(std::string_view digits);

/// Appends where the first raw colour of each line may begin.
void find_colours(std::string_view text, std::vector<std::size_t>& offsets);
/// True if nothing in a line is escaped or coloured.
bool is_as_it_is(std::string_view line);

/// Appends `line` without its colours, raw or as escapes of JSON, and with the characters of which no
/// encoder makes an escape as they are. False if it holds other control sequences: how far those go
/// depends on where the values of the line end.
bool append_unveiled(std::string_view line, std::string& out);

}  // namespace logfix
