#include "match/matcher.h"

#include <fmt/format.h>
#include <fnmatch.h>
#include <re2/re2.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstring>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <unordered_map>

#include "base/text.h"
#include "match/atoms.h"
#include "match/template_match.h"
#include "record/trace.h"

namespace logfix {
namespace {

// A signature and its pattern, compiled when first needed: most are never tried.
struct Pattern {
  const Signature* signature;
  bool ignores_case;
  mutable std::once_flag once;
  mutable std::unique_ptr<re2::RE2> regex;

  bool is_by_hand;                  // match_template() takes it
  bool is_local;                    // what matches a part of a line matches the line
  bool stays_in_line = false;       // these are of its atoms
  std::vector<std::string> pieces;

  Pattern(const Signature& s, bool ignore)
      : signature(&s),
        ignores_case(ignore),
        is_by_hand(is_for_template_match(s, ignore)),
        is_local(!looks_around(s.regex)) {}

  const re2::RE2& get() const {
    std::call_once(once, [this] {
      re2::RE2::Options options(re2::RE2::Latin1);
      options.set_log_errors(false);
      options.set_case_sensitive(!ignores_case);
      regex = std::make_unique<re2::RE2>(signature->regex, options);
    });
    return *regex;
  }
};

struct CompiledRule {
  const Rule* rule;
  std::vector<std::unique_ptr<Pattern>> signatures, unless;
};

// A signature of a rule, by its place in both.
struct Owner {
  std::uint32_t rule, signature;
  auto operator<=>(const Owner&) const = default;
};

// A regex costs what RE2 makes of it, not its length: `\pL{900}` has 200,000 instructions. Those of the
// largest size that match in good time are allowed, and so many of them that their memory is bounded; one
// that RE2 refuses costs as much as the largest that it takes.
constexpr int kMaxInstructions = 9'999, kMaxAllInstructions = 2'000'000, kRefusedInstructions = 350'000;

constexpr char kEscapeByte = '\x1b';

// What can make a line matter beside the atoms of signatures.
// A mark makes its line matter alone, so it stays apart from the same text as an atom, whose line must
// hold the rest of a signature too.
enum class Trigger : std::uint8_t { kAtom, kMark, kEscape, kLevelWord, kKey, kKlog };

bool is_glob_match(const std::string& pattern, const std::string& text) {
  return fnmatch(pattern.c_str(), text.c_str(), 0) == 0;
}

bool level_satisfies(std::string_view pattern, Level level) {
  if (level == Level::kUnknown) return true;
  const bool at_least = pattern.starts_with(">=");
  const Level wanted = level_from_word(trimmed(pattern.substr(at_least ? 2 : 0)));
  return at_least ? level >= wanted : level == wanted;
}

// A record that lacks the field is never excluded.
bool satisfies(const Condition& condition, const Record& record) {
  if (condition.field == "level") return level_satisfies(condition.pattern, record.level);
  if (condition.field == "logger" && !record.logger.empty())
    return is_glob_match(condition.pattern, record.logger);
  bool present = false;
  for (const auto& [name, value] : record.fields) {
    if (name != condition.field) continue;
    if (is_glob_match(condition.pattern, value)) return true;
    present = true;
  }
  return !present;
}

bool explains(const Rule& cause, const Rule& symptom) {
  return std::find(cause.explains.begin(), cause.explains.end(), symptom.id) !=
         cause.explains.end();
}

// Within a record, any rule wins over a fallback, then root causes over their symptoms.
std::vector<Match> without_symptoms(std::vector<Match> all) {
  const auto is_specific = [](const Match& match) { return !match.rule->fallback; };
  if (std::any_of(all.begin(), all.end(), is_specific)) std::erase_if(all, std::not_fn(is_specific));
  std::vector<Match> kept;
  for (const Match& match : all) {
    const bool is_symptom = std::any_of(all.begin(), all.end(), [&](const Match& other) {
      return other.rule != match.rule && explains(*other.rule, *match.rule) &&
             !explains(*match.rule, *other.rule);
    });
    if (!is_symptom) kept.push_back(match);
  }
  return kept;
}

// The character of `\u00XX` by its two digits; -1 if they are none.
int escaped_byte(std::string_view digits) {
  unsigned byte = 0;
  if (digits.size() < 2 ||
      std::from_chars(digits.data(), digits.data() + 2, byte, 16).ptr != digits.data() + 2)
    return -1;
  return static_cast<int>(byte);
}

// JSON escapes that no atom can be hidden by: of control bytes, and of the characters that encoders
// escape, which atoms don't have.
bool hides_nothing(int escaped) {
  if (escaped < 0x20 || escaped > 0x7e) return true;
  return std::string_view("\"&'+/<=>`").find(static_cast<char>(escaped)) != std::string_view::npos;
}

// A level word counts where one can stand: as a word of its own that is no JSON key.
bool may_be_level(std::string_view text, std::size_t begin, std::size_t size) {
  const char before = begin == 0 ? '\n' : text[begin - 1];
  if (is_word(before) && !(begin >= 2 && text[begin - 2] == '\\')) return false;
  if (before == '.') return false;
  std::size_t end = begin + size;
  if (end < text.size() && is_word(text[end])) return false;
  if (before != '"') return true;
  while (end < text.size() && text[end] == '\\') ++end;
  if (end >= text.size() || text[end] != '"') return true;  // a message that begins with the word
  ++end;
  while (end < text.size() && is_space(text[end]) && text[end] != '\n') ++end;
  return end >= text.size() || text[end] != ':';
}

// `11>` of syslog, if its severity is an error or worse; its angle brackets may be escaped.
bool is_syslog_error(std::string_view priority) {
  unsigned number = 0;
  const char* end = priority.data() + std::min<std::size_t>(priority.size(), 3);
  const auto [behind, error] = std::from_chars(priority.data(), end, number);
  if (error != std::errc() || number % 8 > 3) return false;
  priority.remove_prefix(static_cast<std::size_t>(behind - priority.data()));
  return priority.starts_with('>') || priority.starts_with('\\');
}

// Where the priority of syslog begins a line, or a message that a wrapping is around.
void find_syslog_errors(std::string_view text, std::vector<std::size_t>& offsets) {
  for (std::size_t at = text.find('<'); at != std::string_view::npos; at = text.find('<', at + 1)) {
    const bool begins = at == 0 || std::string_view("\n \"").find(text[at - 1]) != std::string_view::npos;
    if (begins && is_syslog_error(text.substr(at + 1))) offsets.push_back(at);
  }
}

// `E1123 10:00:00.123456 7 file.go:12] …` of klog, whose level is a letter: whether such a head
// stands before its `.go:`.
bool is_klog_error(std::string_view before) {
  constexpr std::size_t kReach = 120;
  before = before.substr(before.size() - std::min(before.size(), kReach));
  before.remove_prefix(before.rfind('\n') + 1);  // npos + 1 is 0
  for (std::size_t at = before.find_first_of("EF"); at != std::string_view::npos;
       at = before.find_first_of("EF", at + 1)) {
    const std::string_view date = before.substr(at + 1, 4);
    if (date.size() == 4 && std::all_of(date.begin(), date.end(), is_digit)) return true;
  }
  return false;
}

// What follows a key of JSON: behind its quote, escaped or not, the colon, and the quote of a string.
std::string_view value_behind_key(std::string_view text) {
  const auto skip = [&](std::string_view bytes) {
    text.remove_prefix(std::min(text.find_first_not_of(bytes), text.size()));
  };
  skip("\\\"");
  skip(" \t:");
  skip("\\\"");
  return text;
}

// Severities as numbers, of the journal, OpenTelemetry and GELF, and the journal's text as a list of
// bytes, which hides it.
constexpr std::string_view kTellingKeys[] = {"PRIORITY", "severityNumber", "short_message", "MESSAGE"};

bool is_telling(std::string_view key, std::string_view value) {
  unsigned number = 0;
  const bool has_number = std::from_chars(value.data(), value.data() + value.size(), number).ec == std::errc();
  if (key == "PRIORITY") return has_number && number <= 3;
  if (key == "severityNumber") return has_number && number >= 17;
  if (key == "MESSAGE") return value.starts_with('[');
  return true;
}

// Docker cuts messages into parts of 16 KiB: the lines so long that one may be in them.
void find_long_docker_lines(std::string_view block, std::vector<std::size_t>& offsets) {
  constexpr std::size_t kProbe = std::size_t{4} << 10, kReach = 512;
  for (std::size_t at = 0; at + kProbe <= block.size(); at += kProbe) {
    if (block.substr(at, kProbe).find('\n') != std::string_view::npos) continue;
    const std::size_t begin = block.rfind('\n', at) + 1;  // npos + 1 is 0
    if (block.substr(begin, kReach).find("{\"log\":\"") != std::string_view::npos) offsets.push_back(begin);
    at = std::min(block.find('\n', at), block.size()) / kProbe * kProbe;
  }
}

// How the words begin that level_from_word() takes for an error or worse.
constexpr std::string_view kLevelWords[] = {"err",   "crit",  "fatal",  "panic",    "dpanic",
                                            "emerg", "alert", "severe", "exception"};

// What was found out about lines of the text at hand: of a literal that stands in a line a thousand times,
// the line is looked at once, or it would take quadratic time.
class LineAnswers {
 public:
  /// Forgets the text before.
  void begin_text(std::size_t literals) {
    ++text_;
    line_ = {};
    if (answers_.size() < literals) answers_.resize(literals);
  }
  /// The line around `at`.
  std::string_view line_at(std::string_view text, std::size_t at) {
    if (line_.data() && at >= begin_ && at - begin_ <= line_.size()) return line_;
    begin_ = text.rfind('\n', at) + 1;  // npos + 1 is 0
    return line_ = text.substr(begin_, text.find('\n', at) - begin_);
  }
  template <typename Ask>
  bool ask(std::uint32_t literal, std::string_view line, Ask ask) {
    Answer& answer = answers_[literal];
    if (answer.text != text_ || answer.line != line.data()) answer = {text_, line.data(), ask()};
    return answer.may_match;
  }

 private:
  struct Answer {
    std::uint64_t text = 0;
    const char* line = nullptr;
    bool may_match = false;
  };
  std::uint64_t text_ = 0;
  std::size_t begin_ = 0;
  std::string_view line_;
  std::vector<Answer> answers_;  // by literal
};

}  // namespace

struct Matcher::Compiled {
  std::vector<CompiledRule> rules;
  Diagnostics diagnostics;
  std::vector<Trigger> triggers;                     // by literal
  std::vector<int> escapes;                   // by literal: escaped_character()
  std::vector<std::vector<Owner>> owners_of;  // by literal
  std::vector<std::uint32_t> unindexed;
  std::vector<std::size_t> sizes;             // by literal
  std::atomic<std::shared_ptr<const LiteralScan>> scan;
  std::atomic_flag is_tuned = ATOMIC_FLAG_INIT;

  static std::optional<Match> match_signatures(const CompiledRule& compiled,
                                               std::span<const Owner> tried, bool slow,
                                               std::string_view text, std::uint64_t& not_evaluated);
  void add_all_of(std::uint32_t rule, std::vector<Owner>& owners) const;
  static const Pattern* find_veto(const CompiledRule& compiled, std::string_view text);
  static const Condition* find_narrowing(const CompiledRule& compiled, const Record& record);
  static void verify(const CompiledRule& compiled, std::span<const Owner> tried, bool slow,
                     const Record& record, std::vector<Match>& found, std::uint64_t& not_evaluated);
  void find_veiled(std::string_view block, const std::vector<std::size_t>& veils,
                   std::vector<std::size_t>& offsets) const;
  bool wants(const Occurrence& occurrence, std::string_view text, LineAnswers& answers) const;
  void find_wanted(std::string_view text, std::vector<std::size_t>& offsets,
                   std::vector<std::size_t>& veils) const;
  bool may_match_in_line(const Occurrence& occurrence, std::string_view text, LineAnswers& answers) const;
  std::vector<std::string_view> atoms_in(std::string_view text) const;
};

Matcher::Matcher(const RuleSet& rules) : compiled_(std::make_unique<Compiled>()) {
  Compiled& c = *compiled_;
  std::vector<Literal> literals;
  std::unordered_map<std::string, std::size_t> known;
  // Signatures share atoms (` does not exist`): each is searched for once.
  const auto add = [&](const Literal& literal, Trigger trigger, std::optional<Owner> owner = {}) {
    std::string key = literal.text;
    key += static_cast<char>('0' + static_cast<int>(trigger));
    key += literal.ignores_case ? 'i' : 's';
    const auto [entry, is_new] = known.try_emplace(std::move(key), literals.size());
    if (is_new) {
      literals.push_back(literal);
      c.sizes.push_back(literal.text.size());
      c.triggers.push_back(trigger);
      c.owners_of.emplace_back();
      c.escapes.push_back(trigger == Trigger::kAtom ? escaped_character(literal.text) : -1);
    }
    if (owner) c.owners_of[entry->second].push_back(*owner);
  };
  int instructions = 0;
  for (const Rule& rule : rules.rules) {
    const auto index = static_cast<std::uint32_t>(c.rules.size());
    CompiledRule& compiled = c.rules.emplace_back();
    compiled.rule = &rule;
    const auto diagnose = [&](const Signature& s, std::string code, std::string message,
                              std::string hint) {
      c.diagnostics.push_back({Diagnostic::Kind::kError, std::move(code), std::move(message),
                               s.place.file, s.place.line, s.place.column, s.place.source_line,
                               std::move(hint)});
    };
    for (const Signature& signature : rule.signatures) {
      if (instructions > kMaxAllInstructions) break;
      auto& pattern =
          compiled.signatures.emplace_back(std::make_unique<Pattern>(signature, rule.ignore_case));
      if (!signature.atoms && !signature.is_template) {
        const re2::RE2& regex = pattern->get();
        instructions += regex.ok() ? regex.ProgramSize() : kRefusedInstructions;
        if (!regex.ok()) {
          diagnose(signature, "E101", "RE2 refuses the regex: " + regex.error(), "RE2 has no look-around and no back-references");
        } else if (regex.ProgramSize() > kMaxInstructions) {
          diagnose(signature, "E103", "the regex is too large", "count less far: {0,1000} takes a thousand copies");
        } else if (instructions > kMaxAllInstructions) {
          diagnose(signature, "E103", "the regexes of the rule set are too large together, from this one on", "use templates");
        }
        if (!regex.ok() || regex.ProgramSize() > kMaxInstructions) continue;
      }
      const Atoms atoms = signature.atoms ? *signature.atoms : atoms_of(signature, rule.ignore_case);
      pattern->stays_in_line = atoms.stays_in_line;
      pattern->pieces = atoms.all_of;
      // The longest is the one that is most likely not there.
      std::sort(pattern->pieces.begin(), pattern->pieces.end(),
                [](const std::string& a, const std::string& b) { return a.size() > b.size(); });
      if (atoms.any_of.empty() && !rule.unindexed) {
        diagnose(signature, "E102", "the signature has no literal to search for",
                 "give it three characters or more that stand in every match, or say "
                 "`unindexed: true`");
      }
      const Owner owner{index, static_cast<std::uint32_t>(compiled.signatures.size() - 1)};
      for (const Literal& atom : atoms.any_of) add(atom, Trigger::kAtom, owner);
    }
    for (const Signature& signature : rule.unless) {
      compiled.unless.push_back(std::make_unique<Pattern>(signature, rule.ignore_case));
    }
    if (rule.unindexed) c.unindexed.push_back(index);
  }
  for (const TraceMarker& marker : trace_markers())
    add({std::string(marker.literal), false}, Trigger::kMark);
  for (std::string_view word : kLevelWords) add({std::string(word), true}, Trigger::kLevelWord);
  // The numbers of pino and bunyan: every line of such a log has a level, so the digit is looked for, too.
  for (std::string_view quote : {"\"", "\\\"", "\\\\\\\""})  // by how deep the JSON is
    for (std::string_view colon : {":", ": ", " :", " : "})
      for (std::string_view behind : {std::string_view(), quote})
        for (std::string_view digit : {"5", "6"})
          add({fmt::format("level{}{}{}{}", quote, colon, behind, digit), false}, Trigger::kMark);
  for (std::string_view key : kTellingKeys) add({std::string(key), false}, Trigger::kKey);
  add({"fail: ", false}, Trigger::kMark);  // .NET's word for an error
  add({"E, [", false}, Trigger::kMark);  // Ruby's letters for error and fatal
  add({"F, [", false}, Trigger::kMark);
  add({".go:", false}, Trigger::kKlog);
  // Parts of a split message hide text from a raw scan.
  for (std::string_view mark : {" stdout P ", " stderr P ", " stdout P:", " stderr P:", "CONTAINER_PARTIAL_MESSAGE"})
    add({std::string(mark), false}, Trigger::kMark);
  add({"\\u00", false}, Trigger::kEscape);
  c.scan = std::make_shared<const LiteralScan>(std::move(literals));
}

Matcher::~Matcher() = default;

const Diagnostics& Matcher::diagnostics() const { return compiled_->diagnostics; }

bool Matcher::Compiled::wants(const Occurrence& o, std::string_view text, LineAnswers& answers) const {
  switch (triggers[o.literal]) {
    case Trigger::kAtom:
      return may_match_in_line(o, text, answers);
    case Trigger::kMark:
      return true;
    case Trigger::kEscape:
      switch (escaped_byte(text.substr(o.begin + 4, 2))) {
        case '\\':  // may begin an escape of a deeper layer
          return true;
        case '<':
          return is_syslog_error(text.substr(std::min(o.begin + 6, text.size())));
        default:
          return false;
      }
    case Trigger::kLevelWord: {
      std::size_t size = 0;
      while (o.begin + size < text.size() && is_alpha(text[o.begin + size])) ++size;
      return level_from_word(text.substr(o.begin, size)) >= Level::kError &&
             may_be_level(text, o.begin, size);
    }
    case Trigger::kKey:
      return is_telling(text.substr(o.begin, sizes[o.literal]), value_behind_key(text.substr(o.begin + sizes[o.literal])));
    case Trigger::kKlog:
      return is_klog_error(text.substr(0, o.begin));
  }
  return true;
}

// Where a pattern is sure to have all its pieces.
static bool has_all_pieces(const Pattern& pattern, std::string_view lowered_text) {
  return std::all_of(pattern.pieces.begin(), pattern.pieces.end(),
                     [&](const std::string& piece) { return contains(lowered_text, piece); });
}

// Its own copy for each thread, until the next call.
static std::string_view lowered_here(std::string_view text) {
  thread_local std::string lowered;
  lowered.assign(text);
  for (char& c : lowered) c = to_lower(c);
  return lowered;
}

// Whether a pattern matches a line as it stands in the log.
static bool matches_raw(const Pattern& pattern, std::string_view line) {
  if (pattern.is_by_hand) {
    thread_local TemplateMatch ignored;
    return match_template(*pattern.signature, pattern.ignores_case, line, ignored) != TemplateOutcome::kNoMatch;
  }
  return !pattern.get().ok() || re2::RE2::PartialMatch(re2::StringPiece(line.data(), line.size()), pattern.get());
}

// A signature that stays within a line has all its pieces there: looking for them is far cheaper than
// unwrapping the line. Where nothing is escaped, the text of the line is parts of it, each of them as
// it stands there, so that what does not match the line matches none of them.
bool Matcher::Compiled::may_match_in_line(const Occurrence& o, std::string_view text, LineAnswers& answers) const {
  if (const int escaped = escapes[o.literal]; escaped >= 0)
    return is_in_run(text, o.begin, static_cast<char>(escaped));
  const std::vector<Owner>& owners = owners_of[o.literal];
  const auto pattern_of = [&](const Owner& owner) -> const Pattern& {
    return *rules[owner.rule].signatures[owner.signature];
  };
  if (std::any_of(owners.begin(), owners.end(), [&](const Owner& owner) { return !pattern_of(owner).stays_in_line; }))
    return true;
  const std::string_view line = answers.line_at(text, o.begin);
  return answers.ask(o.literal, line, [&] {
    const std::string_view lowered_line = lowered_here(line);
    const bool is_as_it_is = line.find_first_of("\\\x1b") == std::string_view::npos;
    return std::any_of(owners.begin(), owners.end(), [&](const Owner& owner) {
      const Pattern& pattern = pattern_of(owner);
      return has_all_pieces(pattern, lowered_line) &&
             (!is_as_it_is || !pattern.is_local || matches_raw(pattern, line));
    });
  });
}

// Whether `\u00XX` may hide a part of an atom: it is of a colour, or a character that is written as it
// is elsewhere.
static bool is_veil(int escaped) { return escaped == kEscapeByte || !hides_nothing(escaped); }

// The size of `ESC[1;31m` and its like at the head of a text; 0 if it is another control sequence.
static std::size_t colour_size(std::string_view text) {
  std::size_t size = 2;
  while (size < text.size() && (is_digit(text[size]) || std::string_view(";:?").find(text[size]) != std::string_view::npos)) ++size;
  return text.substr(1, 1) == "[" && size < text.size() && is_alpha(text[size]) ? size + 1 : 0;
}

// Appends `line` without its colours, raw or as escapes of JSON, and with the characters of which no
// encoder makes an escape as they are. False if it holds other control sequences: how far those go
// depends on where the values of the line end.
static bool append_unveiled(std::string_view line, std::string& out) {
  constexpr std::string_view kEscape = "\\u00";
  thread_local std::string raw;
  raw.clear();
  while (!line.empty()) {
    const std::size_t at = line.find(kEscape);
    raw += line.substr(0, at);
    if (at == std::string_view::npos) break;
    line.remove_prefix(at + kEscape.size());
    const int escaped = escaped_byte(line.substr(0, 2));
    if (is_veil(escaped)) {
      line.remove_prefix(2);
      while (raw.ends_with('\\')) raw.pop_back();  // of a deeper layer of JSON
      raw += static_cast<char>(escaped);
    } else {
      raw += kEscape;
    }
  }
  for (std::string_view rest = raw; !rest.empty();) {
    const std::size_t at = rest.find(kEscapeByte);
    out += rest.substr(0, at);
    if (at == std::string_view::npos) break;
    const std::size_t size = colour_size(rest.substr(at));
    if (size == 0) return false;
    rest.remove_prefix(at + size);
  }
  return true;
}

// Appends where lines are that could matter, once for each, and where something is veiled.
void Matcher::Compiled::find_wanted(std::string_view text, std::vector<std::size_t>& offsets,
                                    std::vector<std::size_t>& veils) const {
  thread_local std::vector<Occurrence> found;
  thread_local LineAnswers answers;
  found.clear();
  answers.begin_text(triggers.size());
  scan.load()->find(text, found);
  std::sort(found.begin(), found.end(), [](const Occurrence& a, const Occurrence& b) { return a.begin < b.begin; });
  std::size_t done = 0;  // the end of a line that matters
  for (const Occurrence& o : found) {
    if (o.begin < done) continue;
    if (wants(o, text, answers)) {
      offsets.push_back(o.begin);
      done = std::min(text.find('\n', o.begin), text.size());
    } else if (triggers[o.literal] == Trigger::kEscape && is_veil(escaped_byte(text.substr(o.begin + 4, 2)))) {
      veils.push_back(o.begin);
    }
  }
  find_syslog_errors(text, offsets);
}

// Lines of which a part is veiled are scanned again without it, all of a block at once.
void Matcher::Compiled::find_veiled(std::string_view block, const std::vector<std::size_t>& veils,
                                    std::vector<std::size_t>& offsets) const {
  thread_local std::string plain;
  thread_local std::vector<std::pair<std::size_t, std::size_t>> lines;  // begin in plain, in block
  thread_local std::vector<std::size_t> wanted, deeper;
  plain.clear(), lines.clear(), wanted.clear(), deeper.clear();
  std::size_t done = 0;
  for (std::size_t at : veils) {
    if (at < done) continue;
    const std::size_t begin = block.rfind('\n', at) + 1;  // npos + 1 is 0
    done = std::min(block.find('\n', at), block.size());
    lines.emplace_back(plain.size(), begin);
    if (!append_unveiled(block.substr(begin, done - begin), plain)) offsets.push_back(begin);
    plain += '\n';
  }
  find_wanted(plain, wanted, deeper);
  for (const std::size_t at : wanted) {
    const auto behind = std::upper_bound(lines.begin(), lines.end(), std::pair(at, std::string_view::npos));
    offsets.push_back(std::prev(behind)->second);
  }
}

void Matcher::tune(std::string_view sample) const {
  Compiled& c = *compiled_;
  if (c.is_tuned.test() || c.is_tuned.test_and_set()) return;
  // Whoever is scanning with the first one keeps it until then.
  c.scan = std::make_shared<const LiteralScan>(c.scan.load()->literals(), widest_simd(),
                                               LogSample(std::string(sample)));
}

void Matcher::find_candidates(std::string_view block, std::vector<std::size_t>& offsets) const {
  find_long_docker_lines(block, offsets);
  thread_local std::vector<std::size_t> veils;
  veils.clear();
  compiled_->find_wanted(block, offsets, veils);
  for (std::size_t at = block.find(kEscapeByte); at != std::string_view::npos;
       at = block.find(kEscapeByte, at)) {
    veils.push_back(at);
    at = std::min(block.find('\n', at), block.size());
  }
  std::sort(veils.begin(), veils.end());
  if (!veils.empty()) compiled_->find_veiled(block, veils, offsets);
  std::sort(offsets.begin(), offsets.end());
}

namespace {

// The first wording of a capture counts.
void add_capture(Match& match, const std::string& name, std::string_view value) {
  const bool has = std::any_of(match.captures.begin(), match.captures.end(),
                               [&](const auto& c) { return c.first == name; });
  if (!has) match.captures.emplace_back(name, LogText(std::string(value)));
}

// False if the template was left undecided.
bool match_by_hand(const Pattern& pattern, const Rule* rule, std::string_view text,
                   std::optional<Match>& match) {
  thread_local TemplateMatch found;
  const Signature& signature = *pattern.signature;
  const TemplateOutcome outcome = match_template(signature, pattern.ignores_case, text, found);
  if (outcome != TemplateOutcome::kMatch) return outcome == TemplateOutcome::kNoMatch;
  if (!match) match.emplace(Match{rule, {}, found.whole.begin, found.whole.end});
  for (std::size_t i = 0; i < found.captures.size(); ++i) {
    const auto [begin, end] = found.captures[i];
    add_capture(*match, signature.captures[i].name, text.substr(begin, end - begin));
  }
  return true;
}

void match_by_regex(const re2::RE2& regex, const Rule* rule, std::string_view record_text,
                    std::optional<Match>& match) {
  const re2::StringPiece text(record_text.data(), record_text.size());
  std::vector<re2::StringPiece> groups(static_cast<std::size_t>(regex.NumberOfCapturingGroups()) + 1);
  if (!regex.Match(text, 0, text.size(), re2::RE2::UNANCHORED, groups.data(),
                   static_cast<int>(groups.size())))
    return;
  if (!match) {
    const auto begin = static_cast<std::size_t>(groups[0].data() - text.data());
    match.emplace(Match{rule, {}, begin, begin + groups[0].size()});
  }
  for (const auto& [number, name] : regex.CapturingGroupNames()) {
    const re2::StringPiece& group = groups[static_cast<std::size_t>(number)];
    if (group.data()) add_capture(*match, name, std::string_view(group.data(), group.size()));
  }
}

}  // namespace

// Tries some of a rule's signatures: all that may match, in their order.
std::optional<Match> Matcher::Compiled::match_signatures(const CompiledRule& compiled,
                                                         std::span<const Owner> tried, bool slow,
                                                         std::string_view text,
                                                         std::uint64_t& not_evaluated) {
  std::optional<Match> match;
  for (const Owner& owner : tried) {
    const Pattern& pattern = *compiled.signatures[owner.signature];
    if (!slow && pattern.is_by_hand && match_by_hand(pattern, compiled.rule, text, match)) continue;
    if (pattern.get().ok()) {
      match_by_regex(pattern.get(), compiled.rule, text, match);
    } else {  // its program would not fit RE2's budget
      ++not_evaluated;
    }
  }
  return match;
}

void Matcher::Compiled::add_all_of(std::uint32_t rule, std::vector<Owner>& owners) const {
  for (std::uint32_t i = 0; i < rules[rule].signatures.size(); ++i) owners.push_back({rule, i});
}

const Pattern* Matcher::Compiled::find_veto(const CompiledRule& compiled, std::string_view text) {
  for (const auto& veto : compiled.unless)
    if (veto->get().ok() &&
        re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), veto->get()))
      return veto.get();
  return nullptr;
}

const Condition* Matcher::Compiled::find_narrowing(const CompiledRule& compiled,
                                                   const Record& record) {
  for (const Condition& condition : compiled.rule->when)
    if (!satisfies(condition, record)) return &condition;
  return nullptr;
}

void Matcher::Compiled::verify(const CompiledRule& compiled, std::span<const Owner> tried, bool slow,
                               const Record& record, std::vector<Match>& found,
                               std::uint64_t& not_evaluated) {
  std::optional<Match> match = match_signatures(compiled, tried, slow, record.text, not_evaluated);
  if (match && !find_veto(compiled, record.text) && !find_narrowing(compiled, record))
    found.push_back(std::move(*match));
}

// By rule, an atom of it that stands in the text; empty if none does.
std::vector<std::string_view> Matcher::Compiled::atoms_in(std::string_view text) const {
  std::vector<std::string_view> atoms(rules.size());
  std::vector<Occurrence> occurrences;
  scan.load()->find(text, occurrences);
  for (const Occurrence& o : occurrences)
    for (const Owner& owner : owners_of[o.literal])
      atoms[owner.rule] = text.substr(o.begin, sizes[o.literal]);
  return atoms;
}

std::vector<Matcher::Verdict> Matcher::explain(const Record& record) const {
  std::vector<Verdict> verdicts;
  std::vector<Match> valid;
  std::uint64_t ignored = 0;
  const std::vector<std::string_view> atoms = compiled_->atoms_in(record.text);
  for (const CompiledRule& compiled : compiled_->rules) {
    const auto index = static_cast<std::uint32_t>(&compiled - compiled_->rules.data());
    const std::string_view atom = atoms[index];
    std::vector<Owner> all;
    compiled_->add_all_of(index, all);
    std::optional<Match> match = Compiled::match_signatures(compiled, all, true, record.text, ignored);
    if (!match && atom.empty()) continue;
    Verdict& verdict = verdicts.emplace_back();
    if (!match) {
      verdict.match.rule = compiled.rule;
      verdict.outcome = Outcome::kNoMatch;
      verdict.because = atom;
      continue;
    }
    verdict.match = std::move(*match);
    if (const Pattern* veto = Compiled::find_veto(compiled, record.text)) {
      verdict.outcome = Outcome::kVetoed;
      verdict.because = veto->signature->place.source_line;
    } else if (const Condition* condition = Compiled::find_narrowing(compiled, record)) {
      verdict.outcome = Outcome::kNarrowed;
      verdict.because = condition->field + ": " + condition->pattern;
    } else {
      valid.push_back(verdict.match);
    }
  }
  const std::vector<Match> kept = without_symptoms(valid);
  for (Verdict& verdict : verdicts) {
    const auto is_it = [&](const Match& m) { return m.rule == verdict.match.rule; };
    if (verdict.outcome != Outcome::kMatches || std::any_of(kept.begin(), kept.end(), is_it)) continue;
    verdict.outcome = Outcome::kGivesWay;
    for (const Match& match : kept)
      if (verdict.because.empty() || explains(*match.rule, *verdict.match.rule))
        verdict.because = match.rule->id;
  }
  return verdicts;
}

std::vector<Match> Matcher::match(const Record& record, bool slow,
                                  std::uint64_t& not_evaluated) const {
  const Compiled& c = *compiled_;
  thread_local std::vector<Owner> tried;
  tried.clear();
  if (slow) {
    for (std::uint32_t rule = 0; rule < c.rules.size(); ++rule) c.add_all_of(rule, tried);
  } else {
    thread_local std::vector<Occurrence> occurrences;
    occurrences.clear();
    c.scan.load()->find(record.text, occurrences);
    for (const Occurrence& o : occurrences)
      tried.insert(tried.end(), c.owners_of[o.literal].begin(), c.owners_of[o.literal].end());
  }
  if (!c.unindexed.empty()) {
    std::erase_if(tried, [&](const Owner& owner) { return c.rules[owner.rule].rule->unindexed; });
    if (is_error_like(record))
      for (std::uint32_t rule : c.unindexed) c.add_all_of(rule, tried);
  }
  std::sort(tried.begin(), tried.end());
  tried.erase(std::unique(tried.begin(), tried.end()), tried.end());
  if (!slow) {
    const std::string_view lowered_text = lowered_here(record.text);
    std::erase_if(tried, [&](const Owner& owner) {
      return !has_all_pieces(*c.rules[owner.rule].signatures[owner.signature], lowered_text);
    });
  }
  std::vector<Match> found;
  const auto verify_those = [&](bool fallback) {
    for (std::size_t i = 0, end; i < tried.size(); i = end) {
      const CompiledRule& rule = c.rules[tried[i].rule];
      for (end = i; end < tried.size() && tried[end].rule == tried[i].rule;) ++end;
      if (rule.rule->fallback == fallback)
        c.verify(rule, std::span(tried).subspan(i, end - i), slow, record, found, not_evaluated);
    }
  };
  verify_those(false);
  if (slow || found.empty()) verify_those(true);  // they would give way
  return without_symptoms(std::move(found));
}

std::optional<Match> Matcher::match_rule(const Rule& rule, const Record& record) const {
  const auto compiled = std::find_if(compiled_->rules.begin(), compiled_->rules.end(),
                                     [&](const CompiledRule& c) { return c.rule == &rule; });
  if (compiled == compiled_->rules.end()) return {};
  std::vector<Owner> all;
  compiled_->add_all_of(static_cast<std::uint32_t>(compiled - compiled_->rules.begin()), all);
  std::vector<Match> found;
  std::uint64_t ignored = 0;
  Compiled::verify(*compiled, all, true, record, found, ignored);
  if (found.empty()) return {};
  return std::move(found.front());
}

}  // namespace logfix
