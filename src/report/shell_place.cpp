#include "report/shell_place.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/text.h"

namespace logfix {
namespace {

// What another command follows.
constexpr std::string_view kBeforeCommands[] = {"sudo", "exec", "env",   "nohup", "time", "if", "then",
                                                "else", "do",   "while", "until", "xargs", "!"};

class ShellReader {
 public:
  explicit ShellReader(std::string_view code) : code_(code) {}

  ShellPlace place() {
    for (at_ = 0; at_ < code_.size(); ++at_) read(code_[at_]);
    if (quote_ || in_backticks_ || has_heredoc_ || is_escaped_ || code_.ends_with('$')) return ShellPlace::kQuoted;
    if (in_comment_) return ShellPlace::kArgument;
    return is_command_ && !is_assignment() ? ShellPlace::kCommand : ShellPlace::kArgument;
  }

 private:
  void read(char c) {
    if (in_comment_) {
      if (c == '\n') begin_command(), in_comment_ = false;
    } else if (std::exchange(is_escaped_, false)) {
      // Taken as it is.
    } else if (quote_) {
      if (c == quote_) quote_ = 0;
      is_escaped_ = c == '\\' && quote_ == '"';
    } else if (c == '\\') {
      is_escaped_ = true;
    } else if (c == '"' || c == '\'') {
      quote_ = c;
    } else {
      read_bare(c);
    }
  }

  void read_bare(char c) {
    switch (c) {
      case '`':
        in_backticks_ = !in_backticks_;
        return begin_command();
      case '#':
        in_comment_ = at_ == word_;
        return;
      case '\n':
      case ';':
      case '|':
      case '&':
      case '(':
      case '{':
        return begin_command();
      case ')':
      case '}':
        is_command_ = false;
        return;
      case '<':
        has_heredoc_ |= code_.substr(at_).starts_with("<<") && code_.substr(at_).substr(0, 3) != "<<<" && (at_ == 0 || code_[at_ - 1] != '<');
        return;
      case '>':
        is_command_ = true;  // the word behind it is a file's name
        word_ = at_ + 1;
        return;
      case ' ':
      case '\t':
        return end_word();
      default:
        return;
    }
  }

  void begin_command() {
    is_command_ = true;
    word_ = at_ + 1;
  }

  void end_word() {
    const std::string_view word = code_.substr(word_, at_ - word_);
    const bool goes_on = word.empty() || is_assignment() ||
                         std::find(std::begin(kBeforeCommands), std::end(kBeforeCommands), word) != std::end(kBeforeCommands);
    is_command_ = is_command_ && goes_on;
    word_ = at_ + 1;
  }

  // NAME=… before a command.
  bool is_assignment() const {
    const std::string_view word = code_.substr(word_, at_ - word_);
    const std::size_t equals = word.find('=');
    return equals != std::string_view::npos && equals > 0 && std::all_of(word.begin(), word.begin() + static_cast<std::ptrdiff_t>(equals), is_word);
  }

  std::string_view code_;
  std::size_t at_ = 0, word_ = 0;  // where the word begins
  char quote_ = 0;
  bool is_escaped_ = false, in_backticks_ = false, in_comment_ = false, has_heredoc_ = false;
  bool is_command_ = true;  // the word is the name of a command
};

}  // namespace

ShellPlace shell_place_behind(std::string_view code) { return ShellReader(code).place(); }

}  // namespace logfix
