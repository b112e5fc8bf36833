#include "match/candidates.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "base/text.h"
#include "match/atoms.h"
#include "match/veil.h"

namespace logfix {

// The line at hand and what was found out about it: of an atom that stands in it a thousand times, it is looked
// at once, or that would take quadratic time.
class Candidates::Line {
 public:
  void begin_text(std::string_view text, std::size_t atoms) {
    text_ = text;
    bytes_ = {};
    if (answers_.size() < atoms) answers_.resize(atoms);
  }
  /// Makes it the line around `at`.
  void move_to(std::size_t at) {
    if (bytes_.data() && at >= begin_ && at - begin_ <= bytes_.size()) return;
    begin_ = line_begin(text_, at);
    bytes_ = text_.substr(begin_, line_end(text_, at) - begin_);
    is_lowered_ = false;
    is_plain_.reset();
    ++number_;
  }
  std::string_view bytes() const { return bytes_; }
  std::string_view lowered() {
    if (!std::exchange(is_lowered_, true)) copy_lowered(bytes_, lowered_);
    return lowered_;
  }
  bool is_plain() {
    if (!is_plain_) is_plain_ = is_as_it_is(bytes_);
    return *is_plain_;
  }
  template <typename Ask>
  bool ask(std::uint32_t atom, Ask ask) {
    Answer& answer = answers_[atom];
    if (answer.line != number_) answer = {number_, ask()};
    return answer.may_match;
  }

 private:
  struct Answer {
    std::uint64_t line = 0;
    bool may_match = false;
  };
  std::string_view text_, bytes_;
  std::size_t begin_ = 0;
  std::string lowered_;
  bool is_lowered_ = false;
  std::optional<bool> is_plain_;
  std::uint64_t number_ = 0;     // of all lines that this thread looked at
  std::vector<Answer> answers_;  // by atom
};

Candidates::Candidates(const std::vector<CompiledRule>& rules) : rules_(rules) {
  std::vector<Literal> literals;
  std::unordered_map<std::string, std::size_t> known;
  const auto add = [&](const Literal& literal, const SignatureIndex& owner) {
    const auto [entry, is_new] = known.try_emplace(literal.text + (literal.ignores_case ? 'i' : 's'), literals.size());
    if (is_new) {
      literals.push_back(literal);
      atoms_.push_back({literal.text.size(), escaped_character(literal.text), true, {}});
    }
    Atom& atom = atoms_[entry->second];
    atom.stays_in_line &= pattern_of(owner).atoms().stays_in_line;
    atom.owners.push_back(owner);
  };
  std::vector<SignatureIndex> signatures;
  for (const CompiledRule& rule : rules) rule.add_all(signatures);
  for (const SignatureIndex& signature : signatures)
    for (const Literal& atom : pattern_of(signature).atoms().any_of) add(atom, signature);
  for (const Trigger& trigger : triggers_) literals.push_back(trigger.literal);
  scan_ = std::make_shared<const LiteralScan>(std::move(literals));
}

// A signature that stays within a line has all its pieces there: looking for them is far cheaper than
// unwrapping the line. Where nothing is escaped, the text of the line is parts of it, each of them as
// it stands there, so that what does not match the line matches none of them.
bool Candidates::may_match_in_line(const Occurrence& o, std::string_view text, Line& line) const {
  const Atom& atom = atoms_[o.literal];
  if (atom.escaped >= 0) return is_in_run(text, o.begin, static_cast<char>(atom.escaped));
  if (!atom.stays_in_line) return true;
  line.move_to(o.begin);
  return line.ask(o.literal, [&] {
    return std::any_of(atom.owners.begin(), atom.owners.end(), [&](const SignatureIndex& owner) {
      const Pattern& pattern = pattern_of(owner);
      return pattern.has_all_pieces(line.lowered()) && (!line.is_plain() || pattern.may_match_part_of(line.bytes()));
    });
  });
}

// Appends where lines are that could matter, once for each, and where something is veiled.
void Candidates::find_wanted(std::string_view text, std::vector<std::size_t>& offsets,
                             std::vector<std::size_t>& veils) const {
  thread_local std::vector<Occurrence> found;
  thread_local Line line;
  found.clear();
  line.begin_text(text, atoms_.size());
  scan()->find(text, found);
  std::sort(found.begin(), found.end(), [](const Occurrence& a, const Occurrence& b) { return a.begin < b.begin; });
  std::size_t done = 0;  // the end of a line that matters
  for (const Occurrence& o : found) {
    if (o.begin < done) continue;
    const Trigger* trigger = o.literal < atoms_.size() ? nullptr : &triggers_[o.literal - atoms_.size()];
    if (trigger ? makes_matter(*trigger, text, o.begin) : may_match_in_line(o, text, line)) {
      offsets.push_back(o.begin);
      done = line_end(text, o.begin);
    } else if (trigger && trigger->kind == Trigger::Kind::kEscape &&
               is_veil(text.substr(o.begin + kJsonEscape.size()))) {
      veils.push_back(o.begin);
    }
  }
  find_syslog_errors(text, offsets);
}

// Lines of which a part is veiled are scanned again without it, all of a block at once.
void Candidates::find_veiled(std::string_view block, const std::vector<std::size_t>& veils,
                             std::vector<std::size_t>& offsets) const {
  thread_local std::string plain;
  thread_local std::vector<std::pair<std::size_t, std::size_t>> lines;  // begin in plain, in block
  thread_local std::vector<std::size_t> wanted, deeper;
  plain.clear(), lines.clear(), wanted.clear(), deeper.clear();
  std::size_t done = 0;
  for (std::size_t at : veils) {
    if (at < done) continue;
    const std::size_t begin = line_begin(block, at);
    done = line_end(block, at);
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

void Candidates::find(std::string_view block, std::vector<std::size_t>& offsets) const {
  find_long_docker_lines(block, offsets);
  thread_local std::vector<std::size_t> veils;
  veils.clear();
  find_wanted(block, offsets, veils);
  find_colours(block, veils);
  std::sort(veils.begin(), veils.end());
  if (!veils.empty()) find_veiled(block, veils, offsets);
  std::sort(offsets.begin(), offsets.end());
}

void Candidates::find_signatures(std::string_view text, std::vector<SignatureIndex>& found) const {
  thread_local std::vector<Occurrence> occurrences;
  occurrences.clear();
  scan()->find(text, occurrences);
  // An attacker's text holds an atom some ten thousand times.
  std::sort(occurrences.begin(), occurrences.end(), [](const Occurrence& a, const Occurrence& b) { return a.literal < b.literal; });
  const auto is_same = [](const Occurrence& a, const Occurrence& b) { return a.literal == b.literal; };
  occurrences.erase(std::unique(occurrences.begin(), occurrences.end(), is_same), occurrences.end());
  for (const Occurrence& o : occurrences)
    if (o.literal < atoms_.size())
      found.insert(found.end(), atoms_[o.literal].owners.begin(), atoms_[o.literal].owners.end());
}

std::vector<std::string_view> Candidates::atoms_in(std::string_view text) const {
  std::vector<std::string_view> atoms(rules_.size());
  std::vector<Occurrence> occurrences;
  scan()->find(text, occurrences);
  for (const Occurrence& o : occurrences) {
    if (o.literal >= atoms_.size()) continue;
    for (const SignatureIndex& owner : atoms_[o.literal].owners)
      atoms[owner.rule] = text.substr(o.begin, atoms_[o.literal].size);
  }
  return atoms;
}

void Candidates::tune(std::string_view sample) const {
  if (is_tuned_.test() || is_tuned_.test_and_set()) return;
  auto tuned = std::make_shared<const LiteralScan>(scan()->literals(), widest_simd(), LogSample(std::string(sample)));
  const std::lock_guard lock(mutex_);
  scan_ = std::move(tuned);  // whoever is scanning with the first one keeps it until then
}

}  // namespace logfix
