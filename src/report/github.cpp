// GitHub's annotations. A step shows ten of each kind: one per finding, and what is over in the last.

#include <array>
#include <vector>

#include "report/escape.h"
#include "report/phrases.h"
#include "report/report.h"

namespace logfix {
namespace {

using Text = Markup<Ci>;
constexpr std::size_t kShownPerStep = 10;
constexpr std::size_t kMaxMessage = 1000;

struct Annotation {
  const Evidence* evidence;
  Text title, message;
};

// One kind of annotation: error, warning or notice.
void write(Words kind, const std::vector<Annotation>& annotations, Text& out) {
  const bool has_more = annotations.size() > kShownPerStep;
  const std::size_t shown = has_more ? kShownPerStep - 1 : annotations.size();
  for (std::size_t i = 0; i < shown; ++i) {
    const Annotation& a = annotations[i];
    out.add("::{} file={},line={},title={}::{}\n", kind, for_ci_property(a.evidence->source), a.evidence->line, a.title, a.message);
  }
  if (has_more) out.add("::{} title=logfix::{} more; see the log of this step\n", kind, annotations.size() - shown);
}

Annotation annotation(const Finding& finding) {
  Text message = markup<Ci>("{} ({})", for_ci(finding.rule->title), for_ci(times(finding.count)));
  if (!finding.causes.empty()) message.add(", {}", for_ci(explained_by(finding)));
  message.add("%0A{}", for_ci(finding.evidence.text.part(0, std::min(kMaxMessage, finding.evidence.text.size()))));
  return {&finding.evidence, for_ci_property(finding.rule->id), std::move(message)};
}

}  // namespace

std::string render_github(const Report& report, const RenderOptions& options) {
  std::vector<Annotation> errors, warnings, notices;
  // Root causes first: what is over is left to the log.
  for (const bool is_symptom : {false, true}) {
    for (const Finding& finding : report.findings) {
      if (finding.explained_by.empty() == is_symptom) continue;
      const Level severity = finding.rule->severity;
      (severity >= Level::kError ? errors : severity == Level::kWarning ? warnings : notices).push_back(annotation(finding));
    }
  }
  for (const Unknown& unknown : report.unknowns)
    warnings.push_back({&unknown.evidence, Text("unknown error"), markup<Ci>("{} × {}", unknown.count, for_ci(unknown.pattern))});
  Text out;
  write("error", errors, out);
  write("warning", warnings, out);
  write("notice", notices, out);
  for (const Finding& finding : report.findings)
    out.add("logfix: {} {} × {}: {}\n", for_ci(level_name(finding.rule->severity)), finding.count, for_ci(finding.rule->id), for_ci(finding.rule->title));
  out.add("{}\n{}\n", for_ci(environment(report, options.version)), for_ci(closing(report)));
  for (const std::string& remark : remarks(report)) out.add("{}\n", for_ci(remark));
  return std::move(out).take();
}

}  // namespace logfix
