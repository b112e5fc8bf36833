#include "ruleset/runbook.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "base/text.h"
#include "ruleset/bound_rules.h"
#include "ruleset/generalise.h"
#include "ruleset/lint.h"
#include "ruleset/outline.h"

namespace logfix {
namespace {

enum class Role { kMessage, kCause, kSolution, kPrevention, kReferences, kSeverity };

constexpr std::size_t npos = std::string_view::npos;

// `1. Root Causes` reads `root cause`.
std::string normalised(std::string_view label) {
  std::string out;
  for (char c : label) {
    if (is_alpha(c)) out += to_lower(c);
    else if (!out.empty() && out.back() != ' ') out += ' ';
  }
  while (out.ends_with(' ')) out.pop_back();
  if (out.starts_with("the ")) out.erase(0, 4);
  if (out.size() > 3 && out.ends_with('s') && !out.ends_with("ss") && out != "dns") out.pop_back();
  return out;
}

std::optional<Role> role_of(std::string_view label) {
  static const std::map<std::string, Role, std::less<>> kRoles = {
      {"error message", Role::kMessage}, {"error", Role::kMessage}, {"issue", Role::kMessage}, {"problem", Role::kMessage},
      {"symptom", Role::kMessage}, {"message", Role::kMessage}, {"log message", Role::kMessage}, {"log", Role::kMessage},
      {"log output", Role::kMessage}, {"error output", Role::kMessage}, {"error log", Role::kMessage}, {"output", Role::kMessage},
      {"what you see", Role::kMessage}, {"exception", Role::kMessage}, {"stack trace", Role::kMessage}, {"traceback", Role::kMessage},
      {"example error", Role::kMessage}, {"example log", Role::kMessage}, {"log entrie", Role::kMessage}, {"log entry", Role::kMessage},
      {"log line", Role::kMessage}, {"error text", Role::kMessage}, {"signature", Role::kMessage},
      {"cause", Role::kCause}, {"root cause", Role::kCause}, {"likely cause", Role::kCause}, {"possible cause", Role::kCause},
      {"probable cause", Role::kCause}, {"common cause", Role::kCause}, {"reason", Role::kCause}, {"why", Role::kCause},
      {"why this happen", Role::kCause}, {"why it happen", Role::kCause}, {"explanation", Role::kCause}, {"diagnosi", Role::kCause},
      {"solution", Role::kSolution}, {"fix", Role::kSolution}, {"fixe", Role::kSolution}, {"resolution", Role::kSolution}, {"workaround", Role::kSolution},
      {"how to fix", Role::kSolution}, {"how to fix it", Role::kSolution}, {"how to resolve", Role::kSolution}, {"quick fix", Role::kSolution}, {"step to fix", Role::kSolution},
      {"fix step", Role::kSolution}, {"resolution step", Role::kSolution}, {"steps to resolve", Role::kSolution}, {"steps to fix", Role::kSolution}, {"remediation", Role::kSolution}, {"remedy", Role::kSolution},
      {"mitigation", Role::kSolution}, {"action", Role::kSolution}, {"what to do", Role::kSolution}, {"recommended action", Role::kSolution},
      {"permanent fix", Role::kSolution}, {"recovery", Role::kSolution}, {"possible solution", Role::kSolution},
      {"prevention", Role::kPrevention}, {"prevent", Role::kPrevention}, {"how to prevent", Role::kPrevention}, {"how to prevent it", Role::kPrevention},
      {"avoid", Role::kPrevention}, {"preventive measure", Role::kPrevention}, {"prevention tip", Role::kPrevention},
      {"reference", Role::kReferences}, {"see also", Role::kReferences}, {"link", Role::kReferences}, {"further reading", Role::kReferences},
      {"documentation", Role::kReferences}, {"severity", Role::kSeverity}, {"priority", Role::kSeverity}};
  const auto found = kRoles.find(normalised(label));
  return found == kRoles.end() ? std::nullopt : std::optional(found->second);
}

// A heading or label that begins with a role, and what stands behind its colon.
struct Titled {
  Role role;
  std::string_view rest;
};

std::optional<Titled> titled(std::string_view text) {
  if (const auto role = role_of(text)) return Titled{*role, {}};
  const std::size_t colon = text.find(':');
  if (colon == npos) return {};
  const auto role = role_of(text.substr(0, colon));
  if (!role) return {};
  return Titled{*role, trimmed(text.substr(colon + 1))};
}

// By whole words: who follows a link has no low severity.
bool has_word(std::string_view text, std::string_view word) {
  for (std::size_t at = text.find(word); at != npos; at = text.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    if ((at == 0 || !is_word(text[at - 1])) && (end == text.size() || !is_word(text[end]))) return true;
  }
  return false;
}

Level severity_of(std::string_view text) {
  for (const auto& [word, level] : {std::pair{"critical", Level::kCritical}, {"blocker", Level::kCritical}, {"p1", Level::kCritical},
                                    {"warning", Level::kWarning}, {"medium", Level::kWarning}, {"low", Level::kInfo}, {"info", Level::kInfo}, {"informational", Level::kInfo}})
    if (has_word(lowered(text), word)) return level;
  return Level::kError;
}

// The category that the words of a heading stand for.
std::string_view category_of(std::string_view heading) {
  static constexpr std::pair<std::string_view, std::string_view> kWords[] = {
      {"application", "application"}, {"database", "database"}, {"authentication", "authentication"},
      {"observability", "observability"}, {"performance", "performance"}, {"network", "network"}, {"docker", "docker"},
      {"postgres", "database"}, {"mysql", "database"}, {"redis", "database"}, {"migration", "database"}, {"sql", "database"},
      {"auth", "authentication"}, {"login", "authentication"}, {"token", "authentication"}, {"permission", "authentication"},
      {"monitoring", "observability"}, {"tracing", "observability"}, {"telemetry", "observability"}, {"metrics", "observability"},
      {"slow", "performance"}, {"memory", "performance"}, {"timeout", "performance"}, {"dns", "network"}, {"tls", "network"},
      {"ssl", "network"}, {"proxy", "network"}, {"container", "docker"}, {"kubernetes", "docker"}, {"compose", "docker"}};
  const std::string text = lowered(heading);
  for (const auto& [word, category] : kWords)
    if (text.find(word) != npos) return category;
  return {};
}

// Lines that stand around a message and say nothing of their own.
bool is_context(std::string_view line) {
  static constexpr std::string_view kBegins[] = {
      "Traceback (most recent", "During handling of", "The above exception", "File \"", "at ", "[SQL:", "[parameters:",
      "(Background on this error", "LINE ", "DETAIL:", "HINT:", "CONTEXT:", "STATEMENT:", "QUERY:", "^", "~", "$ ", "# ", "// ", "> ", "...", "…", "-- "};
  const std::string_view bare = trimmed(line);
  return bare.size() < 3 || std::any_of(std::begin(kBegins), std::end(kBegins), [&](std::string_view begin) { return bare.starts_with(begin); }) ||
         equals_ignoring_case(bare, "or:") || equals_ignoring_case(bare, "and");
}

// A healthy line that shows where the message comes.
bool is_healthy(std::string_view line) {
  const std::string_view head = line.substr(0, 60);
  for (std::string_view word : {"INFO", "DEBUG", "TRACE"}) {
    const std::size_t at = head.find(word);
    if (at != npos && (at == 0 || !is_word(head[at - 1])) && (at + word.size() >= line.size() || !is_word(line[at + word.size()])))
      return true;
  }
  return false;
}

// `{"level":"error","msg":"…"}`: the message in it.
std::string message_of_json(std::string_view line) {
  for (std::string_view key : {"\"error\"", "\"exception\"", "\"err\"", "\"message\"", "\"msg\"", "\"event\"", "\"detail\""}) {
    std::size_t at = line.find(key);
    if (at == npos) continue;
    at += key.size();
    while (at < line.size() && (is_space(line[at]) || line[at] == ':')) ++at;
    if (at >= line.size() || line[at] != '"') continue;
    std::string text;
    for (++at; at < line.size() && line[at] != '"'; ++at) {
      if (line[at] == '\\' && at + 1 < line.size()) ++at;
      text += line[at];
    }
    return text;
  }
  return std::string(line);
}

// One message as it was written, and where.
struct Message {
  std::string text;  // lines that go on are joined by two spaces, so that white space of any kind fits
  std::size_t offset;
};

// What an entry says of its messages. Prose counts only if nothing is cited.
struct Messages {
  std::vector<Message> cited, prose;
};

bool goes_on(std::string_view before, std::string_view line) {
  return is_space(line[0]) || (before.size() >= 50 && ((line[0] >= 'a' && line[0] <= 'z') || before.ends_with(','))) ||
         before.ends_with(':');
}

bool is_exception_line(std::string_view line) {
  const std::string_view word = line.substr(0, line.find_first_of(": ("));
  return !word.empty() && is_alpha(word[0]) && (word.ends_with("Error") || word.ends_with("Exception") || word.ends_with("Warning") ||
         (word.find('.') != npos && word.size() < line.size()));
}

// The messages in a block: each line is one, but for lines that go on with the one before, and for
// traces, of which the exceptions count.
std::vector<Message> messages_of_block(const Piece& block, std::string_view document) {
  std::vector<Message> messages;
  const bool is_trace = block.text.find("Traceback (most recent call last)") != npos;
  std::size_t offset = block.offset;
  bool may_go_on = false;
  std::string_view last;
  for (std::string_view line : split_lines(block.text)) {
    const std::size_t here = offset;
    offset = std::min(document.find('\n', offset), document.size() - 1) + 1;
    const std::string_view bare = trimmed(line);
    const bool continues = may_go_on && !bare.empty() && goes_on(last, line) && !is_trace;
    if (bare.empty() || is_context(bare) || (is_trace && !is_exception_line(line)) || (!continues && is_healthy(bare))) {
      may_go_on = false;
      continue;
    }
    if (continues) (messages.back().text += "  ") += bare;
    else messages.push_back({bare.starts_with('{') ? message_of_json(bare) : std::string(bare), here});
    may_go_on = true;
    last = line;
  }
  return messages;
}

bool is_command(const std::string& info) {
  for (std::string_view name : {"bash", "sh", "shell", "sql", "yaml", "yml", "python", "py", "dockerfile", "ini", "toml", "env", "diff", "js", "typescript", "nginx", "hcl"})
    if (info == name) return true;
  return false;
}

class RunbookParser {
 public:
  RunbookParser(const RuleFile& file, Diagnostics& diagnostics)
      : file_(file), text_(file.text), lines_(file.text), diagnostics_(diagnostics), bound_(read_bound_rules(file, diagnostics)) {}

  std::vector<Rule> parse() {
    pieces_ = outline_of(body());
    find_marks();
    for (std::size_t i = 0; i < marks_.size(); ++i)
      if (begins_entry(i)) read_entries(i);
    if (rules_.empty())
      diagnose(Diagnostic::Kind::kWarning, 0, "W505", "the file has no entry",
               "a rule file begins with `---`; a runbook has headings with an Error Message or Issue, and a Solution");
    return std::move(rules_);
  }

 private:
  // A heading or a label with a role: what ends the part before it.
  struct Mark {
    std::size_t piece;
    std::size_t line_begin;
    int level;                   // 0: a label
    std::optional<Titled> title; // none: a heading of its own
  };

  // Front matter of other programs is none of ours.
  std::string_view body() {
    if (!text_.starts_with("---\n")) return text_;
    const std::size_t end = text_.find("\n---\n", 3);
    if (end == npos) return text_;
    blanked_ = std::string(text_);
    std::replace_if(blanked_.begin(), blanked_.begin() + static_cast<std::ptrdiff_t>(end + 4), [](char c) { return c != '\n'; }, ' ');
    return blanked_;
  }

  std::size_t line_begin_at(std::size_t offset) const { return line_begin(text_, offset); }
  std::size_t line_end_at(std::size_t offset) const { return line_end(text_, offset); }

  void find_marks() {
    for (std::size_t i = 0; i < pieces_.size(); ++i) {
      const Piece& piece = pieces_[i];
      if (piece.kind == Piece::Kind::kHeading) {
        auto title = titled(piece.text);
        if (!title && is_message(piece)) title = Titled{Role::kMessage, without_number(piece.text)};
        marks_.push_back({i, line_begin_at(piece.offset), piece.level, title});
      } else if (piece.kind == Piece::Kind::kLabel || piece.kind == Piece::Kind::kText) {
        const auto title = titled(piece.text);
        const bool needs_colon = piece.kind == Piece::Kind::kText;
        const std::string_view line = text_.substr(line_begin_at(piece.offset), piece.offset - line_begin_at(piece.offset));
        const bool stands_first = line.find_first_not_of(" \t*_->|0123456789.)#") == npos;
        if (title && stands_first && !(needs_colon && piece.text.find(':') == npos))
          marks_.push_back({i, line_begin_at(piece.offset), 0, title});
      }
    }
  }

  // A heading that is a message itself: all code, or an exception with its text.
  bool is_message(const Piece& heading) const {
    const std::string_view text = without_number(heading.text);
    const bool is_code = heading.offset > 0 && heading.offset < text_.size() && text_[heading.offset - 1] == '`' &&
                         text.find(' ') != npos && text_.substr(heading.offset).starts_with(std::string(text) + "`");
    return is_code || (is_exception_line(text) && text.find(": ") != npos);
  }
  // `1. Connection refused` and `2) …` without what counts them.
  static std::string_view without_number(std::string_view text) {
    const std::size_t digits = text.find_first_not_of("0123456789.");
    if (digits == 0 || digits == npos || digits > 5) return text;
    if (text[digits] == ')' ) return trimmed(text.substr(digits + 1));
    return text[digits] == ' ' && text[digits - 1] == '.' ? trimmed(text.substr(digits)) : text;
  }

  bool is_entry_heading(const Mark& mark) const { return mark.level > 0 && (!mark.title || !mark.title->rest.empty()); }

  // Where the part of the document that a heading stands above ends.
  std::size_t end_of(std::size_t index) const {
    std::size_t i = index + 1;
    while (i < marks_.size() && (marks_[i].level == 0 || marks_[i].level > marks_[index].level)) ++i;
    return i;
  }

  bool has_role_between(std::size_t begin, std::size_t end, Role role) const {
    return std::any_of(marks_.begin() + static_cast<std::ptrdiff_t>(begin), marks_.begin() + static_cast<std::ptrdiff_t>(end),
                       [&](const Mark& m) { return m.title && m.title->role == role; });
  }

  // A heading begins an entry if it stands above a solution, and a message stands in it or directly
  // below it.
  bool begins_entry(std::size_t index) const {
    const Mark& mark = marks_[index];
    if (!is_entry_heading(mark) || (mark.title && mark.title->role != Role::kMessage)) return false;
    std::size_t direct = index + 1;
    while (direct < marks_.size() && !(marks_[direct].level > 0 && !marks_[direct].title)) ++direct;
    const std::size_t end = end_of(index);
    return has_role_between(index + 1, end, Role::kSolution) &&
           (mark.title || has_role_between(index + 1, std::min(direct, end), Role::kMessage));
  }

  // One heading may hold several messages with a solution each: a message behind a solution begins
  // another entry.
  void read_entries(std::size_t heading) {
    std::size_t end = heading + 1;
    const std::size_t limit = end_of(heading);
    while (end < limit && !begins_entry(end)) ++end;
    std::size_t begin = heading + 1;
    bool has_solution = false;
    for (std::size_t i = begin; i <= end; ++i) {
      const bool is_message = i < end && marks_[i].title && marks_[i].title->role == Role::kMessage;
      if ((is_message && has_solution) || i == end) {
        read_entry(heading, begin, i);
        begin = i;
        has_solution = false;
      }
      has_solution |= i < end && marks_[i].title && marks_[i].title->role == Role::kSolution;
    }
  }

  void read_entry(std::size_t heading, std::size_t begin, std::size_t end) {
    const Mark& head = marks_[heading];
    Rule rule;
    rule.is_plain = true;
    rule.place = place_at(pieces_[head.piece].offset);
    rule.title = title_of(head);
    rule.id = id_of(rule.title);
    rule.has_own_id = false;
    rule.category = category_at(heading);
    Messages messages;
    if (begin == heading + 1 && head.title)
      messages.cited.push_back({std::string(head.title->rest), pieces_[head.piece].offset});
    for (std::size_t i = begin; i < end; ++i)
      if (marks_[i].title) read_part(i, end, rule, messages);
    if (rule.solution.empty()) return;
    if (const Rule* bound = bound_rule_of(heading)) {
      take_bound(*bound, rule);
    } else {
      for (const Message& message : messages.cited.empty() ? messages.prose : messages.cited) add_signature(message, rule);
      if (rule.signatures.empty()) {
        diagnose(Diagnostic::Kind::kWarning, pieces_[head.piece].offset, "W502",
                 "the entry has no message to look for in a log, and is left out",
                 "put a line of a log under **Error Message**, in a code block");
        return;
      }
    }
    for (std::string* part : {&rule.cause, &rule.solution, &rule.prevention}) *part = with_placeholders(*part, rule);
    rules_.push_back(std::move(rule));
  }

  // The end of what stands under a mark: the next mark that is a part, or of the same rank.
  std::size_t part_end(std::size_t mark, std::size_t end) const {
    for (std::size_t i = mark + 1; i < end; ++i)
      if (marks_[i].title || (marks_[mark].level > 0 && marks_[i].level > 0 && marks_[i].level <= marks_[mark].level))
        return marks_[i].line_begin;
    return end < marks_.size() ? marks_[end].line_begin : text_end();
  }
  std::size_t text_end() const {
    const std::size_t appendix = text_.find("<!-- logfix\n");
    return std::min(appendix, text_.size());
  }

  void read_part(std::size_t mark, std::size_t end, Rule& rule, Messages& messages) {
    const Titled& title = *marks_[mark].title;
    const std::size_t stop = part_end(mark, end);
    if (title.role == Role::kMessage) return read_messages(mark, stop, messages);
    const std::string markdown = markdown_of(mark, stop);
    const auto append = [&](std::string& to) { to += (to.empty() || markdown.empty() ? "" : "\n\n") + markdown; };
    if (title.role == Role::kCause) append(rule.cause);
    if (title.role == Role::kSolution) append(rule.solution);
    if (title.role == Role::kPrevention) append(rule.prevention);
    if (title.role == Role::kSeverity) rule.severity = severity_of(markdown);
    if (title.role == Role::kReferences) add_references(markdown, rule);
  }

  static void add_references(std::string_view markdown, Rule& rule) {
    for (std::size_t at = 0; (at = markdown.find("http", at)) != npos;) {
      const std::size_t end = std::min(markdown.find_first_of(" \t\n<>()[]\"'", at), markdown.size());
      const std::string url(markdown.substr(at, end - at));
      if (url.starts_with("http://") || url.starts_with("https://")) rule.references.push_back(url);
      at = end;
    }
  }

  // Blocks first; without one, inline code and quoted text; without any, what the label says itself.
  void read_messages(std::size_t mark, std::size_t stop, Messages& messages) const {
    std::vector<Message> blocks, cited;
    const std::size_t first = marks_[mark].piece;
    for (std::size_t i = first; i < pieces_.size() && pieces_[i].offset < stop; ++i) {
      const Piece& piece = pieces_[i];
      if (piece.kind == Piece::Kind::kBlock && !is_command(lowered(piece.info)))
        for (Message& message : messages_of_block(piece, text_)) blocks.push_back(std::move(message));
      if (piece.kind == Piece::Kind::kCode && (piece.text.find(' ') != npos || stands_behind_label(first, i)))
        cited.push_back({piece.text, piece.offset});
      if (piece.kind != Piece::Kind::kText && i != first) continue;
      const std::string_view said = i == first ? said_by_label(piece) : without_marks(piece.text);
      if (const std::string_view quoted = quoted_in(said); !quoted.empty()) {
        cited.push_back({std::string(quoted), piece.offset});
      } else if (said.size() >= 3 && (i == first || (i == first + 1 && marks_[mark].level == 0) || begins_list_item(piece))) {
        messages.prose.push_back({std::string(said), piece.offset});
      }
    }
    std::vector<Message>& best = blocks.empty() ? cited : blocks;
    std::move(best.begin(), best.end(), std::back_inserter(messages.cited));
  }

  // A word of code right behind its label is a message; another may be the name of anything.
  bool stands_behind_label(std::size_t label, std::size_t code) const {
    return std::all_of(pieces_.begin() + static_cast<std::ptrdiff_t>(label) + 1, pieces_.begin() + static_cast<std::ptrdiff_t>(code),
                       [](const Piece& piece) { return without_marks(piece.text).empty(); });
  }
  bool begins_list_item(const Piece& piece) const {
    const std::size_t begin = line_begin_at(piece.offset);
    const std::string_view before = text_.substr(begin, piece.offset - begin);
    return !before.empty() && before.find_first_not_of(" \t>-*+0123456789.)") == npos && !trimmed(before).empty();
  }
  static std::string_view said_by_label(const Piece& label) {
    const auto title = titled(label.text);
    return title ? without_marks(title->rest) : std::string_view();
  }
  static std::string_view without_marks(std::string_view text) {
    text = trimmed(text);
    for (std::string_view mark : {":", "-", "–", "—", "|"})
      while (text.starts_with(mark)) text = trimmed(text.substr(mark.size()));
    if (text.ends_with('.')) text.remove_suffix(1);
    return text;
  }
  // Three words or more in quotes: a message that prose cites.
  static std::string_view quoted_in(std::string_view text) {
    const std::size_t open = text.find('"');
    const std::size_t close = open == npos ? npos : text.find('"', open + 1);
    if (close == npos) return {};
    const std::string_view quoted = text.substr(open + 1, close - open - 1);
    return std::count(quoted.begin(), quoted.end(), ' ') >= 2 ? quoted : std::string_view();
  }

  void add_signature(const Message& message, Rule& rule) {
    if (message.text.size() > kMaxSignatureBytes || rule.signatures.size() >= kMaxParts)
      return diagnose(Diagnostic::Kind::kWarning, message.offset, "W503", "the message is too long, or one of too many, and is left out", "");
    Diagnostics mistakes;
    const std::string source = generalised(message.text);
    Signature signature = compile_template(source, place_at(message.offset), mistakes);
    if (!mistakes.empty() || is_too_general(signature) || !has_atom(signature)) {
      diagnose(Diagnostic::Kind::kWarning, message.offset, "W501", "the message is too general to be a signature, and is left out",
               "give it more of the log line: words that only this error has");
      return;
    }
    const bool is_known = std::any_of(rule.signatures.begin(), rule.signatures.end(),
                                      [&](const Signature& s) { return s.source == source; });
    if (!is_known) rule.signatures.push_back(std::move(signature));
  }

  // A run of text that no encoder rewrites: what the scan of raw bytes looks for.
  static bool has_atom(const Signature& signature) {
    for (const std::string& literal : signature.literals) {
      std::size_t run = 0;
      for (char c : literal) {
        const bool is_safe = c >= 0x20 && c <= 0x7e && std::string_view("\"\\/<>&'+=`").find(c) == npos;
        run = is_safe ? run + 1 : 0;
        if (run >= 4) return true;
      }
    }
    return false;
  }

  // The document's own text under a mark, without comments and rules, and without common indentation.
  std::string markdown_of(std::size_t mark, std::size_t stop) const {
    const Mark& m = marks_[mark];
    const std::size_t line_end = line_end_at(m.line_begin);
    std::size_t begin = line_end;
    std::string out;
    if (m.level == 0) {
      const std::string_view line = text_.substr(m.line_begin, line_end - m.line_begin);
      const std::string& label = pieces_[m.piece].text;
      const bool is_whole = label.find(':') == npos || role_of(label);
      std::size_t at = pieces_[m.piece].offset - m.line_begin + (is_whole ? label.size() : label.find(':') + 1);
      while (at < line.size() && std::string_view(" \t*_:|").find(line[at]) != npos) ++at;
      for (std::string_view dash : {"- ", "– ", "— "})
        if (line.substr(std::min(at, line.size())).starts_with(dash)) at += dash.size();
      out = line.substr(std::min(at, line.size()));
    } else {
      out = m.title ? std::string(m.title->rest) : "";
      const std::string_view below = trimmed(text_.substr(std::min(line_end + 1, text_.size()), line_end_at(std::min(line_end + 1, text_.size())) - std::min(line_end + 1, text_.size())));
      const bool is_setext = !below.empty() && (below.find_first_not_of('=') == npos || below.find_first_not_of('-') == npos) && text_.substr(m.line_begin, 1) != "#";
      if (is_setext) begin = line_end_at(line_end + 1);
    }
    if (begin < stop) out += dedented(text_.substr(begin, stop - begin));
    return cleaned(out);
  }

  static std::string dedented(std::string_view text) {
    const std::vector<std::string_view> lines = split_lines(text);
    std::size_t indent = npos;
    for (std::string_view line : lines)
      if (!trimmed(line).empty()) indent = std::min(indent, line.find_first_not_of("> \t"));
    std::string out;
    for (std::string_view line : lines) out.append(line.substr(std::min(indent, line.size()))) += '\n';
    return out;
  }

  static std::string cleaned(std::string_view text) {
    std::string kept;
    while (!text.empty()) {
      const std::size_t begin = std::min(text.find("<!--"), text.size());
      kept += text.substr(0, begin);
      const std::size_t end = text.find("-->", begin);
      text.remove_prefix(end == npos ? text.size() : end + 3);
    }
    std::string_view rest = trimmed(kept);
    if (rest.ends_with('|') && rest.find('\n') == npos) rest = trimmed(rest.substr(0, rest.size() - 1));  // a cell
    while (rest.size() >= 3 && (rest.ends_with("\n---") || rest.ends_with("\n***") || rest.ends_with("\n___"))) rest = trimmed(rest.substr(0, rest.size() - 3));
    return std::string(rest);
  }

  // In code, `<name>` of a captured value becomes a placeholder, but not inside quotes of the shell.
  static std::string with_placeholders(std::string_view markdown, const Rule& rule) {
    std::set<std::string_view> names;
    for (const Signature& signature : rule.signatures)
      for (const Capture& capture : signature.captures) names.insert(capture.name);
    std::string out;
    bool in_block = false;
    for (std::string_view line : split_lines(markdown)) {
      if (trimmed(line).starts_with("```")) in_block = !in_block;
      if (!out.empty()) out += '\n';
      char quote = 0;
      for (std::size_t i = 0; i < line.size(); ++i) {
        const char c = line[i];
        const bool is_escaped = line.substr(i).starts_with("\\<");
        const std::size_t open = i + is_escaped;
        const std::size_t close = line[open] == '<' ? line.find('>', open) : npos;
        if (close != npos && !quote && names.contains(line.substr(open + 1, close - open - 1))) {
          out += fmt::format("{{{{{}}}}}", line.substr(open + 1, close - open - 1));
          i = close;
          continue;
        }
        if (in_block && c == quote) quote = 0;
        else if (in_block && !quote && (c == '"' || c == '\'')) quote = c;
        out += c;
      }
    }
    return out;
  }

  std::string title_of(const Mark& head) const {
    std::string_view line = text_.substr(head.line_begin, line_end_at(head.line_begin) - head.line_begin);
    while (line.starts_with('#') || line.starts_with(' ')) line.remove_prefix(1);
    while (line.ends_with('#') || line.ends_with(' ')) line.remove_suffix(1);
    return std::string(without_number(line));
  }

  static std::string id_of(std::string_view title) {
    std::string id;
    for (char c : title) {
      if (is_word(c) && c != '_') id += to_lower(c);
      else if (!id.empty() && id.back() != '-') id += '-';
    }
    id.resize(std::min<std::size_t>(id.size(), 60));
    while (id.ends_with('-')) id.pop_back();
    return id.empty() ? "entry" : id;
  }

  std::string category_at(std::size_t heading) const {
    int level = marks_[heading].level;
    for (std::size_t i = heading; i-- > 0;) {
      if (marks_[i].level == 0 || marks_[i].level >= level) continue;
      level = marks_[i].level;
      const std::string_view category = category_of(pieces_[marks_[i].piece].text);
      if (!category.empty()) return std::string(category);
    }
    const std::string_view category = category_of(pieces_[marks_[heading].piece].text);
    return std::string(category.empty() ? "application" : category);
  }

  // `Rule `id`, critical; …` below the heading.
  const Rule* bound_rule_of(std::size_t heading) const {
    if (bound_.empty()) return nullptr;
    const std::string_view behind = text_.substr(line_end_at(marks_[heading].line_begin));
    const std::string_view line = trimmed(behind).substr(0, trimmed(behind).find('\n'));
    if (!line.starts_with("Rule `")) return nullptr;
    const auto found = bound_.find(std::string(line.substr(6, line.find('`', 6) - 6)));
    return found == bound_.end() ? nullptr : &found->second;
  }

  static void take_bound(const Rule& bound, Rule& rule) {
    Rule whole = bound;
    whole.title = std::move(rule.title);
    whole.category = std::move(rule.category);
    whole.cause = std::move(rule.cause);
    whole.solution = std::move(rule.solution);
    whole.prevention = std::move(rule.prevention);
    whole.references = std::move(rule.references);
    whole.place = std::move(rule.place);
    whole.is_plain = true;
    rule = std::move(whole);
  }

  Place place_at(std::size_t offset) const {
    const Diagnostic d = lines_.locate({}, offset);
    return {file_.name, d.line, d.column, d.source_line};
  }
  void diagnose(Diagnostic::Kind kind, std::size_t offset, std::string code, std::string message, std::string hint) {
    if (diagnostics_.size() >= kMaxMistakes) return;
    diagnostics_.push_back(lines_.locate({kind, std::move(code), std::move(message), file_.name, 0, 0, {}, std::move(hint)}, offset));
  }

  const RuleFile& file_;
  std::string_view text_;
  LineIndex lines_;
  std::string blanked_;
  Diagnostics& diagnostics_;
  std::map<std::string, Rule> bound_;
  std::vector<Piece> pieces_;
  std::vector<Mark> marks_;
  std::vector<Rule> rules_;
};

}  // namespace

bool is_runbook(std::string_view text) {
  if (text.find("\n```example") != npos || text.find("\n```near-miss") != npos) return false;
  if (!text.starts_with("---\n")) return true;
  const std::string_view front = text.substr(3, text.find("\n---\n", 3) - 3);
  for (std::string_view key : {"\nseverity:", "\napplies-to:", "\nexplains:", "\nreferences:", "\nunless:", "\nwhen:", "\nfallback:"})
    if (front.find(key) != npos) return false;
  return text.find("\n**Error Message**:") == npos || text.find("\n---\n", 3) != npos;
}

std::vector<Rule> parse_runbook(const RuleFile& file, Diagnostics& diagnostics) {
  return RunbookParser(file, diagnostics).parse();
}

}  // namespace logfix
