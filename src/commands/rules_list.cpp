#include <fmt/format.h>

#include <algorithm>

#include "active_rules.h"
#include "commands/commands.h"
#include "commands/output.h"

namespace logfix {

ExitCode list_rules(const Options& options) {
  const ActiveRules rules(options);
  if (report_mistakes(rules.mistakes()) != ExitCode::kOk) return ExitCode::kUsage;
  std::size_t width = 0;
  for (const Rule& rule : rules.set().rules) width = std::max(width, rule.id.size());
  std::string out;
  for (const Rule& rule : rules.set().rules)
    out += fmt::format("{:<{}}  {:<8}  {:<14}  {}\n", rule.id, width, level_name(rule.severity),
                       rule.category, rule.title);
  return write_out(out);
}

}  // namespace logfix
