// SARIF 2.1.0: a result per finding and unknown error, for code scanning.

#include "report/escape.h"
#include "report/fix_text.h"
#include "report/phrases.h"
#include "report/report.h"

namespace logfix {
namespace {

using Text = Markup<Json>;

Words level_of(Level severity) {
  switch (severity) {
    case Level::kCritical:
    case Level::kError: return "error";
    case Level::kWarning: return "warning";
    default: return "note";
  }
}

Text location(const Evidence& evidence) {
  return markup<Json>(
      "{{\"physicalLocation\": {{\"artifactLocation\": {{\"uri\": {}}}, \"region\": {{\"startLine\": {}, \"snippet\": {{\"text\": {}}}}}}}}}",
      for_json_uri(evidence.source), evidence.line ? evidence.line : 1, for_json(evidence.text));
}

Text rule(const Finding& f) {
  const Rule& r = *f.rule;
  Text out = markup<Json>(
      "\n      {{\"id\": {}, \"shortDescription\": {{\"text\": {}}}, \"defaultConfiguration\": {{\"level\": \"{}\"}},\n       "
      "\"help\": {{\"text\": {}, \"markdown\": {}}}, \"properties\": {{\"category\": {}}}",
      for_json(r.id), for_json(r.title), level_of(r.severity), for_json(fill(r.cause + "\n\n" + r.solution, f)),
      for_json(fill(r.cause + "\n\n" + r.solution, f)), for_json(r.category));
  if (!r.references.empty()) out.add(", \"helpUri\": {}", for_json(r.references.front()));
  out += "}";
  return out;
}

Text result(const Finding& f, std::size_t index) {
  const Words state = !f.trend ? Words("") : is_new(f) ? Words(", \"baselineState\": \"new\"") : Words(", \"baselineState\": \"unchanged\"");
  return markup<Json>(
      "\n     {{\"ruleId\": {}, \"ruleIndex\": {}, \"level\": \"{}\", \"message\": {{\"text\": {}}}, \"occurrenceCount\": {}{},\n      "
      "\"locations\": [{}], \"partialFingerprints\": {{\"rule/v1\": {}}},\n      \"properties\": {{\"explainedBy\": {}}}}}",
      for_json(f.rule->id), index, level_of(f.rule->severity), for_json(f.rule->title + " (" + times(f.count) + ")"), f.count, state,
      location(f.evidence), for_json(f.rule->id), for_json(f.explained_by));
}

Text result(const Unknown& u) {
  return markup<Json>(
      "\n     {{\"ruleId\": \"unknown-error\", \"level\": \"warning\", \"message\": {{\"text\": {}}}, \"occurrenceCount\": {},\n      "
      "\"locations\": [{}]}}",
      for_json(u.pattern), u.count, location(u.evidence));
}

}  // namespace

std::string render_sarif(const Report& report, const RenderOptions& options) {
  Text rules, results;
  std::size_t index = 0;
  for (const Finding& finding : report.findings) {
    if (index) rules += ",", results += ",";
    rules += rule(finding);
    results += result(finding, index++);
  }
  for (const Unknown& unknown : report.unknowns) {
    if (!results.empty()) results += ",";
    results += result(unknown);
  }
  Text out;
  out.add("{{\"$schema\": \"https://json.schemastore.org/sarif-2.1.0.json\", \"version\": \"2.1.0\",\n \"runs\": [\n  "
          "{{\"tool\": {{\"driver\": {{\"name\": \"logfix\", \"version\": {}, \"rules\": [{}]}}}},\n   \"results\": [{}],\n   "
          "\"properties\": {{\"ruleSet\": {}, \"percentExplained\": {:.1f}, \"redacted\": {}}}}}]}}\n",
          for_json(options.version), rules, results, for_json(report.rule_set), percent_explained(report.stats),
          report.is_redacted ? Words("true") : Words("false"));
  return std::move(out).take();
}

}  // namespace logfix
