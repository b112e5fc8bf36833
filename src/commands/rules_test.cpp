#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>

#include "base/text.h"
#include "commands/commands.h"
#include "commands/output.h"
#include "commands/rule_scope.h"
#include "examples.h"
#include "report/escape.h"
#include "wrappings.h"

namespace logfix {
namespace {

using Lines = std::vector<std::string>;

std::string capture_of(std::string_view name, const LogText& value) {
  const std::string_view quote = value.untrusted().find(' ') == std::string_view::npos ? "" : "\"";
  return fmt::format(" {}={}{}{}", name, quote, shown(value), quote);
}

// A line for each finding: its rule and captures, and how often if more than once.
Lines findings_of(std::string_view text, const Matcher& matcher, bool slow) {
  Lines lines;
  for (const Finding& finding : scan_text(text, matcher, slow).findings) {
    if (finding.variants.empty()) lines.push_back(finding.rule->id);  // it captures nothing
    for (const Variant& variant : finding.variants) {
      std::string& line = lines.emplace_back(finding.rule->id);
      for (const auto& [name, value] : variant.captures) line += capture_of(name, LogText(std::string(value.untrusted())));
      if (variant.count > 1) line += fmt::format(" (×{})", variant.count);
    }
  }
  return lines;
}

// `wanted` and `found` line by line: `-` is missing, `+` is there and should not be.
std::string difference(const Lines& wanted, const Lines& found) {
  const auto has = [](const Lines& lines, const std::string& line) {
    return std::find(lines.begin(), lines.end(), line) != lines.end();
  };
  const bool same_lines = std::is_permutation(wanted.begin(), wanted.end(), found.begin(), found.end());
  std::string out;
  for (const std::string& line : wanted)
    out += fmt::format("      {} {}\n", has(found, line) && !same_lines ? ' ' : '-', line);
  for (const std::string& line : found)
    if (!has(wanted, line) || same_lines) out += fmt::format("      + {}\n", line);
  if (found.empty()) out += "        (nothing is found)\n";
  return out;
}

class Tester {
 public:
  explicit Tester(const Matcher& matcher) : matcher_(matcher) {}

  void test_example(const Rule& rule, const Example& example) {
    // As it stands, every rule tried on every line: what all the rest is compared with.
    const Lines plain = findings_of(example.text, matcher_, true);
    if (plain.empty() || !is_of(plain.front(), rule)) {
      std::string wanted = rule.id;
      for (const auto& [name, value] : example.captures) wanted += capture_of(name, LogText(value));
      const bool is_there = std::any_of(plain.begin(), plain.end(), [&](const std::string& line) { return is_of(line, rule); });
      tell(example, "example", is_there ? "not found first" : "not found", difference({wanted}, plain));
    }
    in_every_wrapping(example, "example", [&](const Lines& found) {
      return found == plain ? std::string() : difference(plain, found);
    });
  }

  void test_near_miss(const Rule& rule, const Example& near_miss) {
    in_every_wrapping(near_miss, "near miss", [&](Lines found) {
      std::erase_if(found, [&](const std::string& line) { return !is_of(line, rule); });
      return found.empty() ? std::string() : difference({}, found);
    });
  }

  std::size_t scans() const { return scans_; }
  std::size_t failures() const { return failures_; }
  const std::string& out() const { return out_; }

 private:
  static bool is_of(const std::string& line, const Rule& rule) {
    return line == rule.id || line.starts_with(rule.id + ' ');
  }

  // `differs` gives what is wrong with the findings, if anything is; the same in several wrappings is
  // told once.
  void in_every_wrapping(const Example& example, std::string_view kind,
                         const std::function<std::string(const Lines&)>& differs) {
    std::map<std::string, Lines> wrong;  // names of wrappings by difference
    for (const auto& [name, wrap] : wrappings()) {
      const std::string how = differs(findings_of(wrapped(example.text, wrap), matcher_, false));
      if (!how.empty()) wrong[how].push_back(name);
      ++scans_;
    }
    for (const auto& [how, names] : wrong) {
      const std::string where = names.size() == wrappings().size()
                                    ? std::string("in every wrapping")
                                    : fmt::format("in {}", fmt::join(names, ", "));
      tell(example, kind, where, how);
      failures_ += names.size() - 1;
    }
  }

  void tell(const Example& example, std::string_view kind, std::string_view where, const std::string& difference) {
    ++failures_;
    out_ += fmt::format("{}:{}: {}, {}:\n    {}\n{}", example.place.file, example.place.line, kind, where,
                        shown(LogText(example.text.substr(0, example.text.find('\n')))), difference);
  }

  const Matcher& matcher_;
  std::size_t scans_ = 0, failures_ = 0;
  std::string out_;
};

}  // namespace

ExitCode test_rules(const Options& options) {
  const RuleScope scope(options);
  if (report_mistakes(scope.only(scope.rules().mistakes())) != ExitCode::kOk) return ExitCode::kUsage;
  Tester tester(scope.rules().matcher());
  std::size_t examples = 0, near_misses = 0;
  for (const Rule& rule : scope.rules().set().rules) {
    if (!scope.holds(rule.place.file)) continue;
    for (const Example& example : rule.examples) tester.test_example(rule, example), ++examples;
    for (const Example& near_miss : rule.near_misses) tester.test_near_miss(rule, near_miss), ++near_misses;
  }
  const ExitCode written = write_out(fmt::format(
      "{}{} examples and {} near misses in {} wrappings: {}\n", tester.out(), examples, near_misses,
      wrappings().size(),
      tester.failures() == 0 ? "all as they should be" : fmt::format("{} of {} differ", tester.failures(), tester.scans())));
  return tester.failures() > 0 ? ExitCode::kUsage : written;
}

}  // namespace logfix
