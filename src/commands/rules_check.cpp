#include <fmt/format.h>

#include <algorithm>

#include "commands/commands.h"
#include "commands/output.h"
#include "commands/rule_scope.h"
#include "examples.h"
#include "ruleset/lint.h"

namespace logfix {
namespace {

// An example is there to be found as its own rule, not as a symptom or in the shadow of another.
void check_claims(const ActiveRules& rules, Diagnostics& diagnostics) {
  for (const Rule& rule : rules.set().rules) {
    for (const Example& example : rule.examples) {
      const Report report = scan_text(example.text, rules.matcher(), true);
      if (report.findings.empty() || report.findings.front().rule == &rule) continue;
      const std::string& first = report.findings.front().rule->id;
      diagnostics.push_back(at_example(
          example, "W204", fmt::format("the rule `{}` claims the example first", first),
          fmt::format("make one of the two narrower, or say which explains the other; `logfix rules show {}`",
                      first)));
      diagnostics.back().kind = Diagnostic::Kind::kWarning;
    }
  }
}

}  // namespace

ExitCode check_rules(const Options& options) {
  const RuleScope scope(options);
  const ActiveRules& rules = scope.rules();
  Diagnostics mistakes = rules.mistakes();
  for (Diagnostics more : {check_examples(rules.set(), rules.matcher()), lint(rules.set())})
    std::move(more.begin(), more.end(), std::back_inserter(mistakes));
  check_claims(rules, mistakes);
  mistakes = scope.only(std::move(mistakes));

  const bool is_wrong = report_mistakes(mistakes) != ExitCode::kOk;
  const auto errors = std::count_if(mistakes.begin(), mistakes.end(), [](const Diagnostic& d) {
    return d.kind == Diagnostic::Kind::kError;
  });
  const auto warnings = static_cast<std::ptrdiff_t>(mistakes.size()) - errors;
  const auto& all = rules.set().rules;
  const auto count = std::count_if(all.begin(), all.end(), [&](const Rule& r) { return scope.holds(r.place.file); });
  const ExitCode written = write_out(
      fmt::format("{}, {}, {}\n", counted(static_cast<std::uint64_t>(count), "rule"),
                  counted(static_cast<std::uint64_t>(errors), "error"),
                  counted(static_cast<std::uint64_t>(warnings), "warning")));
  return is_wrong || (options.strict && warnings > 0) ? ExitCode::kUsage : written;
}

}  // namespace logfix
