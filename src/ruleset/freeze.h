// Rule sets as bytes: what is built in is not parsed at each start.
#pragma once

#include <string>
#include <string_view>

#include "ruleset/rule.h"

namespace logfix {

std::string freeze(const RuleSet& rules);

/// The rule set that freeze() was given; a scan does not need its examples. Other bytes are a bug of the
/// caller.
/// Cost: some microseconds a rule.
RuleSet thaw(std::string_view bytes, bool with_examples);

}  // namespace logfix
