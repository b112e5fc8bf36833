// Reports in each format. Pure: a report and options give text, the same ones the same text.
#pragma once

#include <cstddef>
#include <string>

#include "findings/finding.h"

namespace logfix {

enum class Detail { kNormal, kBrief, kFull };

struct RenderOptions {
  bool color = false;
  std::size_t width = 100;     ///< columns of prose
  bool is_terminal = false;    ///< else lines of logs, of the overview and counters are left whole
  Detail detail = Detail::kNormal;
  std::size_t max_bytes = 0;   ///< of a ticket; 0: any
  std::string version;         ///< of logfix
};

/// For a terminal: what is wrong, where, and what to do.
std::string render_text(const Report& report, const RenderOptions& options);
/// One finding as render_text() shows it.
std::string render_finding(const Finding& finding, const RenderOptions& options);
/// That a finding which was shown goes on.
std::string render_repeats(const Rule& rule, std::uint64_t count, const RenderOptions& options);
/// A line for each finding and unknown, and the closing line: what is left to say when the findings
/// were shown one by one.
std::string render_summary(const Report& report, const RenderOptions& options);

/// A rule for its readers: what it matches, its part among the others, its fix.
std::string render_rule(const Rule& rule, const RuleSet& among, const RenderOptions& options);

/// The document `logfix/1` (docs/logfix-1.schema.json).
std::string render_json(const Report& report);
/// A rule for its readers: what it matches, its part among the others, its fix.
std::string render_rule(const Rule& rule, const RuleSet& among, const RenderOptions& options);

/// JSON Lines: a line per occurrence or unknown error as they come, and one for the counters.
std::string render_jsonl(const Finding& occurrence);
std::string render_jsonl(const Unknown& unknown);
std::string render_jsonl(const Report& report);

/// A ticket in GitHub's and GitLab's Markdown, or in Jira's markup. Whole sections are left out from
/// the end if it would take more than RenderOptions::max_bytes, and the ticket says which.
std::string render_markdown(const Report& report, const RenderOptions& options);
std::string render_jira(const Report& report, const RenderOptions& options);

/// One HTML file without scripts and without anything from elsewhere.
std::string render_html(const Report& report, const RenderOptions& options);

/// SARIF 2.1.0, JUnit's XML, GitHub's annotations, and metrics for Prometheus' textfile collector.
std::string render_sarif(const Report& report, const RenderOptions& options);
std::string render_junit(const Report& report, const RenderOptions& options);
std::string render_github(const Report& report, const RenderOptions& options);
std::string render_prometheus(const Report& report, const RenderOptions& options);

}  // namespace logfix
