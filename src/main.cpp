// logfix: logs in, the documented fix out.

#include <fmt/format.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include "cli/options.h"
#include "explain.h"
#include "live.h"
#include "pipeline.h"
#include "report/book.h"
#include "report/report.h"

namespace logfix {
namespace {

ExitCode report_mistakes(const Diagnostics& diagnostics) {
  for (const Diagnostic& diagnostic : diagnostics) fmt::print(stderr, "{}", render(diagnostic));
  return has_errors(diagnostics) ? ExitCode::kUsage : ExitCode::kOk;
}

// A reader that has seen enough (`| head -1`) ends us quietly; any other failure is a failure.
ExitCode write_out(std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = write(STDOUT_FILENO, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EPIPE) return ExitCode::kOk;
    if (count < 0) {
      spdlog::error("standard output: {}", std::strerror(errno));
      return ExitCode::kUsage;
    }
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return ExitCode::kOk;
}

bool wants_color(const std::string& when) {
  if (when != "auto") return when == "always";
  const char* no_color = std::getenv("NO_COLOR");
  if (no_color && *no_color) return false;
  return isatty(STDOUT_FILENO);
}

ExitCode outcome(const Report& report, const Options& options) {
  const Stats& stats = report.stats;
  if (stats.unreadable || stats.not_evaluated) return ExitCode::kIncomplete;
  const bool fails = options.fail_on && std::any_of(report.findings.begin(), report.findings.end(),
                                                    [&](const Finding& finding) {
                                                      return finding.rule->severity >=
                                                             *options.fail_on;
                                                    });
  return fails ? ExitCode::kFindings : ExitCode::kOk;
}

ExitCode scan_and_report(const Options& options, const LoadedRules& rules, const Matcher& matcher) {
  bool was_shown = false;
  const Report report = is_live(options) ? scan_live(options, rules, matcher, was_shown)
                                         : scan_all(options, rules, matcher);
  const RenderOptions how{wants_color(options.color), 100};
  const std::string text = options.format == "json" ? render_json(report)
                           : was_shown              ? render_summary(report, how)
                                                    : render_text(report, how);
  const ExitCode written = write_out(text);
  return written == ExitCode::kOk ? outcome(report, options) : written;
}

ExitCode run(int argc, char** argv, char** environment) {
  const ParsedOptions parsed = parse_options(argc, argv, environment);
  if (report_mistakes(parsed.diagnostics) != ExitCode::kOk) return ExitCode::kUsage;
  if (parsed.print) return write_out(*parsed.print);
  Options options = parsed.options;
  // `check` takes rules as its files.
  if (options.command == Command::kCheck && !options.files.empty()) options.rules = options.files;

  const LoadedRules rules = load_rules_for(options);
  const Matcher matcher(rules.rules);
  Diagnostics mistakes = rules.diagnostics;
  mistakes.insert(mistakes.end(), matcher.diagnostics().begin(), matcher.diagnostics().end());
  const bool has_own_rules = !options.rules.empty() || !options.add_rules.empty();
  if ((has_own_rules || options.command == Command::kCheck) && !has_errors(mistakes)) {
    const Diagnostics examples = check_examples(rules.rules, matcher);
    mistakes.insert(mistakes.end(), examples.begin(), examples.end());
  }
  if (report_mistakes(mistakes) != ExitCode::kOk) return ExitCode::kUsage;
  // From here on the rule set is immutable.

  switch (options.command) {
    case Command::kCheck:
      return write_out(fmt::format("{} rules, no mistake\n", rules.rules.rules.size()));
    case Command::kBook:
      return write_out(render_book(rules.rules));
    case Command::kExplain:
      return write_out(explain_all(options, matcher));
    case Command::kScan:
      return scan_and_report(options, rules, matcher);
  }
  return ExitCode::kUsage;
}

}  // namespace
}  // namespace logfix

int main(int argc, char** argv, char** environment) {
  std::signal(SIGPIPE, SIG_IGN);
  spdlog::set_default_logger(spdlog::stderr_logger_st("logfix"));
  spdlog::set_pattern("%n: %l: %v");
  return static_cast<int>(logfix::run(argc, argv, environment));
}
