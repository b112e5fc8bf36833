// The rule set bound into a book: TROUBLESHOOTING.md.
#pragma once

#include <string>
#include <string_view>

#include "ruleset/rule.h"

namespace logfix {

/// Markdown with a table of contents, a chapter for each category, and an entry for each rule, by
/// title; `appendix` at the end. A placeholder reads `<name>`. Pure; the same rules give the same bytes.
std::string render_book(const RuleSet& rules, std::string_view appendix);

}  // namespace logfix
