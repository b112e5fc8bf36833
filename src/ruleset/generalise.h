// A message as a log has it, or as a person wrote it down, to a signature that finds it again.
#pragma once

#include <string>
#include <string_view>

namespace logfix {

/// The template of one line: without the time and the level that stand in front of it, and with
/// captures in place of quoted text, numbers, hexadecimal, paths, URLs and host:port. What a person
/// puts for something that varies (`<table name>`, `{table}`, `%s`, `…`) is a capture, too. Numbers that
/// say which error it is (`Errno 111`, `exit code 137`, `502 Bad Gateway`) stay. A capture is named
/// after the word before it, if that can be a name.
std::string generalised(std::string_view message);

/// The message of a log line: without the time, the brackets and the level in front of it.
std::string_view without_log_head(std::string_view line);

}  // namespace logfix
