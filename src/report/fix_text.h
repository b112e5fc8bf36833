// The values of a log in the Markdown of a fix.
#pragma once

#include <string>
#include <string_view>

#include "findings/finding.h"

namespace logfix {

/// `markdown` with its {{placeholders}} filled from the most frequent variant: as one shell word in
/// a bash block, as an identifier in an sql block, escaped in prose. A value that is missing or
/// can't stand there safely becomes its default, or `<name>`.
std::string fill(std::string_view markdown, const Finding& finding);

}  // namespace logfix
