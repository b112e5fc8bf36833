#include <fmt/format.h>

#include "active_rules.h"
#include "commands/commands.h"
#include "commands/output.h"

namespace logfix {

ExitCode check_rules(const Options& options) {
  const ActiveRules rules(options);
  if (report_mistakes(rules.mistakes()) != ExitCode::kOk) return ExitCode::kUsage;
  return write_out(fmt::format("{} rules, no mistake\n", rules.set().rules.size()));
}

}  // namespace logfix
