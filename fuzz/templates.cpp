// A template against its regex: the same matches, the same captures.
#include <re2/re2.h>

#include <optional>

#include "base/text.h"
#include "fuzz.h"
#include "match/template_match.h"
#include "ruleset/load.h"

namespace logfix {
namespace {

using Spans = std::vector<std::size_t>;

std::string told(const Spans& spans) {
  std::string out;
  for (std::size_t n : spans) out += std::to_string(n) + " ";
  return out;
}

Spans by_regex(const Signature& signature, bool ignores_case, std::string_view text) {
  re2::RE2::Options options(re2::RE2::Latin1);
  options.set_case_sensitive(!ignores_case);
  options.set_log_errors(false);
  const re2::RE2 regex(signature.regex, options);
  fuzz::require(regex.ok(), "the regex of a template is one", signature.regex);
  std::vector<re2::StringPiece> groups(signature.captures.size() + 1);
  Spans spans;
  if (!regex.Match({text.data(), text.size()}, 0, text.size(), re2::RE2::UNANCHORED, groups.data(),
                   static_cast<int>(groups.size())))
    return spans;
  for (const re2::StringPiece& group : groups) {
    spans.push_back(static_cast<std::size_t>(group.data() - text.data()));
    spans.push_back(spans.back() + group.size());
  }
  return spans;
}

// Nothing if it is left to the regex.
std::optional<Spans> by_hand(const Signature& signature, bool ignores_case, std::string_view text) {
  TemplateMatch match;
  const TemplateOutcome outcome = match_template(signature, ignores_case, text, match);
  if (outcome == TemplateOutcome::kUndecided) return {};
  Spans spans;
  if (outcome == TemplateOutcome::kNoMatch) return spans;
  spans = {match.whole.begin, match.whole.end};
  for (const auto& [begin, end] : match.captures) spans.insert(spans.end(), {begin, end});
  return spans;
}

}  // namespace
}  // namespace logfix

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace logfix;
  fuzz::Input input(data, size);
  const bool ignores_case = input.byte() % 4 == 3;
  const std::string_view text = input.until("\n====\n");
  Diagnostics mistakes;
  const Signature signature = compile_template(text, {}, mistakes);
  if (has_errors(mistakes) || text.size() > 500) return 0;
  const Spans expected = by_regex(signature, ignores_case, input.rest());
  if (!expected.empty()) {
    const std::string whole = lowered(input.rest().substr(expected[0], expected[1] - expected[0]));
    for (const std::string& literal : signature.literals)
      fuzz::require(whole.find(lowered(literal)) != std::string::npos, "a match holds all literals", literal);
  }
  if (!is_for_template_match(signature, ignores_case)) return 0;
  if (const auto found = by_hand(signature, ignores_case, input.rest()))
    fuzz::require_same(told(*found), told(expected), "a template matches by hand where its regex does");
  return 0;
}
