#include "commands/reporting.h"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "commands/output.h"

namespace logfix {

// A line as soon as there is one to tell of; whoever reads it may have seen enough.
static void write_line(const std::string& line) {
  if (std::fwrite(line.data(), 1, line.size(), stdout) == line.size() && std::fflush(stdout) == 0) return;
  if (errno == EPIPE) std::_Exit(0);
  spdlog::error("standard output: {}", std::strerror(errno));
  std::_Exit(static_cast<int>(ExitCode::kUsage));
}

ExitCode exit_code_of(const Report& report, const Options& options) {
  const Stats& stats = report.stats;
  if (stats.unreadable || stats.not_evaluated) return ExitCode::kIncomplete;
  const bool fails = options.fail_on && std::any_of(report.findings.begin(), report.findings.end(),
                                                    [&](const Finding& finding) {
                                                      return finding.rule->severity >=
                                                             *options.fail_on;
                                                    });
  return fails ? ExitCode::kFindings : ExitCode::kOk;
}

RenderOptions render_options(const Options& options) {
  RenderOptions how;
  how.color = wants_color(options.color);
  how.width = output_width();
  how.is_terminal = isatty(STDOUT_FILENO);
  how.detail = options.full ? Detail::kFull : options.brief ? Detail::kBrief : Detail::kNormal;
  how.max_bytes = options.max_bytes;
  how.version = LOGFIX_VERSION;
  return how;
}

CollectorSettings collector_settings(const Options& options, const RuleSet& rules, Diagnostics& mistakes) {
  CollectorSettings settings;
  settings.redactor = Redactor(options.redact);
  settings.filter = {options.only, options.skip, options.since, options.until, {}, std::chrono::system_clock::now()};
  if (!options.accepted.empty()) settings.filter.accepted = load_accepted(options.accepted, rules, mistakes);
  if (options.format == "jsonl") {
    settings.on_occurrence = [](const Finding& one) { write_line(render_jsonl(one)); };
    settings.on_unknown = [](const Unknown& one) { write_line(render_jsonl(one)); };
  }
  return settings;
}

std::string render(const Report& report, const Options& options, const RenderOptions& how, bool was_shown) {
  const std::string& format = options.format;
  if (format == "json") return render_json(report);
  if (format == "jsonl") return render_jsonl(report);
  if (format == "markdown") return options.ticket == "jira" ? render_jira(report, how) : render_markdown(report, how);
  if (format == "html") return render_html(report, how);
  if (format == "sarif") return render_sarif(report, how);
  if (format == "junit") return render_junit(report, how);
  if (format == "github") return render_github(report, how);
  if (format == "prometheus") return render_prometheus(report, how);
  return was_shown ? render_summary(report, how) : render_text(report, how);
}

}  // namespace logfix
