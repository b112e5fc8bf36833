// The rule set of a run, ready to match.
#pragma once

#include "base/diagnostic.h"
#include "cli/options.h"
#include "match/matcher.h"
#include "ruleset/load.h"

namespace logfix {

/// The rules that the options name, or the built-in ones, and their matcher. Immutable.
///
/// Errors: mistakes in the rules are mistakes(), those that only a matcher can tell included; with an
///         error among them, matcher() is not to be used for logs.
class ActiveRules {
 public:
  explicit ActiveRules(const Options& options);
  ActiveRules(const ActiveRules&) = delete;  // the matcher refers to the rules

  const LoadedRules& loaded() const { return loaded_; }
  const RuleSet& set() const { return loaded_.rules; }
  const Matcher& matcher() const { return matcher_; }
  const Diagnostics& mistakes() const { return mistakes_; }

 private:
  const LoadedRules loaded_;
  const Matcher matcher_;
  Diagnostics mistakes_;
};

}  // namespace logfix
