#include "match/template_match.h"

#include <re2/re2.h>

#include <random>

#include "catch.h"
#include "ruleset/load.h"

namespace logfix {
namespace {

// What the regex of a template finds: begin and end of the whole and of each capture.
std::vector<std::size_t> by_regex(const Signature& signature, bool ignores_case, const std::string& text) {
  re2::RE2::Options options(re2::RE2::Latin1);
  options.set_case_sensitive(!ignores_case);
  const re2::RE2 regex(signature.regex, options);
  REQUIRE(regex.ok());
  std::vector<re2::StringPiece> groups(signature.captures.size() + 1);
  if (!regex.Match(text, 0, text.size(), re2::RE2::UNANCHORED, groups.data(), static_cast<int>(groups.size())))
    return {};
  std::vector<std::size_t> spans;
  for (const re2::StringPiece& group : groups) {
    spans.push_back(static_cast<std::size_t>(group.data() - text.data()));
    spans.push_back(spans.back() + group.size());
  }
  return spans;
}

std::vector<std::size_t> by_hand(const Signature& signature, bool ignores_case, const std::string& text) {
  TemplateMatch match;
  const TemplateOutcome outcome = match_template(signature, ignores_case, text, match);
  if (outcome == TemplateOutcome::kNoMatch) return {};
  if (outcome == TemplateOutcome::kUndecided) return by_regex(signature, ignores_case, text);
  std::vector<std::size_t> spans = {match.whole.begin, match.whole.end};
  for (const auto& [begin, end] : match.captures) spans.insert(spans.end(), {begin, end});
  return spans;
}

TEST_CASE("a template matches by hand where its regex does, with the same captures") {
  const std::vector<std::string> kPieces = {
      "a", "b.", ": ", "ab", "1", "-2", "[::1]", "::", "fe80::1", "x_y", "x.y", "x..y", ".", "$",
      "/p/q", " ", "\t", "\n", "\v", "\"", "'", ",", "443", "A", "\xe9", std::string(1, '\0')};
  const std::vector<std::string> kPlaceholders = {
      "<_>", "<…>", "<v>", "<v:int>", "<v:word>", "<v:host>", "<v:port>", "<v:path>", "<v:ident>", "<v:rest>"};
  const unsigned seed = 20261125;
  CAPTURE(seed);
  std::mt19937 random(seed);
  const auto literal = [&] { return kPieces[random() % kPieces.size()]; };
  std::size_t matched = 0, compared = 0;
  for (int round = 0; round < 4000; ++round) {
    std::string text = literal();
    for (std::size_t i = random() % 4; i > 0; --i) {
      std::string placeholder = kPlaceholders[random() % kPlaceholders.size()];
      if (placeholder[1] == 'v') placeholder[1] = static_cast<char>('v' + i);
      text += placeholder;
      if (random() % 3) text += literal();
    }
    Diagnostics mistakes;
    const Signature signature = compile_template(text, {}, mistakes);
    const bool ignores_case = random() % 4 == 0;
    if (has_errors(mistakes) || !is_for_template_match(signature, ignores_case)) continue;
    for (int sample = 0; sample < 8; ++sample) {
      std::string log;
      for (std::size_t i = random() % 16; i > 0; --i) log += literal();
      // So that many match: the template itself, its placeholders replaced.
      for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '<' && text.find('>', at) != std::string::npos) {
          log += literal(), log += random() % 2 ? literal() : "";
          at = text.find('>', at);
        } else {
          log += text[at] == '\n' ? ' ' : text[at];
        }
      }
      for (std::size_t i = random() % 6; i > 0; --i) log += literal();
      CAPTURE(text, log, ignores_case);
      const auto expected = by_regex(signature, ignores_case, log);
      REQUIRE(by_hand(signature, ignores_case, log) == expected);
      matched += !expected.empty();
      ++compared;
    }
  }
  CHECK(compared > 10'000);
  CHECK(matched > compared / 5);
}

TEST_CASE("a template that takes long by hand is left to its regex") {
  Diagnostics mistakes;
  const Signature signature = compile_template("a<…>a<…>a<…>a<…>b", {}, mistakes);
  TemplateMatch match;
  CHECK(match_template(signature, false, std::string(2000, 'a'), match) == TemplateOutcome::kUndecided);
  CHECK(match_template(signature, false, "aaaab", match) == TemplateOutcome::kMatch);
  CHECK(match_template(signature, false, "aaab", match) == TemplateOutcome::kNoMatch);
}

}  // namespace
}  // namespace logfix
