#include "commands/sweep_state.h"

#include <spdlog/spdlog.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdlib>

#include "pipeline.h"

namespace logfix {

Result<std::string, StateError> state_folder(const Options& options) {
  if (!options.state.empty()) return options.state;
  const auto variable = [](const char* name) {
    const char* value = std::getenv(name);
    return std::string(value ? value : "");
  };
  if (const std::string folder = variable("STATE_DIRECTORY"); !folder.empty()) return folder.substr(0, folder.find(':'));
  if (const std::string folder = variable("XDG_STATE_HOME"); !folder.empty()) return folder + "/logfix";
  if (const std::string home = variable("HOME"); !home.empty()) return home + "/.local/state/logfix";
  return Unexpected{StateError{StateError::Kind::kOther, "there is no home for the state: --state tells its folder"}};
}

ExitCode report_failure(const StateError& error) {
  spdlog::error("{}", printable(error.text));
  return error.kind == StateError::Kind::kLocked ? ExitCode::kLocked : ExitCode::kUsage;
}

ExitCode report_failure(const std::string& failure) { return report_failure(StateError{StateError::Kind::kOther, "the state of the sweep: " + failure}); }

void be_nice() {
  constexpr int kWhoProcess = 1, kIdleClass = 3 << 13;  // of ioprio_set(2)
  syscall(SYS_ioprio_set, kWhoProcess, 0, kIdleClass);
  setpriority(PRIO_PROCESS, 0, 10);
}

}  // namespace logfix
