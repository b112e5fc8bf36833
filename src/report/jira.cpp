// A ticket in Jira's own markup.

#include "report/escape.h"
#include "report/fix_tree.h"
#include "report/phrases.h"
#include "report/report.h"
#include "report/ticket.h"

namespace logfix {
namespace {

using Text = Markup<Jira>;

void inlines(const std::vector<FixNode>& nodes, Text& out);

void inline_node(const FixNode& node, Text& out) {
  using enum FixNode::Kind;
  switch (node.kind) {
    case kText: out += for_jira(node.text); break;
    case kValue:
    case kCode: out.add("{{{{{}}}}}", for_jira(node.text)); break;
    case kStrong: out += "*", inlines(node.children, out), out += "*"; break;
    case kLink:
      inlines(node.children, out);
      if (!node.url.empty()) out.add(" ({})", for_jira(node.url));
      break;
    case kBreak: out += "\\\\ "; break;
    default: inlines(node.children, out);
  }
}

void inlines(const std::vector<FixNode>& nodes, Text& out) {
  for (const FixNode& node : nodes) inline_node(node, out);
}

void end_line(Text& out) {
  if (!out.text().ends_with('\n')) out += "\n";
}

// `marks` are those of the lists around it: Jira wants all of them before an item of the innermost, and ends
// a list at an empty line.
void block(const FixNode& node, Text& out, const Text& marks = Text()) {
  using enum FixNode::Kind;
  switch (node.kind) {
    case kList:
    case kNumberedList: {
      Text inner = marks;
      inner += node.kind == kList ? Words("*") : Words("#");
      for (const FixNode& item : node.children) {
        if (!out.empty()) end_line(out);
        out.add("{} ", inner);
        for (const FixNode& child : item.children) child.kind >= kText ? inline_node(child, out) : block(child, out, inner);
        end_line(out);
      }
      break;
    }
    case kRow:
      for (const FixNode& cell : node.children) out += "|", inlines(cell.children, out);
      out += "|\n";
      break;
    case kRule: out += "----\n"; break;
    case kCodeBlock: {
      out += "\n{noformat}\n";
      for (const RedactedText& line : node.text.lines()) out.add("{}\n", for_jira_code_line(line));
      out += "{noformat}\n";
      break;
    }
    case kParagraph:
    case kHeading: inlines(node.children, out), out += "\n"; break;
    default:
      for (const FixNode& child : node.children) child.kind >= kText ? inline_node(child, out) : block(child, out, marks);
  }
}

Text fix(const std::string& markdown, const Finding& finding) {
  Text out;
  for (const FixNode& node : fix_tree(markdown, finding).children) {
    if (!out.empty()) out += "\n";
    block(node, out);
  }
  return out;
}

Text section(const Finding& finding) {
  const Rule& rule = *finding.rule;
  Text out = markup<Jira>("\nh2. {}: {}\n", for_jira(level_name(rule.severity)), for_jira(rule.title));
  out.add("{{{{{}}}}}, {}", for_jira(rule.id), for_jira(times(finding.count)));
  if (finding.trend) out.add(", {} {}", for_jira(standing(*finding.trend)), for_jira(bars(finding.trend->counts, kShownNights)));
  if (finding.first_seen) out.add(", {}", for_jira(when(finding)));
  out.add("\n{}, line {}:\n{{noformat}}\n{}\n{{noformat}}\n", for_jira(finding.evidence.source), finding.evidence.line,
          for_jira_code_line(finding.evidence.text));
  if (!rule.cause.empty()) out.add("*Cause*: {}\n", fix(rule.cause, finding));
  out.add("*Solution*\n{}\n", fix(rule.solution, finding));
  if (!rule.prevention.empty()) out.add("*Prevention*: {}\n", fix(rule.prevention, finding));
  return out;
}

Text symptom(const Finding& finding) {
  return markup<Jira>("\n{} × {{{{{}}}}}: {}, {}\n", finding.count, for_jira(finding.rule->id), for_jira(finding.rule->title), for_jira(explained_by(finding)));
}

Text head(const Report& report) {
  Text out = markup<Jira>("h1. logfix: {}\n", for_jira(in_short(report)));
  if (!report.findings.empty()) out += "||Severity||Count||What||Rule||\n";
  for (const Finding& f : report.findings)
    out.add("|{}|{}|{}|{}|\n", for_jira(level_name(f.rule->severity)), f.count, for_jira(f.rule->title), for_jira(f.rule->id));
  return out;
}

Text unknowns(const Report& report) {
  Text out("\nh2. Errors that no rule knows\n");
  for (const Unknown& unknown : report.unknowns)
    out.add("* {} × {} ({}, line {})\n", unknown.count, for_jira(unknown.pattern), for_jira(unknown.evidence.source), unknown.evidence.line);
  return out;
}

Text not_read(Words name, const std::vector<NotRead>& files) {
  Text out;
  if (!files.empty()) out.add("\nh2. {}\n", name);
  for (const NotRead& file : files) out.add("* {} {}\n", for_jira(file.name), for_jira(file.reason));
  return out;
}

Text foot(const Report& report, const RenderOptions& options) {
  Text out;
  if (const auto& night = report.night) {
    const std::vector<std::string> lines = gone(*night);
    if (!lines.empty()) out += "\nh2. Gone since the night before\n";
    for (const std::string& line : lines) out.add("* {}\n", for_jira(line));
    out += not_read("Could not be read", night->unreadable);
    out += not_read("Passed over", night->skipped);
  }
  out += markup<Jira>("\n----\n{}\n{}\n", for_jira(environment(report, options.version)), for_jira(closing(report)));
  for (const std::string& remark : remarks(report)) out.add("{}\n", for_jira(remark));
  return out;
}

}  // namespace

std::string render_jira(const Report& report, const RenderOptions& options) {
  return fitted(head(report), ticket_sections<Jira>(report, section, symptom, unknowns), foot(report, options), options.max_bytes,
                [&](const std::vector<std::string>& left_out) {
                  return markup<Jira>("\n*Left out to fit {} bytes:* {} of the sections\n", options.max_bytes, left_out.size());
                });
}

}  // namespace logfix
