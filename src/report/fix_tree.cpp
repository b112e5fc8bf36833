#include "report/fix_tree.h"

#include <md4c.h>

#include <utility>

#include "report/fix_text.h"

namespace logfix {
namespace {

using Kind = FixNode::Kind;

RedactedText as_is(std::string text) { return Redactor(false).redact(LogText(std::move(text))); }

bool is_safe_url(std::string_view url) {
  return url.starts_with("https://") || url.starts_with("http://") || url.starts_with("mailto:");
}

// md4c tells of the begin and the end of each part; the open ones are a stack.
class TreeBuilder {
 public:
  explicit TreeBuilder(const Finding& finding) : finding_(finding) { open_.push_back(&root_); }

  FixNode build(std::string_view markdown) {
    MD_PARSER parser{};
    parser.flags = MD_FLAG_NOHTML | MD_FLAG_TABLES | MD_FLAG_PERMISSIVEURLAUTOLINKS;
    parser.enter_block = [](MD_BLOCKTYPE type, void* detail, void* self) { return of(self).enter(type, detail), 0; };
    parser.leave_block = [](MD_BLOCKTYPE type, void*, void* self) { return of(self).leave(type), 0; };
    parser.enter_span = [](MD_SPANTYPE type, void* detail, void* self) { return of(self).enter(type, detail), 0; };
    parser.leave_span = [](MD_SPANTYPE, void*, void* self) { return of(self).leave_span(), 0; };
    parser.text = [](MD_TEXTTYPE type, const MD_CHAR* text, MD_SIZE size, void* self) {
      return of(self).text(type, std::string_view(text, size)), 0;
    };
    md_parse(markdown.data(), static_cast<MD_SIZE>(markdown.size()), &parser, this);
    return std::move(root_);
  }

 private:
  static TreeBuilder& of(void* self) { return *static_cast<TreeBuilder*>(self); }

  FixNode& open(Kind kind) {
    end_prose();
    FixNode& node = open_.back()->children.emplace_back();
    node.kind = kind;
    open_.push_back(&node);
    return node;
  }
  void close() {
    end_prose();
    open_.pop_back();
  }

  void enter(MD_BLOCKTYPE type, void* detail) {
    switch (type) {
      case MD_BLOCK_P: open(Kind::kParagraph); break;
      case MD_BLOCK_H: open(Kind::kHeading); break;
      case MD_BLOCK_UL: open(Kind::kList); break;
      case MD_BLOCK_OL: open(Kind::kNumberedList).first_number = static_cast<MD_BLOCK_OL_DETAIL*>(detail)->start; break;
      case MD_BLOCK_LI: open(Kind::kItem); break;
      case MD_BLOCK_QUOTE: open(Kind::kQuote); break;
      case MD_BLOCK_HR: open(Kind::kRule); break;
      case MD_BLOCK_TABLE: open(Kind::kTable); break;
      case MD_BLOCK_TR: open(Kind::kRow); break;
      case MD_BLOCK_TH:
      case MD_BLOCK_TD: open(Kind::kParagraph); break;
      case MD_BLOCK_CODE: {
        const MD_ATTRIBUTE& info = static_cast<MD_BLOCK_CODE_DETAIL*>(detail)->lang;
        code_target_ = target_of_fence(std::string_view(info.text, info.size));
        code_.clear();
        open(Kind::kCodeBlock);
        in_code_block_ = true;
        break;
      }
      default: break;
    }
  }
  void leave(MD_BLOCKTYPE type) {
    if (type == MD_BLOCK_CODE) {
      while (!code_.empty() && code_.back() == '\n') code_.pop_back();
      open_.back()->text = as_is(fill_in(code_, code_target_, finding_));
      in_code_block_ = false;
    }
    if (type != MD_BLOCK_DOC && type != MD_BLOCK_HTML && type != MD_BLOCK_THEAD && type != MD_BLOCK_TBODY) close();
  }

  void enter(MD_SPANTYPE type, void* detail) {
    switch (type) {
      case MD_SPAN_CODE: open(Kind::kCode); code_.clear(); break;
      case MD_SPAN_STRONG: open(Kind::kStrong); break;
      case MD_SPAN_A: {
        const MD_ATTRIBUTE& href = static_cast<MD_SPAN_A_DETAIL*>(detail)->href;
        const std::string url = fill_in(std::string_view(href.text, href.size), FixTarget::kUrl, finding_);
        open(Kind::kLink).url = is_safe_url(url) ? url : "";
        break;
      }
      default: open(Kind::kEmphasis); break;
    }
  }
  void leave_span() {
    if (open_.back()->kind == Kind::kCode) open_.back()->text = as_is(fill_in(code_, FixTarget::kInlineCode, finding_));
    close();
  }

  void text(MD_TEXTTYPE type, std::string_view text) {
    if (in_code_block_ || open_.back()->kind == Kind::kCode) {
      code_ += text;
    } else if (type == MD_TEXT_BR) {
      open(Kind::kBreak), close();
    } else {
      prose_ += type == MD_TEXT_SOFTBR ? " " : text;
    }
  }

  // md4c may cut text anywhere; placeholders are looked for in what stands together.
  void end_prose() {
    std::string whole = std::exchange(prose_, {});
    while (true) {
      const std::size_t begin = whole.find("{{"), end = whole.find("}}", begin == std::string::npos ? 0 : begin);
      if (begin == std::string::npos || end == std::string::npos) break;
      const FilledValue filled = value_for(std::string_view(whole).substr(begin + 2, end - begin - 2), finding_);
      add(Kind::kText, whole.substr(0, begin));
      add(filled.kind == FilledValue::Kind::kValue     ? Kind::kValue
          : filled.kind == FilledValue::Kind::kMissing ? Kind::kCode
                                                       : Kind::kText,
          filled.text);
      whole.erase(0, end + 2);
    }
    add(Kind::kText, std::move(whole));
  }
  void add(Kind kind, std::string text) {
    if (text.empty()) return;
    FixNode& node = open_.back()->children.emplace_back();
    node.kind = kind;
    node.text = as_is(std::move(text));
  }

  const Finding& finding_;
  FixNode root_;
  // Pointers into children of nodes that get no sibling while they are open.
  std::vector<FixNode*> open_;
  std::string prose_, code_;
  FixTarget code_target_ = FixTarget::kCode;
  bool in_code_block_ = false;
};

}  // namespace

FixNode fix_tree(std::string_view markdown, const Finding& finding) { return TreeBuilder(finding).build(markdown); }

}  // namespace logfix
