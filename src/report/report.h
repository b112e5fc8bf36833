// Reports as text and as the JSON document `logfix/1` (docs/logfix-1.schema.json).
#pragma once

#include <cstddef>
#include <string>

#include "findings/finding.h"

namespace logfix {

struct RenderOptions {
  bool color = false;
  std::size_t width = 100;  ///< columns that evidence is cut to
};

/// Order at the border: redact, escape, render. Pure.
std::string render_text(const Report& report, const RenderOptions& options);
/// One finding as render_text() shows it.
std::string render_finding(const Finding& finding, const RenderOptions& options);
/// A line for each finding and unknown, and the closing line: what is left to say when the findings
/// were shown one by one.
std::string render_summary(const Report& report, const RenderOptions& options);
std::string render_json(const Report& report);
/// A rule for its readers: what it matches, its part among the others, its fix.
std::string render_rule(const Rule& rule, const RuleSet& among, const RenderOptions& options);

}  // namespace logfix
