#include "match/matcher.h"

#include <algorithm>
#include <functional>
#include <span>
#include <string>
#include <utility>

#include "base/text.h"
#include "match/candidates.h"
#include "match/compiled_rule.h"

namespace logfix {
namespace {

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

}  // namespace

struct Matcher::Compiled {
  explicit Compiled(const RuleSet& set) : rules(compile_rules(set, diagnostics)), candidates(rules) {
    for (const CompiledRule& compiled : rules)
      if (compiled.rule->unindexed) unindexed.push_back(&compiled);
  }

  Diagnostics diagnostics;
  const std::vector<CompiledRule> rules;
  std::vector<const CompiledRule*> unindexed;
  const Candidates candidates;
};

Matcher::Matcher(const RuleSet& rules) : compiled_(std::make_unique<Compiled>(rules)) {}

Matcher::~Matcher() = default;

const Diagnostics& Matcher::diagnostics() const { return compiled_->diagnostics; }

void Matcher::find_candidates(std::string_view block, std::vector<std::size_t>& offsets) const {
  compiled_->candidates.find(block, offsets);
}

void Matcher::tune(std::string_view sample) const { compiled_->candidates.tune(sample); }

std::vector<Matcher::Verdict> Matcher::explain(const Record& record) const {
  std::vector<Verdict> verdicts;
  std::vector<Match> valid;
  std::uint64_t ignored = 0;
  const std::vector<std::string_view> atoms = compiled_->candidates.atoms_in(record.text);
  for (const CompiledRule& compiled : compiled_->rules) {
    const std::string_view atom = atoms[compiled.index];
    std::vector<SignatureIndex> all;
    compiled.add_all(all);
    std::optional<Match> match = compiled.match(all, true, record.text, ignored);
    if (!match && atom.empty()) continue;
    Verdict& verdict = verdicts.emplace_back();
    if (!match) {
      verdict.match.rule = compiled.rule;
      verdict.outcome = Outcome::kNoMatch;
      verdict.because = atom;
      continue;
    }
    verdict.match = std::move(*match);
    if (const Signature* veto = compiled.find_veto(record.text)) {
      verdict.outcome = Outcome::kVetoed;
      verdict.because = veto->place.source_line;
    } else if (const Condition* condition = compiled.find_narrowing(record)) {
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
  thread_local std::vector<SignatureIndex> tried;
  thread_local std::string lowered;
  tried.clear();
  if (slow) {
    for (const CompiledRule& rule : c.rules) rule.add_all(tried);
  } else {
    c.candidates.find_signatures(record.text, tried);
  }
  if (!c.unindexed.empty()) {
    std::erase_if(tried, [&](const SignatureIndex& at) { return c.rules[at.rule].rule->unindexed; });
    if (is_error_like(record))
      for (const CompiledRule* rule : c.unindexed) rule->add_all(tried);
  }
  std::sort(tried.begin(), tried.end());
  tried.erase(std::unique(tried.begin(), tried.end()), tried.end());
  if (!slow) {
    copy_lowered(record.text, lowered);
    std::erase_if(tried, [&](const SignatureIndex& at) {
      return !c.rules[at.rule].signatures[at.signature]->has_all_pieces(lowered);
    });
  }
  std::vector<Match> found;
  const auto verify_those = [&](bool fallback) {
    for (std::size_t i = 0, end; i < tried.size(); i = end) {
      const CompiledRule& compiled = c.rules[tried[i].rule];
      for (end = i; end < tried.size() && tried[end].rule == tried[i].rule;) ++end;
      if (compiled.rule->fallback != fallback) continue;
      const auto its = std::span(tried).subspan(i, end - i);
      std::optional<Match> match = compiled.verify(its, record, slow ? nullptr : &lowered, not_evaluated);
      if (match) found.push_back(std::move(*match));
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
  std::vector<SignatureIndex> all;
  compiled->add_all(all);
  std::uint64_t ignored = 0;
  return compiled->verify(all, record, nullptr, ignored);
}

}  // namespace logfix
