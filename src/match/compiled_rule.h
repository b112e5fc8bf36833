// A rule with the patterns of its signatures.
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "match/pattern.h"
#include "record/record.h"

namespace logfix {

/// A signature of a rule, by its place in both.
struct SignatureIndex {
  std::uint32_t rule, signature;
  auto operator<=>(const SignatureIndex&) const = default;
};

/// A rule alone: which ones are tried, and which give way to others, is the Matcher's.
///
/// Lifetime: the rule outlives it.
/// Errors:   signatures that could not be evaluated are counted. Threads: any number.
struct CompiledRule {
  const Rule* rule;
  std::uint32_t index;  ///< in the rule set
  std::vector<std::unique_ptr<Pattern>> signatures, unless;

  /// Appends all its signatures.
  void add_all(std::vector<SignatureIndex>& indices) const;
  /// Tries some of its signatures: all that may match, in their order.
  std::optional<Match> match(std::span<const SignatureIndex> tried, bool slow, std::string_view text,
                             std::uint64_t& not_evaluated) const;
  /// What keeps it from a record that it matches: a signature of `unless`, a condition of `when`. With the text in
  /// lower case, signatures that lack a piece in it are not tried.
  const Signature* find_veto(std::string_view text, const std::string* lowered = nullptr) const;
  const Condition* find_narrowing(const Record& record) const;
  /// A match that nothing keeps it from. `lowered`: the record's text in lower case, for the fast path.
  std::optional<Match> verify(std::span<const SignatureIndex> tried, const Record& record, const std::string* lowered,
                              std::uint64_t& not_evaluated) const;
};

/// In the order of the rule set, with the atoms of their signatures.
///
/// Errors:   signatures that RE2 refuses, that cost too much or have no atom are diagnostics.
/// Cost:     that of compiling each regex whose atoms were not found before; none of a template.
std::vector<CompiledRule> compile_rules(const RuleSet& rules, Diagnostics& diagnostics);

}  // namespace logfix
