// Lines of a terminal: words set within its width.
#pragma once

#include <cstddef>
#include <optional>

#include "report/escape.h"

namespace logfix {

/// What a piece of text looks like; nothing without colours.
enum class Style { kPlain, kBold, kDim, kCritical, kError, kWarning, kInfo, kMark, kCode, kLink };

/// Sets text in lines. A word that is too long for a line is cut; blanks at a break are dropped.
class Layout {
 public:
  Layout(bool color, std::size_t width) : color_(color), width_(width < 30 ? 30 : width) {}

  bool color() const { return color_; }
  std::size_t width() const { return width_; }
  /// Lines as long as they get, for those that other programs read.
  void set_width(std::size_t width) { width_ = width; }

  /// Ends the line that is open, if any; the next ones begin with so many blanks.
  void line(std::size_t indent);
  /// Later lines of this paragraph begin with so many blanks.
  void hang(std::size_t indent) { indent_ = indent; }
  /// The paragraph goes on in a line of its own.
  void break_line() { line(indent_); }
  void blank_line();
  /// Words, with or without blanks between.
  void words(const Markup<Terminal>& text, Style style = Style::kPlain);
  void words(Words text, Style style = Style::kPlain) { words(Markup<Terminal>(text), style); }
  /// As it is, however long: a command to be copied.
  void verbatim(const Markup<Terminal>& text, Style style = Style::kPlain);

  std::string take();

 private:
  void put(const Markup<Terminal>& text, Style style);
  void word(Markup<Terminal> text, Style style);

  bool color_;
  std::size_t width_;
  std::size_t indent_ = 0, column_ = 0;
  bool is_open_ = false, has_word_ = false, wants_blank_ = false;
  Markup<Terminal> out_;
};

}  // namespace logfix
