#include "match/candidates.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <unordered_map>
#include <utility>

#include "match/atoms.h"
#include "match/veil.h"

namespace logfix {

// What was found out about lines of the text at hand: of an atom that stands in a line a thousand times,
// the line is looked at once, or it would take quadratic time.
class Candidates::LineAnswers {
 public:
  /// Forgets the text before.
  void begin_text(std::size_t atoms) {
    ++text_;
    line_ = {};
    if (answers_.size() < atoms) answers_.resize(atoms);
  }
  /// The line around `at`.
  std::string_view line_at(std::string_view text, std::size_t at) {
    if (line_.data() && at >= begin_ && at - begin_ <= line_.size()) return line_;
    begin_ = text.rfind('\n', at) + 1;  // npos + 1 is 0
    return line_ = text.substr(begin_, text.find('\n', at) - begin_);
  }
  template <typename Ask>
  bool ask(std::uint32_t atom, std::string_view line, Ask ask) {
    Answer& answer = answers_[atom];
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
bool Candidates::may_match_in_line(const Occurrence& o, std::string_view text, LineAnswers& answers) const {
  const Atom& atom = atoms_[o.literal];
  if (atom.escaped >= 0) return is_in_run(text, o.begin, static_cast<char>(atom.escaped));
  if (!atom.stays_in_line) return true;
  const std::string_view line = answers.line_at(text, o.begin);
  return answers.ask(o.literal, line, [&] {
    const std::string_view lowered_line = lowered_here(line);
    const bool is_plain = is_as_it_is(line);
    return std::any_of(atom.owners.begin(), atom.owners.end(), [&](const SignatureIndex& owner) {
      const Pattern& pattern = pattern_of(owner);
      return pattern.has_all_pieces(lowered_line) && (!is_plain || pattern.may_match_part_of(line));
    });
  });
}

// Appends where lines are that could matter, once for each, and where something is veiled.
void Candidates::find_wanted(std::string_view text, std::vector<std::size_t>& offsets,
                             std::vector<std::size_t>& veils) const {
  thread_local std::vector<Occurrence> found;
  thread_local LineAnswers answers;
  found.clear();
  answers.begin_text(atoms_.size());
  scan_.load()->find(text, found);
  std::sort(found.begin(), found.end(), [](const Occurrence& a, const Occurrence& b) { return a.begin < b.begin; });
  std::size_t done = 0;  // the end of a line that matters
  for (const Occurrence& o : found) {
    if (o.begin < done) continue;
    const Trigger* trigger = o.literal < atoms_.size() ? nullptr : &triggers_[o.literal - atoms_.size()];
    if (trigger ? makes_matter(*trigger, text, o.begin) : may_match_in_line(o, text, answers)) {
      offsets.push_back(o.begin);
      done = std::min(text.find('\n', o.begin), text.size());
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
  scan_.load()->find(text, occurrences);
  for (const Occurrence& o : occurrences)
    if (o.literal < atoms_.size())
      found.insert(found.end(), atoms_[o.literal].owners.begin(), atoms_[o.literal].owners.end());
}

std::vector<std::string_view> Candidates::atoms_in(std::string_view text) const {
  std::vector<std::string_view> atoms(rules_.size());
  std::vector<Occurrence> occurrences;
  scan_.load()->find(text, occurrences);
  for (const Occurrence& o : occurrences) {
    if (o.literal >= atoms_.size()) continue;
    for (const SignatureIndex& owner : atoms_[o.literal].owners)
      atoms[owner.rule] = text.substr(o.begin, atoms_[o.literal].size);
  }
  return atoms;
}

void Candidates::tune(std::string_view sample) const {
  if (is_tuned_.test() || is_tuned_.test_and_set()) return;
  // Whoever is scanning with the first one keeps it until then.
  scan_ = std::make_shared<const LiteralScan>(scan_.load()->literals(), widest_simd(), LogSample(std::string(sample)));
}

}  // namespace logfix
