// How the entries of a bound book are found: the comment at its end.
#pragma once

#include <map>
#include <string>

#include "base/diagnostic.h"
#include "ruleset/load.h"

namespace logfix {

/// The comment for a rule set. Read back, it gives rules with the same id, severity, applies-to,
/// explains, ignore-case, fallback, unindexed, signatures, unless and when.
std::string bound_rules(const RuleSet& rules);

/// By id; empty if the file has no such comment. Mistakes in it are errors.
std::map<std::string, Rule> read_bound_rules(const RuleFile& file, Diagnostics& diagnostics);

}  // namespace logfix
