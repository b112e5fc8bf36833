#include "report/layout.h"

#include "base/visible.h"

namespace logfix {
namespace {

Words code_of(Style style) {
  switch (style) {
    case Style::kPlain: return "";
    case Style::kBold: return "1";
    case Style::kDim: return "2";
    case Style::kCritical: return "1;31";
    case Style::kError: return "31";
    case Style::kWarning: return "33";
    case Style::kInfo: return "34";
    case Style::kMark: return "1;4;31";
    case Style::kCode: return "36";
    case Style::kLink: return "4";
  }
  return "";
}

}  // namespace

void Layout::line(std::size_t indent) {
  if (is_open_) out_ += "\n";
  is_open_ = true;
  has_word_ = wants_blank_ = false;
  indent_ = column_ = indent;
  for (std::size_t i = 0; i < indent; ++i) out_ += " ";
}

void Layout::blank_line() {
  if (is_open_) out_ += "\n";
  is_open_ = false;
  out_ += "\n";
}

void Layout::words(const Markup<Terminal>& text, Style style) {
  const std::string_view bytes = text.text();
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t end = std::min(bytes.find(' ', at), bytes.size());
    if (end > at) word(text.piece(at, end - at), style);
    if (end < bytes.size()) wants_blank_ = true;
    at = end + 1;
  }
}

void Layout::word(Markup<Terminal> text, Style style) {
  const std::size_t columns = columns_of(text.text());
  const bool needs_blank = wants_blank_ && has_word_;
  if (has_word_ && needs_blank && column_ + 1 + columns > width_) {
    line(indent_);
  } else if (needs_blank) {
    out_ += " ";
    ++column_;
  }
  wants_blank_ = false;
  if (!has_word_) text = at_line_head(text);
  while (column_ + columns_of(text.text()) > width_) {
    const std::size_t room = width_ > column_ ? width_ - column_ : 0;
    const std::size_t size = bytes_within(text.text(), room);
    if (size == 0 && column_ <= indent_) break;
    put(text.piece(0, size), style);
    text = at_line_head(text.piece(size, text.size()));
    line(indent_);
  }
  put(text, style);
}

void Layout::put(const Markup<Terminal>& text, Style style) {
  if (text.empty()) return;
  if (color_ && style != Style::kPlain) {
    out_.add("\x1b[{}m{}\x1b[0m", code_of(style), text);
  } else {
    out_ += text;
  }
  column_ += columns_of(text.text());
  has_word_ = true;
}

void Layout::verbatim(const Markup<Terminal>& text, Style style) {
  if (std::exchange(wants_blank_, false) && has_word_) out_ += " ", ++column_;
  put(text, style);
}

std::string Layout::take() {
  if (is_open_) out_ += "\n";
  is_open_ = false;
  return std::move(out_).take();
}

}  // namespace logfix
