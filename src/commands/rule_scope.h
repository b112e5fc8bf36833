// The rules that a command is asked about, among those that they belong with.
#pragma once

#include <string>
#include <vector>

#include "active_rules.h"
#include "cli/options.h"

namespace logfix {

/// A rule file or a folder of a category stands in a rule set: what it explains, and who else claims
/// its examples, only the whole set can tell. So `rules check rules/database/x.md` loads rules/, and
/// tells about x.md.
class RuleScope {
 public:
  explicit RuleScope(const Options& options);

  const ActiveRules& rules() const { return rules_; }
  /// Whether the file was asked about.
  bool holds(const std::string& file) const;
  /// Those of the files that were asked about, by file and line.
  Diagnostics only(Diagnostics diagnostics) const;

 private:
  std::vector<std::string> asked_;  // canonical
  ActiveRules rules_;
};

}  // namespace logfix
