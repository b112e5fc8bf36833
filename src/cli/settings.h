// Settings files and environment; the command line is args.cpp.
#pragma once

#include <vector>

#include "base/diagnostic.h"
#include "cli/option_table.h"

namespace logfix {

/// The settings in the order in which they overrule each other: /etc/logfix/logfix.conf,
/// $XDG_CONFIG_HOME/logfix/logfix.conf (or ~/.config/…), then LOGFIX_*.
std::vector<Setting> read_settings(const char* const* environment, Diagnostics& diagnostics);

}  // namespace logfix
