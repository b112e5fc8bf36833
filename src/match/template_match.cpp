#include "match/template_match.h"

#include <algorithm>

#include "base/text.h"

namespace logfix {
namespace {

using Kind = TemplatePart::Kind;

// What `\s` is in RE2: not the vertical tab.
bool is_regex_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_of_word(char c) { return is_word(c) || c == '.' || c == '-'; }
bool is_of_ident(char c) { return is_word(c) || c == '$'; }
bool begins_ident(char c) { return is_alpha(c) || c == '_'; }
bool is_of_path(char c) {
  return !is_regex_space(c) && std::string_view("\"'`:,;").find(c) == std::string_view::npos;
}
bool is_of_line(char c) { return c != '\n'; }

class Attempt {
 public:
  Attempt(const Signature& signature, bool ignores_case, std::string_view text, TemplateMatch& match)
      : parts_(signature.parts), ignores_case_(ignores_case), text_(text), match_(match),
        budget_(kMinSteps + 2 * text.size() / kBytesOfStep) {
    match_.captures.assign(signature.captures.size(), {});
  }

  TemplateOutcome find() {
    const std::string& first = parts_.front().text;
    for (std::size_t at = find_literal(first, 0); at != npos; at = find_literal(first, at + 1)) {
      std::size_t end = 0;
      if (matches_from(1, at + first.size(), 0, end)) {
        match_.whole = {at, end};
        return TemplateOutcome::kMatch;
      }
      if (budget_ == 0) return TemplateOutcome::kUndecided;
    }
    return budget_ == 0 ? TemplateOutcome::kUndecided : TemplateOutcome::kNoMatch;
  }

 private:
  static constexpr std::size_t npos = std::string_view::npos;
  static constexpr std::size_t kBytesOfStep = 64, kMinSteps = 1000;

  bool stands_at(const std::string& literal, std::size_t at) const {
    const std::string_view here = text_.substr(std::min(at, text_.size()), literal.size());
    return ignores_case_ ? equals_ignoring_case(here, literal) : here == literal;
  }

  std::size_t find_literal(const std::string& literal, std::size_t from) {
    std::size_t at = from;
    if (ignores_case_) {
      while (at + literal.size() <= text_.size() && !stands_at(literal, at)) ++at;
      if (at + literal.size() > text_.size()) at = npos;
    } else {
      at = text_.find(literal, from);
    }
    budget_ -= std::min(budget_, (std::min(at, text_.size()) - std::min(from, text_.size())) / kBytesOfStep);
    return at;
  }

  // Whether the parts from `part` on match at `at`; sets where they end.
  bool matches_from(std::size_t part, std::size_t at, std::size_t capture, std::size_t& end) {
    if (budget_ == 0 || --budget_ == 0) return false;
    if (part == parts_.size()) {
      end = at;
      return true;
    }
    const TemplatePart& here = parts_[part];
    const auto goes_on = [&](std::size_t behind) {
      if (here.kind == Kind::kCapture) match_.captures[capture] = {at, behind};
      return matches_from(part + 1, behind, capture + (here.kind == Kind::kCapture), end);
    };
    switch (here.kind) {
      case Kind::kLiteral:
        return stands_at(here.text, at) && goes_on(at + here.text.size());
      case Kind::kSpace:
        return tries_longest(at, at + 1, is_regex_space, goes_on);
      case Kind::kGap:
        return tries_shortest(part, at, at, goes_on);
      case Kind::kCapture:
        return tries_capture(here, part, at, goes_on);
    }
    return false;
  }

  // The shortest text of the line first, where the next literal stands behind it.
  template <typename GoesOn>
  bool tries_shortest(std::size_t part, std::size_t at, std::size_t first, GoesOn&& goes_on) {
    const std::size_t line_end = std::min(text_.find('\n', at), text_.size());
    if (first > line_end) return false;
    const bool has_literal = part + 1 < parts_.size() && parts_[part + 1].kind == Kind::kLiteral;
    for (std::size_t behind = first; behind <= line_end; ++behind) {
      if (has_literal) behind = find_literal(parts_[part + 1].text, behind);
      if (behind > line_end) return false;  // npos is
      if (goes_on(behind)) return true;
      if (budget_ == 0) return false;
    }
    return false;
  }

  // The longest run of what `is_of` allows first, but one that ends at `least` or behind.
  template <typename GoesOn>
  bool tries_longest(std::size_t at, std::size_t least, bool (*is_of)(char), GoesOn&& goes_on,
                     bool (*may_end)(char) = nullptr, std::size_t most = npos) {
    std::size_t behind = at;
    while (behind < text_.size() && behind - at < most && is_of(text_[behind])) ++behind;
    for (; behind >= least && behind > at; --behind) {
      if (may_end && !may_end(text_[behind - 1])) continue;
      if (goes_on(behind)) return true;
      if (budget_ == 0) return false;
    }
    return false;
  }

  template <typename GoesOn>
  bool tries_capture(const TemplatePart& here, std::size_t part, std::size_t at, GoesOn&& goes_on) {
    const char first = at < text_.size() ? text_[at] : '\n';
    switch (here.type) {
      case CaptureType::kText:
        if (part + 1 < parts_.size()) return tries_shortest(part, at, at + 1, goes_on);
        return tries_longest(at, at + 1, is_of_line, goes_on);
      case CaptureType::kRest:
        return tries_longest(at, at + 1, is_of_line, goes_on);
      case CaptureType::kInt: {
        const std::size_t digits = at + (first == '-' || first == '+');
        return tries_longest(digits, digits + 1, is_digit, goes_on);
      }
      case CaptureType::kPort:
        return tries_longest(at, at + 1, is_digit, goes_on, nullptr, 5);
      case CaptureType::kWord:
        return tries_longest(at, at + 1, is_of_word, goes_on);
      case CaptureType::kPath:
        return tries_longest(at, at + 1, is_of_path, goes_on);
      case CaptureType::kIdent:
        return tries_ident(at, goes_on);
      case CaptureType::kHost:
        return tries_host(at, goes_on);
    }
    return false;
  }

  // Names with dots between them: the longest first.
  template <typename GoesOn>
  bool tries_ident(std::size_t at, GoesOn&& goes_on) {
    if (at >= text_.size() || !begins_ident(text_[at])) return false;
    std::size_t behind = at;
    while (behind < text_.size() &&
           (is_of_ident(text_[behind]) || (text_[behind] == '.' && behind + 1 < text_.size() &&
                                           begins_ident(text_[behind + 1]))))
      ++behind;
    for (; behind > at; --behind) {
      if (text_[behind - 1] == '.') continue;
      if (goes_on(behind)) return true;
      if (budget_ == 0) return false;
    }
    return false;
  }

  // `[::1]`, then `fe80::1`, then a name: the order of the regex's alternatives.
  template <typename GoesOn>
  bool tries_host(std::size_t at, GoesOn&& goes_on) {
    const auto run = [&](std::size_t from, auto is_of) {
      while (from < text_.size() && is_of(text_[from])) ++from;
      return from;
    };
    const auto has = [&](std::size_t place, char c) { return place < text_.size() && text_[place] == c; };
    if (has(at, '[')) {
      const auto is_of = [](char c) { return is_hex(c) || c == ':' || c == '.' || c == '%'; };
      const std::size_t behind = run(at + 1, is_of);
      if (behind > at + 1 && has(behind, ']') && goes_on(behind + 1)) return true;
    }
    const std::size_t colon = run(at, is_hex);
    if (has(colon, ':')) {
      const auto is_of = [](char c) { return is_hex(c) || c == ':' || c == '.'; };
      const std::size_t second = run(colon + 1, [](char c) { return is_hex(c) || c == '.'; });
      if (has(second, ':')) {
        for (std::size_t behind = run(second, is_of); behind > second; --behind) {
          if (goes_on(behind)) return true;
          if (budget_ == 0) return false;
        }
      }
    }
    if (at >= text_.size() || !is_word(text_[at])) return false;
    return tries_longest(at, at + 1, is_of_word, goes_on, is_word);
  }

  const std::vector<TemplatePart>& parts_;
  const bool ignores_case_;
  const std::string_view text_;
  TemplateMatch& match_;
  std::size_t budget_;
};

bool is_ascii(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

}  // namespace

bool is_for_template_match(const Signature& signature, bool ignores_case) {
  const std::vector<TemplatePart>& parts = signature.parts;
  // Without a literal at its head it could begin anywhere; other letters fold in their own ways.
  return !parts.empty() && parts.front().kind == Kind::kLiteral &&
         (!ignores_case || std::all_of(parts.begin(), parts.end(), [](const TemplatePart& part) {
            return is_ascii(part.text);
          }));
}

TemplateOutcome match_template(const Signature& signature, bool ignores_case, std::string_view text,
                               TemplateMatch& match) {
  return Attempt(signature, ignores_case, text, match).find();
}

}  // namespace logfix
