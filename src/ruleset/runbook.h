// A runbook that was not written for logfix to rules.
#pragma once

#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "ruleset/load.h"

namespace logfix {

/// True if the text is no rule file: it has no front matter of one, and no example blocks.
bool is_runbook(std::string_view text);

/// The entries of a runbook as rules: each heading with an error message (or issue, symptom, problem)
/// and a solution (fix, resolution), as bold labels or as headings below it. Messages are generalised;
/// one that says too little to be a signature is a warning, and so is an entry that has no other.
///
/// A book that `logfix book` bound says at its end, in a comment, how its entries are found: those have
/// the signatures of the rules that they were made of.
std::vector<Rule> parse_runbook(const RuleFile& file, Diagnostics& diagnostics);

}  // namespace logfix
