// One signature, ready to be tried on a text.
#pragma once

#include <algorithm>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/text.h"
#include "match/match.h"
#include "ruleset/rule.h"

namespace re2 {
class RE2;
}

namespace logfix {

/// A template is compared by hand where that gives the same as its regex, and takes less time.
///
/// Use:      construct, set_atoms() if it has some; then ask from any number of threads.
/// Lifetime: the signature outlives it.
/// Errors:   a regex that RE2 refuses matches nothing; refusal() says why.
/// Cost:     the regex is compiled when first needed: most are never tried.
class Pattern {
 public:
  Pattern(const Signature& signature, bool ignores_case);
  ~Pattern();

  const Signature& signature() const { return signature_; }
  /// What RE2 says against the regex; empty if it takes it.
  const std::string& refusal() const;
  /// The size of the program that RE2 makes of the regex.
  int instructions() const;

  void set_atoms(Atoms atoms);
  const Atoms& atoms() const { return atoms_; }
  /// False if the pattern can't match a text, given in lower case: a piece of each match is not in it.
  bool has_all_pieces(std::string_view lowered_text) const {
    return std::all_of(atoms_.all_of.begin(), atoms_.all_of.end(),
                       [&](const std::string& piece) { return contains(lowered_text, piece); });
  }

  /// True if the regex matches.
  bool matches(std::string_view text) const;
  /// False if it matches no part of a line, for sure.
  bool may_match_part_of(std::string_view line) const;
  /// Adds what it captures in a text to the match of `rule`, or makes one; the first wording of a capture
  /// counts. `slow`: by the regex. False if it was not evaluated, as its program would not fit RE2's budget.
  bool find(std::string_view text, bool slow, const Rule& rule, std::optional<Match>& match) const;

 private:
  const re2::RE2& regex() const;
  bool find_by_hand(std::string_view text, const Rule& rule, std::optional<Match>& match) const;
  void find_by_regex(std::string_view text, const Rule& rule, std::optional<Match>& match) const;

  const Signature& signature_;
  const bool ignores_case_;
  const bool is_by_hand_;  // match_template() takes it
  const bool is_local_;    // what matches a part of a line matches the line
  Atoms atoms_;
  mutable std::once_flag once_;
  mutable std::unique_ptr<re2::RE2> regex_;
};

}  // namespace logfix
