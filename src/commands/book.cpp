#include "report/book.h"

#include "active_rules.h"
#include "commands/commands.h"
#include "commands/output.h"
#include "ruleset/bound_rules.h"

namespace logfix {

ExitCode bind_book(const Options& options) {
  const ActiveRules rules(options);
  if (report_mistakes(rules.mistakes()) != ExitCode::kOk) return ExitCode::kUsage;
  return write_out(render_book(rules.set(), bound_rules(rules.set())));
}

}  // namespace logfix
