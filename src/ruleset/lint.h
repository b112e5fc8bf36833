// What is wrong with a rule set although it loads.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/diagnostic.h"
#include "ruleset/rule.h"

namespace logfix {

/// Signatures that are too general, regexes where a template would do, too few examples or near
/// misses, references that can't be followed, circles of `explains`, fixes that are not written yet;
/// in the order of the rules. Pure.
Diagnostics lint(const RuleSet& rules);

/// True if the words of a signature say nothing about what is wrong (`error`, `request failed`), so
/// that it would match all kinds of records.
bool is_too_general(const Signature& signature);

/// True for words of any failure (`error`, `failed`) and words that only hold others together.
bool says_nothing(std::string_view word);

/// The template that matches what this RE2 pattern matches, if there is one.
std::optional<std::string> template_of_regex(std::string_view regex);

}  // namespace logfix
