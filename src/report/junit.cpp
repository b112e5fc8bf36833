// JUnit's XML: a failed test case per finding; what is only told of (warnings, infos) is a passed one
// with its text.

#include "report/escape.h"
#include "report/fix_text.h"
#include "report/phrases.h"
#include "report/report.h"

namespace logfix {
namespace {

using Text = Markup<Xml>;

bool fails(const Finding& finding) { return finding.rule->severity >= Level::kError; }

Text lines(const std::string& own) {
  Text out;
  for (const RedactedText& line : Redactor(false).redact(LogText(own)).lines()) out.add("{}\n", for_xml(line));
  return out;
}

Text body(const Finding& finding) {
  Text out = markup<Xml>("{}:{}: {}\n{}", for_xml(finding.evidence.source), finding.evidence.line, for_xml(finding.evidence.text),
                         for_xml(times(finding.count)));
  if (!finding.causes.empty()) out.add(", {}", for_xml(explained_by(finding)));
  out.add("\n\nCause\n{}\nSolution\n{}", lines(fill(finding.rule->cause, finding)), lines(fill(finding.rule->solution, finding)));
  return out;
}

}  // namespace

std::string render_junit(const Report& report, const RenderOptions& options) {
  Text cases;
  std::size_t failures = 0;
  for (const Finding& finding : report.findings) {
    const Rule& rule = *finding.rule;
    failures += fails(finding);
    cases.add("  <testcase classname=\"{}\" name=\"{}\" time=\"0\">\n", for_xml("logfix." + rule.category), for_xml(rule.id));
    if (fails(finding)) cases.add("   <failure type=\"{}\" message=\"{}\">{}</failure>\n", for_xml(level_name(rule.severity)), for_xml(rule.title), body(finding));
    else cases.add("   <system-out>{}</system-out>\n", body(finding));
    cases += "  </testcase>\n";
  }
  for (const Unknown& unknown : report.unknowns)
    cases.add("  <testcase classname=\"logfix.unknown\" name=\"{}\" time=\"0\">\n   <failure type=\"unknown\" message=\"{} × an error that no rule "
              "knows\">{}:{}: {}</failure>\n  </testcase>\n",
              for_xml(unknown.pattern), unknown.count, for_xml(unknown.evidence.source), unknown.evidence.line, for_xml(unknown.evidence.text));
  failures += report.unknowns.size();
  Text told;
  for (const std::string& remark : remarks(report)) told.add("\n{}", for_xml(remark));
  const std::size_t tests = report.findings.size() + report.unknowns.size();
  Text out;
  out.add("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"logfix\" tests=\"{}\" failures=\"{}\" errors=\"0\" time=\"0\">\n "
          "<testsuite name=\"logfix\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"0\" time=\"0\">\n{}  <system-out>{}\n{}{}</system-out>\n "
          "</testsuite>\n</testsuites>\n",
          tests, failures, tests, failures, cases, for_xml(environment(report, options.version)), for_xml(closing(report)), told);
  return std::move(out).take();
}

}  // namespace logfix
