// Metrics for Prometheus' textfile collector. No text from logs: rules and counters only.

#include <algorithm>

#include "report/escape.h"
#include "report/phrases.h"
#include "report/report.h"

namespace logfix {
namespace {

using Text = Markup<Metrics>;

void gauge(Text& out, Words name, Words help, double value) {
  out.add("# HELP {} {}\n# TYPE {} gauge\n{} {}\n", name, help, name, name, value);
}

}  // namespace

std::string render_prometheus(const Report& report, const RenderOptions& options) {
  const Stats& s = report.stats;
  Text out;
  out += "# HELP logfix_occurrences Occurrences of known errors in the logs that were scanned\n# TYPE logfix_occurrences gauge\n";
  for (const Finding& f : report.findings)
    out.add("logfix_occurrences{{rule=\"{}\",category=\"{}\",severity=\"{}\",explained_by=\"{}\"}} {}\n", for_metrics(f.rule->id),
            for_metrics(f.rule->category), for_metrics(level_name(f.rule->severity)), for_metrics(f.explained_by), f.count);
  std::uint64_t unknown = 0;
  for (const Unknown& u : report.unknowns) unknown += u.count;
  out.add("# HELP logfix_info Version and rule set\n# TYPE logfix_info gauge\nlogfix_info{{version=\"{}\",rule_set=\"{}\"}} 1\n",
          for_metrics(options.version), for_metrics(report.rule_set));
  gauge(out, "logfix_unknown_errors", "Error records that no rule explains", static_cast<double>(unknown));
  gauge(out, "logfix_error_records", "Records that look like an error", static_cast<double>(s.error_records));
  gauge(out, "logfix_explained_ratio", "Share of the error records that rules explain", percent_explained(s) / 100);
  gauge(out, "logfix_lines", "Lines that were scanned", static_cast<double>(s.lines));
  gauge(out, "logfix_bytes", "Bytes that were scanned", static_cast<double>(s.bytes));
  gauge(out, "logfix_unreadable", "Inputs that could not be read", static_cast<double>(s.unreadable));
  gauge(out, "logfix_redactions", "Secrets that were replaced in the report", static_cast<double>(s.redactions));
  if (const auto& night = report.night) {
    const auto fresh = std::count_if(report.findings.begin(), report.findings.end(), is_new<Finding>);
    gauge(out, "logfix_night_new", "Known errors that the night before did not have", static_cast<double>(fresh));
    gauge(out, "logfix_night_gone", "Known errors that only the night before had", static_cast<double>(night->gone.size()));
    gauge(out, "logfix_night_logs", "Logs that were there", static_cast<double>(night->files));
    gauge(out, "logfix_night_logs_read", "Logs of which something was new", static_cast<double>(night->read));
    gauge(out, "logfix_night_seconds", "How long the sweep took", std::chrono::duration<double>(night->elapsed).count());
    gauge(out, "logfix_night_began_timestamp_seconds", "When the sweep began", std::chrono::duration<double>(night->began.time_since_epoch()).count());
  }
  return std::move(out).take();
}

}  // namespace logfix
