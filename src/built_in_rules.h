// The default rule set, in the binary.
#pragma once

#include "ruleset/rule.h"

namespace logfix {

/// The rules below rules/ as they were when logfix was built.
RuleSet built_in_rules(bool with_examples);

}  // namespace logfix
