// What is wrong with something that a person wrote: a rule, an option, a setting.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace logfix {

/// One mistake, with the place to mend. `line` and `column` are 1-based, in bytes; 0 if the
/// mistake has no place (a missing file).
struct Diagnostic {
  enum class Kind { kError, kWarning };
  Kind kind = Kind::kError;
  std::string code;         ///< stable, such as "E012"
  std::string message;      ///< one sentence, no full stop
  std::string file;
  std::size_t line = 0;
  std::size_t column = 0;
  std::string source_line;  ///< the line that it stands in, without its end
  std::string hint;         ///< how to mend it; may be empty
};

using Diagnostics = std::vector<Diagnostic>;

bool has_errors(const Diagnostics& diagnostics);

/// `file:line:column: error: message [code]`, the source line, a caret, the hint; ends in a line
/// feed. Made visible: what a person wrote may be a pasted attack.
std::string render(const Diagnostic& diagnostic);

/// Where the lines of a text begin, for the places of many diagnostics. The text outlives it.
class LineIndex {
 public:
  /// No more of a line than this is shown, and kept for each place in it.
  static constexpr std::size_t kShownBytes = 400;

  explicit LineIndex(std::string_view text);
  /// The line and column of the byte at `offset`, and that line.
  Diagnostic locate(Diagnostic diagnostic, std::size_t offset) const;

 private:
  std::string_view text_;
  std::vector<std::size_t> begins_;
};

}  // namespace logfix
