// The values of a log in the Markdown of a fix.
#pragma once

#include <string>
#include <string_view>

#include "findings/finding.h"

namespace logfix {

/// `markdown` with its {{placeholders}} filled from the most frequent variant: as one shell word in
/// a bash block, as an identifier in an sql block, as a plain word or a code span in prose, percent-encoded
/// in a URL. A value that is missing or can't stand there safely becomes its default, or `<name>`.
std::string fill(std::string_view markdown, const Finding& finding);

/// What a placeholder stands in. kUnclear is prose in which a code span would not end where it should:
/// only a plain word may stand there.
/// kQuoted is a shell's code where quotes don't quote: only what needs none; kNowhere takes no value.
enum class FixTarget { kProse, kInlineCode, kUnclear, kUrl, kShell, kQuoted, kNowhere, kSql, kCode };
FixTarget target_of_fence(std::string_view info);

/// The same for code that stands in one target: not Markdown any more.
std::string fill_in(std::string_view code, FixTarget target, const Finding& finding);

/// The value of a placeholder of prose, without any escape: an attacker's.
struct FilledValue {
  enum class Kind { kValue, kDefault, kMissing };
  std::string text;
  Kind kind = Kind::kValue;
};
FilledValue value_for(std::string_view placeholder, const Finding& finding);

}  // namespace logfix
