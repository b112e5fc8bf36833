// What a Markdown document consists of, as far as a runbook needs it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace logfix {

/// One thing that a document holds, in its order. Offsets are bytes of the document.
struct Piece {
  enum class Kind {
    kHeading,  ///< text without marks
    kLabel,    ///< bold words at the begin of a line, or words with a colon behind them
    kText,     ///< a line of prose, without what is code
    kCode,     ///< inline code
    kBlock,    ///< a block of code
    kComment   ///< HTML
  };
  Kind kind;
  std::string text;
  std::size_t offset = 0;  ///< of the text
  int level = 0;           ///< of a heading
  std::string info = {};   ///< of a block
};

/// Reads CommonMark with tables (md4c). What stands in fences, comments and code is none of the
/// document's headings and labels.
std::vector<Piece> outline_of(std::string_view markdown);

}  // namespace logfix
