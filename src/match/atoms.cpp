#include "match/atoms.h"

#include <re2/filtered_re2.h>
#include <re2/re2.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/text.h"
#include "match/log_sample.h"

namespace logfix {
namespace {

constexpr std::size_t kPoorWorth = 6, kMinEscapable = 4;
constexpr std::size_t kEscape = 5;  // the length of `u003e`

// What some encoder writes as an escape: DESIGN's list of what Go, .NET, Gson and PHP do.
bool is_safe(char c) {
  return c >= 0x20 && c <= 0x7e &&
         std::string_view("\"\\/<>&'+=`").find(c) == std::string_view::npos;
}

bool passes(const re2::FilteredRE2& filter, const std::vector<int>& atoms) {
  std::vector<int> potentials;
  filter.AllPotentials(atoms, &potentials);
  return !potentials.empty();
}

}  // namespace

// How good a literal is to search for: long ones are rare, unless every log is full of them. Worst
// are small numbers: every log has times and sizes.
static std::size_t worth(std::string_view piece) {
  constexpr std::size_t kLongWord = 6, kLongNumber = 6;
  if (piece.size() < LiteralScan::kMinLiteral) return 0;
  if (piece.size() < kLongNumber && std::all_of(piece.begin(), piece.end(), is_digit)) return 1;
  if (is_common(piece)) return piece.size() < kLongWord ? 1 : 2;
  return piece.size();
}

// The safe run that is worth most by a measure.
template <typename Worth>
static std::string_view best_safe_run(std::string_view text, Worth&& worth_of) {
  std::string_view best;
  for (std::size_t begin = 0; begin < text.size();) {
    std::size_t end = begin;
    while (end < text.size() && is_safe(text[end])) ++end;
    const std::string_view piece = text.substr(begin, end - begin);
    if (worth_of(piece) > worth_of(best)) best = piece;
    begin = end + 1;
  }
  return best;
}

static std::string_view longest_safe_run(std::string_view text) {
  return best_safe_run(text, [](std::string_view run) { return run.size(); });
}

std::string_view safe_piece(std::string_view text) { return best_safe_run(text, worth); }

// What most encoders write as `\u00XX` and nothing else: `\"` and `\/` have other forms.
static bool is_escaped_by_code(char c) { return std::string_view("<>&'+=`").find(c) != std::string_view::npos; }

static std::string escape_of(char c) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  return std::string("u00") + kDigits[byte >> 4] + kDigits[byte & 15];
}

// A literal that has no good safe piece, such as `>>> 'port`, may have two of such a character in a
// row: `>>> ` stands there as it is, or one of them as an escape, which a run of them must surround.
static std::vector<Literal> escapable_atoms(std::string_view text) {
  for (std::size_t at = 0; at + 1 < text.size(); ++at) {
    const char c = text[at];
    if (!is_escaped_by_code(c) || text[at + 1] != c) continue;
    std::size_t begin = at, end = at;
    while (begin > 0 && is_safe(text[begin - 1])) --begin;
    while (end < text.size() && (text[end] == c || is_safe(text[end]))) ++end;
    if (end - begin < kMinEscapable) continue;
    return {{std::string(text.substr(begin, end - begin)), true}, {escape_of(c), true}};
  }
  return {};
}

static void add_once(Literal atom, std::vector<Literal>& atoms) {
  const auto is_it = [&](const Literal& other) { return other.text == atom.text; };
  if (std::none_of(atoms.begin(), atoms.end(), is_it)) atoms.push_back(std::move(atom));
}

// The pieces that stand in every match, whichever alternatives it takes.
static std::vector<std::string> pieces_of_regex(const re2::FilteredRE2& filter,
                                                const std::vector<std::string>& found) {
  std::vector<std::string> pieces;
  for (std::size_t without = 0; without < found.size(); ++without) {
    const std::string_view piece = longest_safe_run(found[without]);
    if (piece.size() < LiteralScan::kMinLiteral) continue;
    std::vector<int> others;
    for (std::size_t i = 0; i < found.size(); ++i)
      if (i != without) others.push_back(static_cast<int>(i));
    if (!passes(filter, others)) pieces.push_back(lowered(piece));
  }
  return pieces;
}

// RE2 knows the literals of a regex and how they depend on each other. Any set of them without
// which the regex can't match will do; short ones are left out as long as the rest is such a set.
static Atoms atoms_of_regex(const Signature& signature) {
  re2::RE2::Options options(re2::RE2::Latin1);
  options.set_log_errors(false);
  re2::FilteredRE2 filter(static_cast<int>(LiteralScan::kMinLiteral));
  int id = 0;
  if (filter.Add(signature.regex, options, &id) != re2::RE2::NoError) return {};
  std::vector<std::string> found;
  filter.Compile(&found);
  if (found.empty() || passes(filter, {})) return {};

  std::vector<std::size_t> quality;
  for (const std::string& literal : found) {
    const std::size_t of_piece = worth(safe_piece(literal));
    const std::vector<Literal> escapable = escapable_atoms(literal);
    const bool is_good = of_piece >= kPoorWorth || escapable.empty();
    quality.push_back(is_good ? of_piece : kPoorWorth + escapable.front().text.size());
  }
  std::vector<int> worst_first(found.size());
  std::iota(worst_first.begin(), worst_first.end(), 0);
  std::stable_sort(worst_first.begin(), worst_first.end(), [&](int a, int b) {
    return quality[static_cast<std::size_t>(a)] < quality[static_cast<std::size_t>(b)];
  });
  std::vector<int> left_out;
  Atoms atoms;
  for (std::size_t i = 0; i < worst_first.size(); ++i) {
    left_out.push_back(worst_first[i]);
    if (!passes(filter, left_out)) continue;
    left_out.pop_back();
    const std::string& literal = found[static_cast<std::size_t>(worst_first[i])];
    const std::string_view piece = safe_piece(literal);
    const std::vector<Literal> escapable =
        worth(piece) < kPoorWorth ? escapable_atoms(literal) : std::vector<Literal>();
    if (!escapable.empty()) {
      for (const Literal& atom : escapable) add_once(atom, atoms.any_of);
    } else if (piece.size() < LiteralScan::kMinLiteral) {
      return {};
    } else {
      add_once({std::string(piece), true}, atoms.any_of);
    }
  }
  atoms.all_of = pieces_of_regex(filter, found);
  atoms.stays_in_line = stays_in_line(signature.regex);
  return atoms;
}

// What a class of characters allows: where it ends, and whether a line feed may be in it.
static std::size_t end_of_class(std::string_view regex, std::size_t begin, bool& may_be_feed) {
  std::size_t at = begin + 1;
  const bool is_negated = at < regex.size() && regex[at] == '^';
  at += is_negated;
  bool names_feed = false, is_sure = true;
  for (std::size_t first = at; at < regex.size() && (regex[at] != ']' || at == first); ++at) {
    const char c = regex[at];
    if (static_cast<unsigned char>(c) < 0x20 || c == '[') is_sure = false;  // `[:space:]`
    if (c != '\\') continue;
    const char escaped = ++at < regex.size() ? regex[at] : 'x';
    if (std::string_view("nsWD").find(escaped) != std::string_view::npos) names_feed = true;
    if (std::string_view("xpPCQ01234567").find(escaped) != std::string_view::npos) is_sure = false;
    // A range such as `\t-\r` may hold one.
    if (at + 1 < regex.size() && regex[at + 1] == '-' && is_alpha(escaped)) is_sure = false;
  }
  may_be_feed = !is_sure || names_feed != is_negated;
  return at;
}

bool looks_around(std::string_view regex) {
  for (std::size_t at = 0; at < regex.size(); ++at) {
    if (regex[at] == '[') {
      bool ignored = false;
      at = end_of_class(regex, at, ignored);
    } else if (regex[at] == '\\') {
      if (++at < regex.size() && std::string_view("bBAzQC").find(regex[at]) != std::string_view::npos) return true;
    } else if (regex[at] == '^' || regex[at] == '$') {
      return true;
    }
  }
  return false;
}

bool stays_in_line(std::string_view regex) {
  for (std::size_t at = 0; at < regex.size(); ++at) {
    const char c = regex[at];
    if (c == '\n') return false;
    if (c == '[') {
      bool may_be_feed = false;
      at = end_of_class(regex, at, may_be_feed);
      if (may_be_feed) return false;
    } else if (c == '\\') {
      const char escaped = ++at < regex.size() ? regex[at] : 'x';
      if (std::string_view("nsWDxpPCQ01234567").find(escaped) != std::string_view::npos) return false;
    } else if (c == '(' && regex.substr(at).starts_with("(?") && !regex.substr(at).starts_with("(?P<")) {
      const std::string_view flags = regex.substr(at, regex.find_first_of(":)", at) - at);
      if (flags.find('s') != std::string_view::npos) return false;  // `.` may be one
    }
  }
  return true;
}

int escaped_character(std::string_view atom) {
  if (atom.size() != kEscape || !atom.starts_with("u00")) return -1;
  for (char c : std::string_view("<>&'+=`"))
    if (atom == escape_of(c)) return c;
  return -1;
}

bool is_in_run(std::string_view text, std::size_t at, char c) {
  const std::string escape = escape_of(c);
  std::size_t begin = at;
  while (begin > 0 && text[begin - 1] == '\\') --begin;
  if (begin > 0 && text[begin - 1] == c) return true;
  if (begin >= kEscape && equals_ignoring_case(text.substr(begin - kEscape, kEscape), escape)) return true;
  std::size_t end = std::min(at + kEscape, text.size());
  if (end < text.size() && text[end] == c) return true;
  while (end < text.size() && text[end] == '\\') ++end;
  return equals_ignoring_case(text.substr(end, kEscape), escape);
}

Atoms atoms_of(const Signature& signature, bool ignores_case) {
  if (!signature.is_template) return atoms_of_regex(signature);
  std::string_view best;
  for (const std::string& literal : signature.literals) {
    const std::string_view piece = safe_piece(literal);
    if (worth(piece) > worth(best)) best = piece;
  }
  if (best.size() < LiteralScan::kMinLiteral) return {};
  Atoms atoms{{{std::string(best), ignores_case}}, {}, false};
  const auto crosses_lines = [](const TemplatePart& part) { return part.kind == TemplatePart::Kind::kSpace; };
  atoms.stays_in_line = std::none_of(signature.parts.begin(), signature.parts.end(), crosses_lines);
  for (const std::string& literal : signature.literals) {
    const std::string_view piece = longest_safe_run(literal);
    if (piece.size() >= LiteralScan::kMinLiteral) atoms.all_of.push_back(lowered(piece));
  }
  return atoms;
}

void find_atoms(RuleSet& rules) {
  for (Rule& rule : rules.rules)
    for (Signature& signature : rule.signatures)
      signature.atoms = atoms_of(signature, rule.ignore_case);
}

}  // namespace logfix
