// The literals without which a signature can't match.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "match/literal_scan.h"
#include "ruleset/rule.h"

namespace logfix {

/// The atoms of a template are its literal runs; those of a regex come from RE2.
Atoms atoms_of(const Signature& signature, bool ignores_case);

/// The character that an atom such as `u003e` is the escape of; -1 for other atoms. Where it stands,
/// is_in_run() must hold too.
int escaped_character(std::string_view atom);
/// True if the escape of `c` at `at` has another `c` beside it, escaped or not.
bool is_in_run(std::string_view text, std::size_t at, char c);

/// Sets Signature::atoms of all signatures, so that a Matcher need not ask.
void find_atoms(RuleSet& rules);

/// False if a match of the regex may take in a line feed, or if that is not sure.
bool stays_in_line(std::string_view regex);

/// True unless the regex matches a text whenever it matches a part of it: `^`, `$`, `\b` and the like
/// look at what is beside the match.
bool looks_around(std::string_view regex);

/// The longest piece of `text` that every JSON encoder writes as it is.
std::string_view safe_piece(std::string_view text);

}  // namespace logfix
