// The Markdown of a rule as a tree, with the values of a log in it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "findings/finding.h"

namespace logfix {

/// A block or a piece of a line. Values get in after the parsing, so they can't change its shape.
struct FixNode {
  enum class Kind { kRoot, kParagraph, kHeading, kList, kNumberedList, kItem, kCodeBlock, kQuote, kRule, kTable, kRow,
                    kText, kValue, kCode, kStrong, kEmphasis, kLink, kBreak };
  Kind kind = Kind::kRoot;
  RedactedText text;             ///< of text, values, code and code blocks
  std::string url;               ///< of a link: http, https or mailto; else empty
  std::size_t first_number = 1;  ///< of a numbered list
  std::vector<FixNode> children;
};

FixNode fix_tree(std::string_view markdown, const Finding& finding);

}  // namespace logfix
