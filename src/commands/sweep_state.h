// What the commands about sweeps have in common.
#pragma once

#include <memory>
#include <string>

#include "cli/options.h"
#include "sweep/state.h"

namespace logfix {

/// The folder of the state: --state, else $XDG_STATE_HOME/logfix or ~/.local/state/logfix; of a systemd
/// service with a StateDirectory, that. Fails if there is no home.
Result<std::string, StateError> state_folder(const Options& options);

/// Says what went wrong with the state on standard error, and which exit code that is.
ExitCode report_failure(const StateError& error);
ExitCode report_failure(const std::string& failure);

/// Lets everybody else go first, with processor and disk.
void be_nice();

}  // namespace logfix
