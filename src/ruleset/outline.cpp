#include "ruleset/outline.h"

#include <md4c.h>

#include <algorithm>

#include "base/text.h"

namespace logfix {
namespace {

class OutlineReader {
 public:
  explicit OutlineReader(std::string_view markdown) : markdown_(markdown) {}

  std::vector<Piece> read() {
    MD_PARSER parser{};
    parser.flags = MD_FLAG_TABLES | MD_FLAG_TASKLISTS | MD_FLAG_STRIKETHROUGH;
    parser.enter_block = [](MD_BLOCKTYPE type, void* detail, void* self) { return of(self).enter(type, detail), 0; };
    parser.leave_block = [](MD_BLOCKTYPE type, void*, void* self) { return of(self).leave(type), 0; };
    parser.enter_span = [](MD_SPANTYPE type, void*, void* self) { return of(self).enter(type), 0; };
    parser.leave_span = [](MD_SPANTYPE type, void*, void* self) { return of(self).leave(type), 0; };
    parser.text = [](MD_TEXTTYPE type, const MD_CHAR* text, MD_SIZE size, void* self) {
      return of(self).add(type, {text, size}), 0;
    };
    md_parse(markdown_.data(), static_cast<MD_SIZE>(markdown_.size()), &parser, this);
    return std::move(pieces_);
  }

 private:
  using Kind = Piece::Kind;
  static OutlineReader& of(void* self) { return *static_cast<OutlineReader*>(self); }

  void enter(MD_BLOCKTYPE type, void* detail) {
    is_open_ = false;
    is_line_begin_ = true;
    if (type == MD_BLOCK_H) open(Kind::kHeading).level = static_cast<int>(static_cast<MD_BLOCK_H_DETAIL*>(detail)->level);
    if (type == MD_BLOCK_HTML) open(Kind::kComment);
    if (type != MD_BLOCK_CODE) return;
    const MD_ATTRIBUTE& info = static_cast<MD_BLOCK_CODE_DETAIL*>(detail)->info;
    open(Kind::kBlock).info = info.text ? std::string(info.text, info.size) : std::string();
  }
  void leave(MD_BLOCKTYPE) {
    is_open_ = false;
    is_line_begin_ = true;
  }

  bool is_inside(Kind kind) const { return is_open_ && pieces_.back().kind == kind; }
  bool holds_all() const { return is_inside(Kind::kHeading) || is_inside(Kind::kBlock) || is_inside(Kind::kComment); }

  void enter(MD_SPANTYPE type) {
    if (holds_all()) return;
    if (type == MD_SPAN_STRONG && is_line_begin_) open(Kind::kLabel);
    if (type == MD_SPAN_CODE && !is_inside(Kind::kLabel)) open(Kind::kCode);
    is_line_begin_ = false;
  }
  void leave(MD_SPANTYPE type) {
    if (!holds_all() && (type == MD_SPAN_STRONG || type == MD_SPAN_CODE) &&
        !(type == MD_SPAN_CODE && is_inside(Kind::kLabel)))
      is_open_ = false;
  }

  void add(MD_TEXTTYPE type, std::string_view text) {
    const bool is_break = type == MD_TEXT_SOFTBR || type == MD_TEXT_BR;
    if (is_break && !holds_all()) {
      is_open_ = false;
      is_line_begin_ = true;
      return;
    }
    if (is_break) text = " ";
    if (type == MD_TEXT_ENTITY) text = text == "&lt;" ? "<" : text == "&gt;" ? ">" : text == "&amp;" ? "&" : text == "&quot;" ? "\"" : text;
    if (!is_open_) open(Kind::kText);
    Piece& piece = pieces_.back();
    if (!has_offset_ && is_of_document(text)) {
      piece.offset = static_cast<std::size_t>(text.data() - markdown_.data());
      has_offset_ = true;
    }
    piece.text += text;
    if (!trimmed(text).empty()) is_line_begin_ = false;
  }

  bool is_of_document(std::string_view text) const {
    return std::greater_equal<>()(text.data(), markdown_.data()) &&
           std::less<>()(text.data(), markdown_.data() + markdown_.size());
  }

  Piece& open(Kind kind) {
    is_open_ = true;
    has_offset_ = false;
    const std::size_t here = pieces_.empty() ? 0 : pieces_.back().offset;
    return pieces_.emplace_back(Piece{kind, {}, here});
  }

  std::string_view markdown_;
  std::vector<Piece> pieces_;
  bool is_open_ = false, has_offset_ = false, is_line_begin_ = true;
};

}  // namespace

std::vector<Piece> outline_of(std::string_view markdown) {
  std::vector<Piece> pieces = OutlineReader(markdown).read();
  std::erase_if(pieces, [](const Piece& piece) { return trimmed(piece.text).empty(); });
  return pieces;
}

}  // namespace logfix
