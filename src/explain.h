// What logfix sees in a log, and why a rule matches or doesn't: for people who debug one.
#pragma once

#include <string>

#include "cli/options.h"
#include "match/matcher.h"

namespace logfix {

/// Describes every record of the options' files (or standard input): its lines with their envelopes
/// and whether the literal scan would have looked at them, its fields, and each rule of which a
/// signature matches. Redacted and safe to print. What can't be read is named in the text.
std::string explain_all(const Options& options, const Matcher& matcher);

}  // namespace logfix
