#include "ruleset/generalise.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "base/level.h"
#include "base/text.h"

namespace logfix {
namespace {

constexpr std::size_t npos = std::string_view::npos;

bool is_one_of(char c, std::string_view chars) { return chars.find(c) != npos; }
bool is_hex(char c) { return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'f'); }

std::size_t run_of(std::string_view text, bool (*is)(char)) {
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is) - text.begin());
}

// Words before a value that don't name it.
bool can_name(std::string_view word) {
  static const std::set<std::string_view> kNoNames = {
      "the", "a", "an", "of", "to", "for", "with", "at", "in", "on", "is", "was", "are", "after", "by",
      "from", "than", "and", "or", "not", "no", "be", "as", "into", "that", "this", "it", "has", "got",
      "error", "errors", "exception", "warning", "failed", "module", "x"};
  return !word.empty() && word.size() <= 20 && word[0] >= 'a' && word[0] <= 'z' && !kNoNames.contains(word) &&
         std::all_of(word.begin(), word.end(), [](char c) { return is_word(c) && to_lower(c) == c; });
}

// Words before a number that says which error it is.
bool announces_code(std::string_view word) {
  static const std::set<std::string, std::less<>> kWords = {"errno", "code", "status", "error", "signal",
                                                            "exit",  "http", "sqlstate", "sig"};
  return kWords.contains(lowered(word));
}

bool is_unit(std::string_view word) {
  static const std::set<std::string, std::less<>> kUnits = {
      "s",  "ms", "us",  "ns",  "m",   "min", "h",  "d",  "sec", "secs", "b",
      "kb", "mb", "gb", "tb", "kib", "mib", "gib", "k", "g",   "kbytes", "x"};
  return kUnits.contains(lowered(word));
}

class Generaliser {
 public:
  explicit Generaliser(std::string_view text) : text_(text) {}

  std::string take() {
    while (at_ < text_.size()) {
      if (!take_placeholder() && !take_quoted() && !take_space() && !take_token()) literal(text_[at_]), ++at_;
    }
    while (out_.ends_with("<…>") || out_.ends_with(" ")) out_.resize(out_.size() - (out_.ends_with(" ") ? 1 : 5));
    return std::move(out_);
  }

 private:
  std::string_view rest() const { return text_.substr(at_); }
  char before(std::size_t n = 1) const { return at_ >= n ? text_[at_ - n] : ' '; }

  void literal(char c) {
    if (c == '<') out_ += '\\';
    out_ += c;
  }
  void literal(std::string_view text) {
    for (char c : text) literal(c);
  }
  void capture(std::string name, std::string_view type) {
    const int times = ++names_[name];
    if (times > 1) name += std::to_string(times);
    out_ += fmt::format("<{}{}>", name, type);
  }
  // The name of what stands at at_, after the word before it.
  std::string name_or(std::string_view other) const {
    const std::string_view word = word_before();
    return std::string(can_name(word) ? word : other);
  }
  std::string_view word_before() const {
    std::size_t end = at_;
    while (end > 0 && is_one_of(text_[end - 1], " :=#([\"'")) --end;
    std::size_t begin = end;
    while (begin > 0 && is_word(text_[begin - 1])) --begin;
    return text_.substr(begin, end - begin);
  }

  static std::string name_from(std::string_view words) {
    std::string name;
    for (char c : words) {
      if (is_word(c)) name += to_lower(c);
      else if (!name.empty() && name.back() != '_') name += '_';
    }
    while (name.ends_with('_')) name.pop_back();
    if (name.empty() || !is_alpha(name[0])) name = "value";
    return name;
  }

  // `<table name>`, `{table}`, `%s`, `...`: a person's mark for something that varies.
  bool take_placeholder() {
    for (std::string_view dots : {"...", "…"}) {
      if (!rest().starts_with(dots)) continue;
      at_ += dots.size();
      if (!out_.empty() && !out_.ends_with("<…>")) out_ += "<…>";
      return true;
    }
    if (rest()[0] == '<' || rest()[0] == '{') {
      const std::string_view open = rest().starts_with("{{") ? "{{" : rest().substr(0, 1);
      const std::string_view close = open == "{{" ? "}}" : open == "{" ? "}" : ">";
      const std::size_t end = rest().find(close, open.size());
      if (end == npos || end - open.size() > 30) return false;
      const std::string_view inside = rest().substr(open.size(), end - open.size());
      const auto may_stand = [&](char c) { return is_word(c) || (open == "<" && is_one_of(c, " -.")); };
      if (inside.empty() || !is_alpha(inside[0]) || !std::all_of(inside.begin(), inside.end(), may_stand)) return false;
      at_ += end + close.size();
      capture(name_from(inside), "");
      return true;
    }
    if (rest()[0] == '%' && rest().size() > 1 && is_one_of(rest()[1], "sdrv") && (rest().size() == 2 || !is_word(rest()[2]))) {
      capture(name_or("value"), "");
      at_ += 2;
      return true;
    }
    return false;
  }

  bool take_quoted() {
    static constexpr std::pair<std::string_view, std::string_view> kQuotes[] = {
        {"\"", "\""}, {"'", "'"}, {"`", "`"}, {"“", "”"}, {"‘", "’"}};
    for (const auto& [open, close] : kQuotes) {
      if (!rest().starts_with(open) || (open.size() == 1 && is_word(before()))) continue;
      std::size_t end = rest().find(close, open.size());
      const std::size_t first = end;
      while (end != npos && rest()[end - 1] == '\\') end = rest().find(close, end + 1);
      if (end == npos) end = first;
      // An apostrophe in a word closes nothing.
      while (end != npos && end + close.size() < rest().size() && open == "'" && is_word(rest()[end + 1]))
        end = rest().find(close, end + 1);
      if (end == npos || end == open.size()) continue;
      const std::string_view quote = open == "“" ? "\"" : open == "‘" ? "'" : open;
      const std::string name = name_or("text");
      out_ += quote;
      capture(name, "");
      out_ += quote;
      at_ += end + close.size();
      return true;
    }
    return false;
  }

  bool take_space() {
    const std::size_t count = run_of(rest(), is_space);
    if (count == 0) return false;
    out_ += count == 1 && rest()[0] == ' ' ? " " : "<_>";
    at_ += count;
    return true;
  }

  // A run that reads as one thing: what stands between spaces, quotes, brackets and commas.
  bool take_token() {
    if (is_word(before()) || !(is_word(rest()[0]) || is_one_of(rest()[0], "/~.-[:"))) return false;
    return take_url() || take_path() || take_address() || take_hex() || take_time() || take_number() || take_word();
  }

  static bool ends_token(char c) { return is_space(c) || is_one_of(c, "\"'`<>(){}[],;|"); }

  std::string_view token() const {
    std::size_t size = 0;
    while (size < rest().size() && !ends_token(rest()[size])) ++size;
    while (size > 0 && is_one_of(rest()[size - 1], ".:!?")) --size;
    return rest().substr(0, size);
  }

  bool take_url() {
    const std::string_view whole = token();
    const std::size_t scheme = whole.find("://");
    if (scheme == npos || scheme == 0 || !std::all_of(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(scheme), [](char c) { return is_word(c) || is_one_of(c, "+-."); }))
      return false;
    literal(whole.substr(0, scheme + 3));
    at_ += whole.size();
    if (whole.size() > scheme + 3) capture("address", "");
    return true;
  }

  bool take_path() {
    const std::string_view whole = token().substr(0, token().find(':'));
    const std::size_t slash = whole.find('/');
    const bool begins = slash == 0 || whole.starts_with("./") || whole.starts_with("../") || whole.starts_with("~/");
    if (!begins || whole.size() < slash + 2 || !is_word(whole[slash + 1])) return false;
    capture("path", ":path");
    at_ += whole.size();
    return true;
  }

  static bool is_ip(std::string_view text) {
    int dots = 0;
    for (std::size_t i = 0; i < text.size();) {
      const std::size_t digits = run_of(text.substr(i), is_digit);
      if (digits == 0 || digits > 3) return false;
      i += digits;
      if (i == text.size()) return dots == 3;
      if (text[i++] != '.') return false;
      ++dots;
    }
    return false;
  }

  // host:port, an address with or without a port.
  bool take_address() {
    const std::string_view whole = token();
    const std::size_t colon = whole.rfind(':');
    const std::string_view host = whole.substr(0, colon);
    const std::string_view port = colon == npos ? "" : whole.substr(colon + 1);
    const bool has_port = port.size() >= 2 && port.size() <= 5 && run_of(port, is_digit) == port.size();
    const bool is_host = !host.empty() && !announces_code(host) && host != "pid" && host != "line" && host != "port" &&
                         std::any_of(host.begin(), host.end(), [](char c) { return c >= 'a' && c <= 'z'; }) &&
                         std::all_of(host.begin(), host.end(), [](char c) {
                           return is_digit(c) || (c >= 'a' && c <= 'z') || is_one_of(c, ".-_");
                         });
    if (!(is_ip(host) && (colon == npos || has_port)) && !(is_host && has_port)) return false;
    capture("host", ":host");
    if (has_port) out_ += ':', capture("port", ":port");
    at_ += whole.size();
    return true;
  }

  bool take_hex() {
    std::string_view whole = token();
    const bool has_prefix = whole.starts_with("0x") || whole.starts_with("0X");
    if (has_prefix) whole.remove_prefix(2);
    const bool all_hex = !whole.empty() && std::all_of(whole.begin(), whole.end(), [](char c) { return is_hex(c) || c == '-'; });
    const bool has_digit = std::any_of(whole.begin(), whole.end(), is_digit);
    const bool has_letter = std::any_of(whole.begin(), whole.end(), is_alpha);
    const bool is_uuid = whole.size() == 36 && std::count(whole.begin(), whole.end(), '-') == 4;
    if (!all_hex || !(has_prefix || is_uuid || (has_digit && has_letter && whole.size() >= 8))) return false;
    if (has_prefix) literal("0x");
    capture(name_or("id"), ":word");
    at_ += whole.size() + (has_prefix ? 2 : 0);
    return true;
  }

  bool take_time() {
    const std::string_view whole = token();
    const auto count = [&](char wanted) { return std::count(whole.begin(), whole.end(), wanted); };
    const bool is_time = !whole.empty() && is_digit(whole[0]) && (count('-') >= 2 || count(':') >= 2) &&
                         std::all_of(whole.begin(), whole.end(), [](char c) { return is_digit(c) || is_one_of(c, "-:.,TZ+"); });
    if (!is_time) return false;
    capture("time", "");
    at_ += whole.size();
    return true;
  }

  bool take_number() {
    const std::size_t sign = rest()[0] == '-' ? 1 : 0;
    std::size_t end = sign + run_of(rest().substr(std::min(sign, rest().size())), is_digit);
    if (end == sign) return false;
    const std::size_t whole = end;
    while (end + 1 < rest().size() && rest()[end] == '.' && is_digit(rest()[end + 1]))
      end += 1 + run_of(rest().substr(end + 1), is_digit);
    const std::string_view behind = rest().substr(end);
    const std::string_view unit = behind.substr(0, run_of(behind, is_word));
    // HTTP/1.1, ORA-00942 and 42P01 are names.
    const bool is_name = (is_one_of(before(), "/-.") && is_word(before(2))) || (!unit.empty() && !is_unit(unit));
    const bool is_status = end == 3 && (rest()[0] == '4' || rest()[0] == '5') && behind.size() > 1 &&
                           behind[0] == ' ' && behind[1] >= 'A' && behind[1] <= 'Z';
    if (is_name || is_status || announces_code(word_before())) {
      literal(rest().substr(0, end + (is_name ? unit.size() : 0)));
      at_ += end + (is_name ? unit.size() : 0);
      return true;
    }
    const std::string name = name_or("number");
    capture(name, end > whole ? "" : name == "port" ? ":port" : ":int");
    at_ += end;
    literal(unit);
    at_ += unit.size();
    return true;
  }

  bool take_word() {
    const std::size_t size = run_of(rest(), is_word);
    if (size == 0) return false;
    literal(rest().substr(0, size));
    at_ += size;
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string out_;
  std::map<std::string, int> names_;
};

// The length of a date, a time, or both as one word, at the head of `text`.
std::size_t time_length(std::string_view text) {
  std::size_t end = 0, digits = 0, marks = 0;
  while (end < text.size() && (is_digit(text[end]) || is_one_of(text[end], "-:./,TZ+"))) {
    digits += is_digit(text[end]);
    marks += is_one_of(text[end], "-:/");
    ++end;
  }
  return digits >= 6 && marks >= 2 && is_digit(text[0]) && (end == text.size() || !is_word(text[end])) ? end : 0;
}

// The length of a level word and its mark at the head of `text`: `ERROR `, `Error: `, `FATAL:`.
std::size_t level_length(std::string_view text) {
  const std::size_t size = run_of(text, is_alpha);
  if (size < 3 || level_from_word(text.substr(0, size)) == Level::kUnknown || lowered(text.substr(0, size)) == "exception") return 0;
  const std::string_view behind = text.substr(size);
  if (behind.starts_with(": ") || behind.starts_with(":\t")) return size + 1;
  const bool is_upper = std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(size), [](char c) { return c <= 'Z'; });
  return is_upper && !behind.empty() && is_one_of(behind[0], " \t|") ? size : 0;
}

// `[error]`, `[2026-11-23 …]`, `[12]`: brackets with a level, a time or a number.
std::size_t bracket_length(std::string_view text) {
  if (!text.starts_with('[')) return 0;
  const std::size_t close = text.find(']');
  if (close == npos || close > 40) return 0;
  const std::string_view inside = text.substr(1, close - 1);
  const bool is_number = !inside.empty() && std::all_of(inside.begin(), inside.end(), [](char c) { return is_digit(c) || is_one_of(c, " -:./,TZ+"); });
  return is_number || level_from_word(trimmed(inside)) != Level::kUnknown ? close + 1 : 0;
}

// The length of a logger's name with a level behind it: `app.db - ERROR - `.
std::size_t logger_length(std::string_view text) {
  std::size_t size = 0;
  while (size < text.size() && (is_word(text[size]) || is_one_of(text[size], ".-"))) ++size;
  std::size_t behind = size;
  while (behind < text.size() && is_one_of(text[behind], " -|")) ++behind;
  return size > 0 && behind > size && level_length(text.substr(behind)) > 0 ? size : 0;
}

}  // namespace

std::string_view without_log_head(std::string_view line) {
  std::string_view text = trimmed(line);
  while (true) {
    std::size_t taken = time_length(text);
    if (taken == 0) taken = level_length(text);
    if (taken == 0) taken = bracket_length(text);
    if (taken == 0) taken = logger_length(text);
    if (taken == 0) return text;
    std::string_view behind = text.substr(taken);
    while (!behind.empty() && (is_space(behind[0]) || is_one_of(behind[0], "|-:"))) behind.remove_prefix(1);
    if (behind.empty()) return text;  // a head alone is no head
    text = behind;
  }
}

std::string generalised(std::string_view message) { return Generaliser(without_log_head(message)).take(); }

}  // namespace logfix
