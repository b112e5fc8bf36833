// Standard output and standard error of the commands.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/diagnostic.h"
#include "cli/options.h"

namespace logfix {

/// Writes to standard output. A reader that has seen enough (`| head -1`) is no failure; any other
/// is told, and is kUsage.
ExitCode write_out(std::string_view text);

/// Tells mistakes on standard error; kUsage if one of them is an error.
ExitCode report_mistakes(const Diagnostics& diagnostics);

/// `1 rule`, `2 rules`.
std::string counted(std::uint64_t count, std::string_view noun);

/// Whether `--color WHEN` wants colours on standard output.
bool wants_color(std::string_view when);

}  // namespace logfix
