// Records to matches: literal scan, then RE2.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "match/match.h"
#include "record/record.h"

namespace logfix {

/// A rule set, compiled for matching. Immutable but for RE2's own caches, which are thread-safe.
///
/// Errors:   signatures that RE2 refuses or that have no literal to search for are diagnostics().
/// Cost:     patterns are compiled when first tried.
class Matcher {
 public:
  explicit Matcher(const RuleSet& rules);
  ~Matcher();
  const Diagnostics& diagnostics() const;

  /// Offsets in `block` of bytes whose line may hold something: an atom of a signature, a level
  /// word of an error, a crash, an escape or a colour that could hide one, a split message.
  /// Ascending, at most a few for a line. `block` consists of whole lines.
  void find_candidates(std::string_view block, std::vector<std::size_t>& offsets) const;

  /// Learns from a piece of the input which parts of the atoms are rare in it: what follows is found
  /// faster, and the same. Only the first call does it.
  void tune(std::string_view sample) const;

  /// The rules that match a record, after `unless`, `when`, `explains` and `fallback`; in the order
  /// of the rule set. Slow: every signature is tried, whatever the literal scan says.
  std::vector<Match> match(const Record& record, bool slow, std::uint64_t& not_evaluated) const;

  /// Every rule whose literals stand in a record, and what became of it.
  enum class Outcome { kMatches, kVetoed, kNarrowed, kGivesWay, kNoMatch };
  struct Verdict {
    Match match;
    Outcome outcome = Outcome::kMatches;
    std::string because;  ///< the veto, the condition, the rule that it gives way to, or the literal
  };
  std::vector<Verdict> explain(const Record& record) const;

  /// The match of one rule of the set in a record, whatever other rules match. By the slow path.
  std::optional<Match> match_rule(const Rule& rule, const Record& record) const;

 private:
  struct Compiled;
  std::unique_ptr<Compiled> compiled_;
};

}  // namespace logfix
