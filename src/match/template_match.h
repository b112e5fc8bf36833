// Matches templates by comparing, without a regex engine.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "ruleset/rule.h"

namespace logfix {

/// Where a template matched: the whole, and its captures in their order.
struct TemplateMatch {
  struct Span {
    std::size_t begin = 0, end = 0;
  };
  Span whole;
  std::vector<Span> captures;
};

enum class TemplateOutcome { kMatch, kNoMatch, kUndecided };

/// True if match_template() takes signatures like this one.
bool is_for_template_match(const Signature& signature, bool ignores_case);

/// The leftmost match of a template, the same as that of its regex: captures take the shortest text
/// up to what follows, typed ones the longest.
///
/// Errors:   kUndecided if it would take long (many gaps, a long line of what nearly matches): ask
///           the regex, which takes linear time for anything.
/// Cost:     about that of searching for the first literal.
TemplateOutcome match_template(const Signature& signature, bool ignores_case, std::string_view text,
                               TemplateMatch& match);

}  // namespace logfix
