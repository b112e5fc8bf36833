// A ticket in Markdown, of GitHub's kind. Text from logs stands in code only.

#include <algorithm>

#include "base/text.h"
#include "report/escape.h"
#include "report/fix_text.h"
#include "report/phrases.h"
#include "report/report.h"
#include "report/ticket.h"

namespace logfix {
namespace {

using Text = Markup<Markdown>;
constexpr std::size_t kMaxRows = 40;

// A task's box. GitHub's parser takes one for checked if `[x]` stands anywhere in its line: such a line
// goes below.
std::string_view box_for(std::string_view step) {
  const bool looks_checked = step.find("[x]") != std::string_view::npos || step.find("[X]") != std::string_view::npos;
  return looks_checked ? "- [ ] This:\n  " : "- [ ] ";
}

// The steps of a numbered list as those of a task list.
std::string as_tasks(std::string_view markdown) {
  std::string out;
  bool in_fence = false;
  for (std::string_view line : split_lines(markdown)) {
    std::size_t digits = 0;
    while (digits < line.size() && is_digit(line[digits])) ++digits;
    const bool is_step = !in_fence && digits > 0 && line.substr(digits).starts_with(". ");
    if (trimmed(line).starts_with("```")) in_fence = !in_fence;
    if (is_step) {
      const std::string_view step = line.substr(digits + 2);
      ((out += box_for(step)) += step) += '\n';
    } else {
      (out += line) += '\n';
    }
  }
  return out;
}

Text place(const Finding& finding) {
  Text out = markup<Markdown>("`{}` · {}", own_markdown(finding.rule->id), for_markdown(times(finding.count)));
  if (finding.trend) out.add(" · {} {}", for_markdown(standing(*finding.trend)), for_markdown(bars(finding.trend->counts, kShownNights)));
  if (finding.first_seen) out.add(" · {}", for_markdown(when(finding)));
  for (std::size_t i = 0; i < finding.services.size() && i < 7; ++i)
    out.add("{}{}", i ? Words(", ") : Words(" · in "), for_markdown_code(finding.services[i].name));
  if (finding.services.size() > 7) out.add(" and {} more", finding.services.size() - 7);
  if (!finding.causes.empty()) out.add(" · {}", for_markdown(explained_by(finding)));
  out += "\n\n";
  return out;
}

Text evidence(const Evidence& evidence) {
  return markup<Markdown>("{}, line {}:\n\n{}\n", for_markdown_code(evidence.source), evidence.line,
                          for_markdown_block(evidence.text));
}

Text section(const Finding& finding) {
  const Rule& rule = *finding.rule;
  Text out = markup<Markdown>("\n## {}: {}\n\n", for_markdown(level_name(rule.severity)), for_markdown(rule.title));
  out += place(finding);
  out += evidence(finding.evidence);
  if (!rule.cause.empty()) out.add("**Cause**: {}\n\n", own_markdown(fill(rule.cause, finding)));
  out.add("**Solution**\n\n{}\n", own_markdown(as_tasks(fill(rule.solution, finding))));
  if (!rule.prevention.empty()) out.add("**Prevention**: {}\n", own_markdown(fill(rule.prevention, finding)));
  if (!rule.references.empty()) out += "\nReferences:\n";
  for (const std::string& url : rule.references) out.add("- <{}>\n", own_markdown(url));
  return out;
}

Text symptom(const Finding& finding) {
  return markup<Markdown>("\n- {} × `{}`: {}, {} ({}, line {})\n", finding.count, own_markdown(finding.rule->id), for_markdown(finding.rule->title),
                          for_markdown(explained_by(finding)), for_markdown_code(finding.evidence.source), finding.evidence.line);
}

Text table(const Report& report) {
  if (report.findings.empty()) return {};
  Text out("| Severity | Count | What | Rule | First seen |\n|---|---:|---|---|---|\n");
  std::size_t rows = 0;
  for (const Finding& f : report.findings) {
    if (++rows > kMaxRows) continue;
    out.add("| {} | {} | {}{} | `{}` | {} |\n", for_markdown(level_name(f.rule->severity)), f.count,
            f.explained_by.empty() ? Words("") : Words("└ "), for_markdown(f.rule->title), own_markdown(f.rule->id),
            for_markdown(f.first_seen ? to_rfc3339(*f.first_seen) : ""));
  }
  if (rows > kMaxRows) out.add("\nand {} more\n", rows - kMaxRows);
  return out;
}

Text unknowns(const Report& report) {
  Text out("\n## Errors that no rule knows\n\n");
  for (const Unknown& unknown : report.unknowns) {
    out.add("- {} × {} ({}, line {})", unknown.count, for_markdown_code(unknown.pattern),
            for_markdown_code(unknown.evidence.source), unknown.evidence.line);
    if (unknown.trend) out.add(", {}", for_markdown(standing(*unknown.trend)));
    out += "\n";
    if (const auto command = draft_command(unknown))
      out.add("  draft a rule: {}\n", for_markdown_code(Redactor(false).redact(LogText(*command))));
  }
  return out;
}

Text head(const Report& report) {
  Text out = markup<Markdown>("# logfix: {}", for_markdown(in_short(report)));
  out += "\n\n";
  out += table(report);
  return out;
}

Text not_read(Words name, const std::vector<NotRead>& files) {
  Text out;
  if (!files.empty()) out.add("\n## {}\n\n", name);
  for (std::size_t i = 0; i < files.size() && i < kMaxRows; ++i)
    out.add("- {} {}\n", for_markdown_code(files[i].name), for_markdown(files[i].reason));
  if (files.size() > kMaxRows) out.add("- and {} more\n", files.size() - kMaxRows);
  return out;
}

Text night_of(const Report& report) {
  Text out;
  if (!report.night) return out;
  const std::vector<std::string> lines = gone(*report.night);
  if (!lines.empty()) out += "\n## Gone since the night before\n\n";
  for (const std::string& line : lines) out.add("- {}\n", for_markdown(line));
  out += not_read("Could not be read", report.night->unreadable);
  out += not_read("Passed over", report.night->skipped);
  return out;
}

Text foot(const Report& report, const RenderOptions& options) {
  Text out = night_of(report);
  out += markup<Markdown>("\n---\n{}\n\n{}\n", for_markdown(environment(report, options.version)), for_markdown(closing(report)));
  for (const std::string& remark : remarks(report)) out.add("\n{}\n", for_markdown(remark));
  return out;
}

}  // namespace

std::string render_markdown(const Report& report, const RenderOptions& options) {
  return fitted(head(report), ticket_sections<Markdown>(report, section, symptom, unknowns), foot(report, options), options.max_bytes,
                [&](const std::vector<std::string>& left_out) {
                  Text out = markup<Markdown>("\n**Left out to fit {} bytes:** {} of the sections", options.max_bytes, left_out.size());
                  for (std::size_t i = 0; i < left_out.size() && i < 10; ++i)
                    out.add("{}{}", i ? Words(", ") : Words(": "), for_markdown(left_out[i]));
                  out += left_out.size() > 10 ? Words(", …\n") : Words("\n");
                  return out;
                });
}

}  // namespace logfix
