// Where in the code of a shell a value would stand.
#pragma once

#include <string_view>

namespace logfix {

/// An argument of its own or a part of one, which may be quoted; within quotes, backticks, a heredoc, or
/// behind a dollar or backslash, where quotes would not quote; or where a command's name or the file of a
/// redirection stands, which no log may choose.
enum class ShellPlace { kArgument, kQuoted, kCommand };

/// The place behind `code`, the begin of a block. When in doubt, not an argument. Pure; linear.
ShellPlace shell_place_behind(std::string_view code);

}  // namespace logfix
