#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include "active_rules.h"
#include "commands/commands.h"
#include "commands/output.h"
#include "commands/reporting.h"
#include "commands/sweep_state.h"
#include "pipeline.h"
#include "sweep_run.h"

namespace logfix {
namespace {

std::atomic<bool> g_is_stopped = false;
void stop(int) { g_is_stopped = true; }

std::vector<NotRead> not_read(const std::vector<NamedReason>& from) {
  std::vector<NotRead> out;
  for (const auto& [name, reason] : from) out.push_back({Redactor().redact(LogText(name)), reason});
  return out;
}

// Runs what the user configured, with the report on its standard input and numbers in its environment;
// nothing from a log is in its arguments.
std::string pipe_into(const std::string& command, const std::string& text) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return std::strerror(errno);
  const pid_t child = fork();
  if (child < 0) return std::strerror(errno);
  if (child == 0) {
    dup2(ends[0], STDIN_FILENO);
    std::signal(SIGPIPE, SIG_DFL);
    execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
    _exit(127);
  }
  close(ends[0]);
  std::string error;
  for (std::string_view left = text; !left.empty() && error.empty();) {
    const ssize_t count = write(ends[1], left.data(), left.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EPIPE) break;  // it need not read all; its exit code tells
    if (count < 0) error = std::strerror(errno);
    else left.remove_prefix(static_cast<std::size_t>(count));
  }
  close(ends[1]);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!error.empty() || (WIFEXITED(status) && WEXITSTATUS(status) == 0)) return error;
  return WIFEXITED(status) ? "exited with " + std::to_string(WEXITSTATUS(status)) : "was killed by signal " + std::to_string(WTERMSIG(status));
}

void tell_numbers(const Report& report) {
  const auto is_new = [](const auto& one) { return one.trend && !one.trend->was_there_last; };
  const auto set = [](const char* name, auto value) { setenv(name, std::to_string(value).c_str(), 1); };
  const auto count = std::count_if(report.findings.begin(), report.findings.end(), is_new);
  set("SWEEP_NEW", count);
  set("SWEEP_STILL", static_cast<std::ptrdiff_t>(report.findings.size()) - count);
  set("SWEEP_GONE", report.night->gone.size());
  set("SWEEP_UNREADABLE", report.night->unreadable.size());
}

// To standard output or the mail, and to the webhook.
ExitCode deliver(const Report& report, const Options& options) {
  tell_numbers(report);
  RenderOptions how = render_options(options);
  if (!options.mail_command.empty()) how.color = how.is_terminal = false;
  const std::string text = render(report, options, how, false);
  const auto run = [&](const std::string& command, const std::string& input) {
    const std::string error = command.empty() ? "" : pipe_into(command, input);
    if (!error.empty()) spdlog::error("`{}` {}", command, error);
    return error.empty();
  };
  const bool is_mailed = run(options.mail_command, text), is_posted = run(options.webhook_command, render_json(report));
  const ExitCode written = options.mail_command.empty() ? write_out(text) : ExitCode::kOk;
  return is_mailed && is_posted ? written : ExitCode::kUsage;
}

}  // namespace

ExitCode sweep(const Options& options) {
  const ActiveRules rules(options);
  Diagnostics mistakes = rules.mistakes();
  CollectorSettings settings = collector_settings(options, rules.set(), mistakes);
  if (report_mistakes(mistakes) != ExitCode::kOk) return ExitCode::kUsage;
  // Everything is remembered; what is told of it is for the report to choose.
  const Filter filter = std::exchange(settings.filter, {});
  const std::size_t shown = std::exchange(settings.shown_variants, Collector::kMaxVariants);
  const auto folder = state_folder(options);
  if (!folder) return report_failure(folder.error());
  auto opened = SweepState::open(*folder, options.new_state);
  if (!opened) return report_failure(opened.error());
  SweepState& state = **opened;
  std::signal(SIGTERM, stop);
  std::signal(SIGINT, stop);
  be_nice();

  const Time began = std::chrono::system_clock::now();
  const std::int64_t night = state.begin_night(began, rules.set().hash);
  SweepRun run(options, state);
  if (!state.error().empty()) return report_failure(state.error());
  const RoundOutcome outcome = run.round(night, rules, settings, [] { return g_is_stopped.load(); });
  for (const auto& [name, reason] : outcome.unreadable) spdlog::error("{}", printable(name + ": " + reason));
  if (!outcome.failure.empty()) return report_failure(outcome.failure);
  NightSummary more;
  more.id = night;
  more.ended = std::chrono::system_clock::now();
  more.elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - options.started);
  more.files = outcome.files;
  more.read = outcome.read;
  state.end_night(more);
  if (g_is_stopped) return spdlog::warn("the sweep was told to end; the next one goes on with it"), ExitCode::kIncomplete;

  std::deque<Rule> former;
  Report report = state.load_night(night, rules.set(), former);
  if (!state.error().empty()) return report_failure(state.error());
  report.night->unreadable = not_read(outcome.unreadable);
  report.night->skipped = not_read(outcome.skipped);
  report.night->waiting = outcome.waiting;
  report.stats.unreadable = outcome.unreadable.size();
  narrow(report, filter, shown);
  const ExitCode delivered = deliver(report, options);
  if (delivered != ExitCode::kOk) return delivered;
  state.mark_reported(night);
  state.drop_old_nights(std::chrono::days(options.keep_days));
  if (!state.error().empty()) return report_failure(state.error());
  return exit_code_of(report, options);
}


}  // namespace logfix
