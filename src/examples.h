// The examples of rules as small logs.
#pragma once

#include <string_view>

#include "base/diagnostic.h"
#include "findings/finding.h"
#include "match/matcher.h"

namespace logfix {

/// What a log of this text gives, as a scan of a file would report it.
Report scan_text(std::string_view text, const Matcher& matcher, bool slow);

/// Checks that the examples match their rules with the captures that they name, and that the near
/// misses don't, whatever other rules match.
Diagnostics check_examples(const RuleSet& rules, const Matcher& matcher);

/// A mistake that is told of an example.
Diagnostic at_example(const Example& example, std::string code, std::string message, std::string hint = {});

}  // namespace logfix
