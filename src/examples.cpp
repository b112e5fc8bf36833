#include "examples.h"

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "envelope/unwrap.h"
#include "findings/collector.h"
#include "record/assembler.h"
#include "source_scan.h"

namespace logfix {
namespace {

// The first match of a rule in the records of a text such as an example, before it gives way to others.
std::optional<Match> match_of(const Rule& rule, std::string_view text, const Matcher& matcher) {
  Unwrapper unwrapper;
  std::optional<Match> match;
  Assembler assembler(std::uint64_t{1} << 40, [&](Record& record) {
    if (!match) match = matcher.match_rule(rule, record);
  });
  std::uint64_t number = 0, offset = 0;
  for (std::string_view line : split_lines(text)) {
    for (const Entry& entry : unwrapper.unwrap(line))
      assembler.push(entry, {++number, offset, true});
    offset += line.size() + 1;
  }
  assembler.flush();
  return match;
}

void check_example(const Rule& rule, const Example& example, const Matcher& matcher,
                   Diagnostics& diagnostics) {
  const std::optional<Match> match = match_of(rule, example.text, matcher);
  if (!match) {
    diagnostics.push_back(at_example(example, "E201", "the example does not match its rule"));
    return;
  }
  for (const auto& [name, value] : example.captures) {
    const auto capture = std::find_if(match->captures.begin(), match->captures.end(),
                                      [&, &n = name](const auto& c) { return c.first == n; });
    const bool found = capture != match->captures.end();
    if (found && capture->second.untrusted() == value) continue;
    std::string is = found ? "is \"" + std::string(capture->second.untrusted()) + "\""
                           : std::string("is missing");
    diagnostics.push_back(
        at_example(example, "E202", "the capture " + name + " " + is + ", not \"" + value + "\""));
  }
}

}  // namespace

Diagnostic at_example(const Example& example, std::string code, std::string message, std::string hint) {
  const Place& place = example.place;
  return {Diagnostic::Kind::kError, std::move(code), std::move(message), place.file,
          place.line, place.column, place.source_line, std::move(hint)};
}

Report scan_text(std::string_view text, const Matcher& matcher, bool slow) {
  Collector collector;
  collector.begin_source("example");
  Stats stats;
  SourceScan scan(matcher, {slow, {}, {}}, stats, [&](const Record& record, const std::vector<Match>& matches) {
    collector.add(record, matches);
  });
  std::string whole(text);
  if (!whole.ends_with('\n')) whole += '\n';
  scan.push({whole, 0, 0, true, false});
  scan.finish();
  return collector.take_report(stats, {});
}

Diagnostics check_examples(const RuleSet& rules, const Matcher& matcher) {
  Diagnostics diagnostics;
  for (const Rule& rule : rules.rules) {
    for (const Example& example : rule.examples) check_example(rule, example, matcher, diagnostics);
    for (const Example& example : rule.near_misses) {
      if (match_of(rule, example.text, matcher))
        diagnostics.push_back(at_example(example, "E203", "the near miss matches the rule"));
    }
  }
  return diagnostics;
}

}  // namespace logfix
