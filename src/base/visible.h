// Text of any origin made fit to be seen: on a terminal, in a file, in the log of a build.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace logfix {

/// The size of the valid UTF-8 sequence at `at`, and its code point; 0 if there is none.
std::size_t utf8_at(std::string_view text, std::size_t at, std::uint32_t& code);

/// Control bytes from DEL on, format characters (bidirectional ones, joiners, tags), what is shown as
/// nothing, and what is no character at all. Not the control bytes below the blank.
bool is_invisible(std::uint32_t code);

/// UTF-8 on one line that shows what it is: `?` for each control byte and invisible character, U+FFFD
/// for what is no UTF-8, a blank for a tab. No build server takes any of it for a command: `::name` at
/// its head or `##name[` anywhere.
std::string visible(std::string_view bytes);

/// `::name …::` as it may stand at the head of a line. No address such as ::1 or ::ffff:192.0.2.1 is
/// one. `is_cut` if more may follow.
bool begins_command(std::string_view text, bool is_cut);

/// How many columns of a terminal a visible text takes.
std::size_t columns_of(std::string_view visible);
/// The longest begin of a visible text that takes at most `columns`, in bytes.
std::size_t bytes_within(std::string_view visible, std::size_t columns);

}  // namespace logfix
