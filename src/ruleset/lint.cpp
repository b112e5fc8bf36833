#include "ruleset/lint.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "ruleset/load.h"

namespace logfix {
namespace {

constexpr std::size_t kWantedExamples = 3, kWantedNearMisses = 2, kLeastFix = 20;

// NOAUTH, MissingGreenlet, pg_hba, 42P01: nobody writes it by chance.
bool is_distinctive(std::string_view word) {
  const auto count = [&](auto is) { return std::count_if(word.begin(), word.end(), is); };
  const auto uppers = count([](char c) { return c >= 'A' && c <= 'Z'; });
  const auto letters = count(is_alpha);
  if (says_nothing(word) || word.size() < 4 || letters == 0) return false;
  if (letters < static_cast<std::ptrdiff_t>(word.size())) return true;
  const bool has_inner_upper =
      std::any_of(word.begin() + 1, word.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  return uppers == letters ? letters >= 5 : has_inner_upper;
}

// Whether the literal text of a signature says what is wrong: a word that nobody writes by chance,
// two that say something, or one that does in a phrase of three.
bool says_something(const std::vector<std::string>& literals) {
  std::size_t telling = 0, words = 0;
  for (const std::string& literal : literals) {
    for (std::size_t i = 0; i < literal.size();) {
      std::size_t end = i;
      while (end < literal.size() && (is_word(literal[end]) || static_cast<unsigned char>(literal[end]) >= 0x80)) ++end;
      const std::string_view word = std::string_view(literal).substr(i, end - i);
      if (is_distinctive(word)) return true;
      i = end + 1;
      if (word.size() < 2 || word == "an" || equals_ignoring_case(word, "the")) continue;
      ++words;
      telling += !says_nothing(word);
    }
  }
  return telling >= 2 || (telling == 1 && words >= 3);
}

// What may stand in a group that `<name>` or a type of it could stand for.
std::optional<std::string_view> type_of_group(std::string_view body, char behind) {
  if (body == "\\d+" || body == "[0-9]+" || body == "-?\\d+") return ":int";
  if (body == ".+?" || body == "[^\\n]+?") return "";
  if ((body == ".+" || body == ".*" || body == "[^\\n]+") && behind == 0) return "";
  const bool is_all_but_one = body.size() == 5 && body.starts_with("[^") && body.ends_with("]+");
  if (is_all_but_one && behind == body[2]) return "";
  return {};
}

class Linter {
 public:
  explicit Linter(const RuleSet& rules) : rules_(rules) {
    for (const Rule& rule : rules.rules) by_id_.emplace(rule.id, &rule);
  }

  Diagnostics lint() {
    for (const Rule& rule : rules_.rules) {
      check_signatures(rule);
      if (!rule.is_plain) check_examples(rule);
      check_references(rule);
      if (!rule.is_plain) check_fix(rule);
      check_circle(rule);
    }
    return std::move(diagnostics_);
  }

 private:
  using Kind = Diagnostic::Kind;
  void diagnose(Kind kind, const Place& place, std::string code, std::string message, std::string hint) {
    diagnostics_.push_back({kind, std::move(code), std::move(message), place.file, place.line,
                            place.column, place.source_line, std::move(hint)});
  }

  void check_signatures(const Rule& rule) {
    for (const Signature& signature : rule.signatures) {
      if (!rule.fallback && is_too_general(signature))
        diagnose(Kind::kError, signature.place, "E401", "the signature is too general",
                 "give it more of the message: words that only this error has");
      if (signature.is_template) continue;
      if (const auto text = template_of_regex(signature.source))
        diagnose(Kind::kWarning, signature.place, "W402", "a template would do in place of the regex",
                 fmt::format("open the block with ``` alone and write: {}", *text));
    }
  }

  void check_examples(const Rule& rule) {
    if (rule.examples.size() < kWantedExamples)
      diagnose(Kind::kWarning, rule.place_of("Seen as"), "W403",
               fmt::format("the rule has {} of {} examples", rule.examples.size(), kWantedExamples),
               "add other wordings: other versions, libraries, formats of the log");
    if (rule.near_misses.size() < kWantedNearMisses)
      diagnose(Kind::kWarning, rule.place_of("Not to be confused with"), "W404",
               fmt::format("the rule has {} of {} near misses", rule.near_misses.size(), kWantedNearMisses),
               "add healthy lines and other errors that share words with the message");
  }

  void check_references(const Rule& rule) {
    std::set<std::string> seen;
    for (const std::string& url : rule.references) {
      std::string_view rest = url;
      const bool has_scheme = rest.starts_with("https://") || rest.starts_with("http://");
      if (has_scheme) rest.remove_prefix(rest.find("//") + 2);
      const std::string_view host = rest.substr(0, rest.find_first_of("/?#"));
      const bool is_made_up = host == "example.com" || host.ends_with(".example.com") || host == "localhost";
      const bool is_url = has_scheme && host.find('.') != std::string_view::npos && !host.ends_with('.') &&
                          url.find_first_of(" \t<>\"") == std::string::npos;
      if (!is_url || is_made_up)
        diagnose(Kind::kError, rule.place_of(url), "E405",
                 fmt::format("`{}` leads nowhere", url), "references are whole URLs: https://host.name/page");
      if (!seen.insert(url).second)
        diagnose(Kind::kError, rule.place_of(url), "E405", fmt::format("`{}` stands twice", url),
                 "take one of them out");
    }
  }

  void check_fix(const Rule& rule) {
    const std::pair<std::string_view, const std::string*> parts[] = {
        {"title", &rule.title}, {"Cause", &rule.cause}, {"Solution", &rule.solution}, {"Prevention", &rule.prevention}};
    for (const auto& [name, text] : parts) {
      if (name == "title" ? has_placeholder_word(*text) : is_placeholder(*text))
        not_written(rule.place_of(name), name);
    }
    for (const Example& near_miss : rule.near_misses)
      if (has_placeholder_word(near_miss.text)) not_written(near_miss.place, "near miss");
    if (std::any_of(rule.applies_to.begin(), rule.applies_to.end(), has_placeholder_word))
      not_written(rule.place_of("applies-to"), "list of software");
    const bool has_step = rule.solution.starts_with("1. ") || rule.solution.find("\n1. ") != std::string::npos;
    if (!has_step && !is_placeholder(rule.solution))
      diagnose(Kind::kWarning, rule.place_of("Solution"), "W407", "the Solution has no numbered step",
               "begin its first step with `1. `");
  }

  void not_written(const Place& place, std::string_view what) {
    diagnose(Kind::kError, place, "E406", fmt::format("the {} is not written yet", what),
             "write it for somebody who sees this error for the first time, at night");
  }

  static bool has_placeholder_word(std::string_view text) {
    for (std::string_view word : {"TODO", "TBD", "FIXME", "XXX", "Lorem ipsum", "lorem ipsum"}) {
      const std::size_t at = text.find(word);
      const bool is_whole = at != std::string_view::npos && (at == 0 || !is_word(text[at - 1])) &&
                            (at + word.size() == text.size() || !is_word(text[at + word.size()]));
      if (is_whole) return true;
    }
    return false;
  }
  static bool is_placeholder(std::string_view text) {
    return trimmed(text).size() < kLeastFix || has_placeholder_word(text);
  }

  // Tells each circle once: at its rule that comes first.
  void check_circle(const Rule& start) {
    std::vector<std::string> way{start.id};
    std::set<std::string> seen;
    if (!leads_back(start, start.id, way, seen)) return;
    if (std::any_of(way.begin(), way.end(), [&](const std::string& id) { return id < start.id; })) return;
    diagnose(Kind::kError, start.place_of("explains"), "E408",
             fmt::format("`explains` goes in a circle: {} → {}", fmt::join(way, " → "), start.id),
             "a symptom is no cause of its own cause: take one of them out");
  }

  bool leads_back(const Rule& rule, const std::string& goal, std::vector<std::string>& way,
                  std::set<std::string>& seen) const {
    for (const std::string& id : rule.explains) {
      if (id == goal) return true;
      const auto next = by_id_.find(id);
      if (next == by_id_.end() || !seen.insert(id).second) continue;
      way.push_back(id);
      if (leads_back(*next->second, goal, way, seen)) return true;
      way.pop_back();
    }
    return false;
  }

  const RuleSet& rules_;
  std::map<std::string, const Rule*, std::less<>> by_id_;
  Diagnostics diagnostics_;
};

}  // namespace

Diagnostics lint(const RuleSet& rules) { return Linter(rules).lint(); }

bool says_nothing(std::string_view word) {
  static const std::set<std::string, std::less<>> kWords = {
      "error",   "errors",  "err",    "exception", "failed",   "failure",    "fail",    "fails",
      "fatal",   "severe",  "panic",  "critical",  "warning",  "warn",       "info",    "debug",
      "notice",  "alert",   "trace",  "an",        "the",      "is",         "was",     "are",
      "were",    "be",      "been",   "has",       "have",     "had",        "not",     "no",
      "in",      "on",      "at",     "of",        "to",       "for",        "from",    "with",
      "by",      "and",     "or",     "it",        "this",     "that",       "its",     "as",
      "do",      "does",    "did",    "can",       "cannot",   "could",      "occurred", "happened",
      "unknown", "general", "unexpected", "something", "went",  "wrong",     "while",   "during",
      "http",    "https",   "message", "reason",   "code",     "status",     "see",     "log",
      "logs",    "details", "please", "try",       "again",    "issue",      "problem"};
  return kWords.contains(lowered(word));
}

bool is_too_general(const Signature& signature) {
  if (signature.is_template) return !says_something(signature.literals);
  const auto text = template_of_regex(signature.source);
  if (!text) return false;  // what a regex requires is match/'s to say
  Diagnostics ignored;
  return !says_something(compile_template(*text, {}, ignored).literals);
}

std::optional<std::string> template_of_regex(std::string_view regex) {
  std::string out;
  for (std::size_t i = 0; i < regex.size(); ++i) {
    const char c = regex[i];
    const std::string_view rest = regex.substr(i);
    if (rest.starts_with("(?P<")) {
      const std::size_t name_end = rest.find('>'), close = rest.find(')');
      if (name_end == std::string_view::npos || close == std::string_view::npos) return {};
      std::string_view behind = rest.substr(close + 1);
      if (behind.starts_with('\\')) behind.remove_prefix(1);
      const auto type = type_of_group(rest.substr(name_end + 1, close - name_end - 1),
                                      behind.empty() ? '\0' : behind[0]);
      if (!type) return {};
      out += fmt::format("<{}{}>", rest.substr(4, name_end - 4), *type);
      i += close;
    } else if (rest.starts_with(".*?") && rest.size() > 3) {
      out += "<…>";
      i += 2;
    } else if (rest.starts_with("\\s+")) {
      out += "<_>";
      i += 2;
    } else if (c == '\\' && rest.size() > 1 && !is_word(rest[1])) {
      if (rest[1] == '<') out += '\\';
      out += rest[1];
      ++i;
    } else if (std::string_view("\\^$.|?*+()[]{}\n").find(c) != std::string_view::npos) {
      return {};
    } else {
      if (c == '<') out += '\\';
      out += c;
    }
  }
  return out;
}

}  // namespace logfix
