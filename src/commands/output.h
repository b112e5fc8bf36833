// Standard output and standard error of the commands.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/diagnostic.h"
#include "base/log_text.h"
#include "cli/options.h"
#include "findings/redact.h"

namespace logfix {

/// Writes to standard output. A reader that has seen enough (`| head -1`) is no failure; any other
/// is told, and is kUsage.
ExitCode write_out(std::string_view text);

/// Tells mistakes on standard error; kUsage if one of them is an error.
ExitCode report_mistakes(const Diagnostics& diagnostics);

/// Log text that a terminal may show: its secrets are gone.
std::string shown(const LogText& text);
std::string shown(const RedactedText& text);

/// `1 rule`, `2 rules`.
std::string counted(std::uint64_t count, std::string_view noun);

/// The columns of the terminal that standard output is, or COLUMNS; 100 if there is none.
std::size_t output_width();

/// Whether `--color WHEN` wants colours on standard output.
bool wants_color(std::string_view when);

}  // namespace logfix
