// logfix: logs in, the documented fix out.

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <csignal>

#include "cli/options.h"
#include "commands/commands.h"
#include "commands/output.h"

namespace logfix {
namespace {

ExitCode run(int argc, char** argv, char** environment) {
  const ParsedOptions parsed = parse_options(argc, argv, environment);
  if (report_mistakes(parsed.diagnostics) != ExitCode::kOk) return ExitCode::kUsage;
  if (parsed.print) return write_out(*parsed.print);
  const Options& options = parsed.options;
  switch (options.command) {
    case Command::kScan:
      return scan(options);
    case Command::kExplain:
      return explain(options);
    case Command::kRulesList:
      return list_rules(options);
    case Command::kRulesShow:
      return show_rules(options);
    case Command::kRulesCheck:
      return check_rules(options);
    case Command::kRulesTest:
      return test_rules(options);
    case Command::kRulesNew:
      return draft_rule(options);
    case Command::kBook:
      return bind_book(options);
    case Command::kBacktest:
      return backtest(options);
    case Command::kSweep:
      return sweep(options);
    case Command::kWatch:
      return watch(options);
    case Command::kHistory:
      return history(options);
  }
  return ExitCode::kUsage;
}

}  // namespace
}  // namespace logfix

int main(int argc, char** argv, char** environment) {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a state that may not grow is an error, not the end
  spdlog::set_default_logger(spdlog::stderr_logger_st("logfix"));
  spdlog::set_pattern("%n: %l: %v");
  return static_cast<int>(logfix::run(argc, argv, environment));
}
