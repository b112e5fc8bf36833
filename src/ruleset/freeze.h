// Rule sets as bytes: what is built in is not parsed at each start.
#pragma once

#include <string>
#include <string_view>

#include "ruleset/rule.h"

namespace logfix {

std::string freeze(const RuleSet& rules);

/// The rule set that freeze() was given. Other bytes are a bug of the caller.
/// Cost: a microsecond or two a rule.
RuleSet thaw(std::string_view bytes);

}  // namespace logfix
