// The report for a terminal: what is wrong, where, and what to do, on the first screen.

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "report/escape.h"
#include "report/fix_text.h"
#include "report/report.h"

namespace logfix {
namespace {

struct TextWriter {
  const RenderOptions& options;
  std::string out;

  std::string shown(const RedactedText& log) { return for_terminal(log); }
  std::string paint(std::string_view text, std::string_view code) {
    return options.color ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string(text);
  }

  void markdown(std::string_view name, const std::string& source, const Finding& finding) {
    if (source.empty()) return;  // an entry of a runbook may have a solution alone
    out += "\n  " + paint(name, "1") + "\n";
    const std::string filled = fill(source, finding);
    for (std::string_view line : split_lines(filled)) {
      if (trimmed(line).starts_with("```")) continue;
      out += line.empty() ? "\n" : fmt::format("    {}\n", line);
    }
  }

  void evidence(const Evidence& e) {
    out += fmt::format("  {}:{}: {}\n", shown(e.source), e.line,
                       std::string(trimmed(shown(e.text))).substr(0, 400));
  }

  void headline(const Rule& rule) {
    std::string label(level_name(rule.severity));
    for (char& c : label) c = static_cast<char>(c & ~0x20);
    out += fmt::format("\n{} {}  {}\n",
                       paint(label, rule.severity == Level::kCritical ? "1;31" : "1;33"), rule.id,
                       paint(rule.title, "1"));
  }

  void fix(const Finding& f) {
    markdown("Cause", f.rule->cause, f);
    markdown("Solution", f.rule->solution, f);
    markdown("Prevention", f.rule->prevention, f);
    for (const std::string& url : f.rule->references) out += "  See " + url + "\n";
  }

  void signatures(std::string_view name, const std::vector<Signature>& signatures) {
    if (!signatures.empty()) out += "\n  " + paint(name, "1") + "\n";
    for (const Signature& signature : signatures) {
      std::string_view mark = signature.is_template ? "" : "regex ";
      for (std::string_view line : split_lines(signature.source))
        out += fmt::format("    {}{}\n", std::exchange(mark, ""), line);
    }
  }

  void ids(std::string_view name, const std::vector<std::string>& ids) {
    if (!ids.empty()) out += fmt::format("  {} {}\n", name, fmt::join(ids, ", "));
  }

  void rule(const Rule& rule, const RuleSet& among) {
    std::vector<std::string> causes;
    for (const Rule& other : among.rules)
      if (std::find(other.explains.begin(), other.explains.end(), rule.id) != other.explains.end())
        causes.push_back(other.id);
    headline(rule);
    out += fmt::format("  {}, {}{}\n", rule.category, rule.place.file,
                       rule.fallback ? "; only if no other rule matches" : "");
    ids("applies to", rule.applies_to);
    ids("explains", rule.explains);
    ids("is explained by", causes);
    signatures("Error message", rule.signatures);
    signatures("Not if there is", rule.unless);
    if (!rule.when.empty()) out += "\n  " + paint("Only when", "1") + "\n";
    for (const Condition& condition : rule.when)
      out += fmt::format("    {}: {}\n", condition.field, condition.pattern);
    Finding without_values;
    without_values.rule = &rule;
    fix(without_values);
  }

  void finding(const Finding& f) {
    headline(*f.rule);
    out += fmt::format("  {} {}", f.count, f.count == 1 ? "time" : "times");
    if (f.first_seen)
      out +=
          fmt::format(", first {}, last {}", to_rfc3339(*f.first_seen), to_rfc3339(*f.last_seen));
    if (!f.explained_by.empty()) out += fmt::format("; explained by {}", f.explained_by);
    out += "\n";
    evidence(f.evidence);
    if (f.explained_by.empty()) fix(f);
  }

  void unknowns(const Report& report) {
    if (!report.unknowns.empty()) out += "\nErrors that no rule knows\n";
    for (const Unknown& unknown : report.unknowns) {
      out += fmt::format("  {} × {}\n", unknown.count, shown(unknown.pattern));
      evidence(unknown.evidence);
    }
  }

  void closing(const Stats& s) {
    const double percent = s.error_records ? 100.0 * static_cast<double>(s.explained_records) /
                                                 static_cast<double>(s.error_records)
                                           : 100.0;
    out += fmt::format(
        "\n{} lines, {} records of interest, {} bytes; {} malformed, {} truncated, {} not evaluated, "
        "{} redactions; {:.0f} % of {} error records explained\n",
        s.lines, s.records, s.bytes, s.malformed, s.truncated, s.not_evaluated,
        s.redactions, percent, s.error_records);
    if (s.zoneless_times)
      out += fmt::format("{} times had no zone (--tz says which is meant)\n", s.zoneless_times);
  }
};

}  // namespace

std::string render_finding(const Finding& finding, const RenderOptions& options) {
  TextWriter writer{options, {}};
  writer.finding(finding);
  return std::move(writer.out);
}

std::string render_rule(const Rule& rule, const RuleSet& among, const RenderOptions& options) {
  TextWriter writer{options, 0, {}};
  writer.rule(rule, among);
  return writer.out.substr(1);  // the empty line before the first
}

std::string render_summary(const Report& report, const RenderOptions& options) {
  TextWriter writer{options, {}};
  writer.out = fmt::format("\n{}\n", writer.paint("In all", "1"));
  for (const Finding& finding : report.findings) {
    writer.out += fmt::format("  {} × {}  {}", finding.count, finding.rule->id, finding.rule->title);
    if (!finding.explained_by.empty()) writer.out += fmt::format(" (explained by {})", finding.explained_by);
    writer.out += '\n';
  }
  writer.unknowns(report);
  writer.closing(report.stats);
  return std::move(writer.out);
}

std::string render_text(const Report& report, const RenderOptions& options) {
  TextWriter writer{options, {}};
  const std::size_t known = report.findings.size();
  writer.out = known == 0 ? "logfix: no known error found\n"
                          : fmt::format("logfix: {} known {}\n", known, known == 1 ? "error" : "errors");
  for (const Finding& finding : report.findings) writer.finding(finding);
  writer.unknowns(report);
  writer.closing(report.stats);
  return std::move(writer.out);
}

}  // namespace logfix
