#include "match/pattern.h"

#include <re2/re2.h>

#include <utility>
#include <vector>

#include "match/atoms.h"
#include "match/template_match.h"

namespace logfix {
namespace {

re2::StringPiece piece_of(std::string_view text) { return {text.data(), text.size()}; }

void add_capture(Match& match, const std::string& name, std::string_view value) {
  const bool has = std::any_of(match.captures.begin(), match.captures.end(),
                               [&](const auto& c) { return c.first == name; });
  if (!has) match.captures.emplace_back(name, LogText(std::string(value)));
}

}  // namespace

Pattern::Pattern(const Signature& signature, bool ignores_case)
    : signature_(signature),
      ignores_case_(ignores_case),
      is_by_hand_(is_for_template_match(signature, ignores_case)),
      is_local_(!looks_around(signature.regex)) {}

Pattern::~Pattern() = default;

const re2::RE2& Pattern::regex() const {
  std::call_once(once_, [this] {
    re2::RE2::Options options(re2::RE2::Latin1);
    options.set_log_errors(false);
    options.set_case_sensitive(!ignores_case_);
    regex_ = std::make_unique<re2::RE2>(signature_.regex, options);
  });
  return *regex_;
}

const std::string& Pattern::refusal() const { return regex().error(); }

int Pattern::instructions() const { return regex().ProgramSize(); }

void Pattern::set_atoms(Atoms atoms) {
  atoms_ = std::move(atoms);
  // The longest is the one that is most likely not there.
  std::sort(atoms_.all_of.begin(), atoms_.all_of.end(),
            [](const std::string& a, const std::string& b) { return a.size() > b.size(); });
}

bool Pattern::matches(std::string_view text) const {
  return regex().ok() && re2::RE2::PartialMatch(piece_of(text), regex());
}

bool Pattern::may_match_part_of(std::string_view line) const {
  if (!is_local_) return true;
  if (is_by_hand_) {
    thread_local TemplateMatch ignored;
    return match_template(signature_, ignores_case_, line, ignored) != TemplateOutcome::kNoMatch;
  }
  return !regex().ok() || re2::RE2::PartialMatch(piece_of(line), regex());
}

bool Pattern::find(std::string_view text, bool slow, const Rule& rule, std::optional<Match>& match) const {
  if (!slow && is_by_hand_ && find_by_hand(text, rule, match)) return true;
  if (!regex().ok()) return false;
  find_by_regex(text, rule, match);
  return true;
}

// False if the template was left undecided.
bool Pattern::find_by_hand(std::string_view text, const Rule& rule, std::optional<Match>& match) const {
  thread_local TemplateMatch found;
  const TemplateOutcome outcome = match_template(signature_, ignores_case_, text, found);
  if (outcome != TemplateOutcome::kMatch) return outcome == TemplateOutcome::kNoMatch;
  if (!match) match.emplace(Match{&rule, {}, found.whole.begin, found.whole.end});
  for (std::size_t i = 0; i < found.captures.size(); ++i) {
    const auto [begin, end] = found.captures[i];
    add_capture(*match, signature_.captures[i].name, text.substr(begin, end - begin));
  }
  return true;
}

void Pattern::find_by_regex(std::string_view text, const Rule& rule, std::optional<Match>& match) const {
  std::vector<re2::StringPiece> groups(static_cast<std::size_t>(regex().NumberOfCapturingGroups()) + 1);
  if (!regex().Match(piece_of(text), 0, text.size(), re2::RE2::UNANCHORED, groups.data(),
                     static_cast<int>(groups.size())))
    return;
  if (!match) {
    const auto begin = static_cast<std::size_t>(groups[0].data() - text.data());
    match.emplace(Match{&rule, {}, begin, begin + groups[0].size()});
  }
  for (const auto& [number, name] : regex().CapturingGroupNames()) {
    const re2::StringPiece& group = groups[static_cast<std::size_t>(number)];
    if (group.data()) add_capture(*match, name, std::string_view(group.data(), group.size()));
  }
}

}  // namespace logfix
