#include "match/compiled_rule.h"

#include <fnmatch.h>

#include <string>
#include <utility>

#include "match/atoms.h"

namespace logfix {
namespace {

// A regex costs what RE2 makes of it, not its length: `\pL{900}` has 200,000 instructions. Those of the
// largest size that match in good time are allowed, and so many of them that their memory is bounded; one
// that RE2 refuses costs as much as the largest that it takes.
constexpr int kMaxInstructions = 9'999, kMaxAllInstructions = 2'000'000, kRefusedInstructions = 350'000;

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

Diagnostic mistake_in(const Signature& s, std::string code, std::string message, std::string hint) {
  return {Diagnostic::Kind::kError, std::move(code), std::move(message), s.place.file,
          s.place.line, s.place.column, s.place.source_line, std::move(hint)};
}

// False, and a diagnostic, if the regex can't be allowed; `spent` is what those before it cost.
bool is_affordable(const Pattern& pattern, int& spent, Diagnostics& diagnostics) {
  const auto refuse = [&](std::string code, std::string message, std::string hint) {
    diagnostics.push_back(mistake_in(pattern.signature(), std::move(code), std::move(message), std::move(hint)));
    return false;
  };
  const std::string& refusal = pattern.refusal();
  spent += refusal.empty() ? pattern.instructions() : kRefusedInstructions;
  if (!refusal.empty())
    return refuse("E101", "RE2 refuses the regex: " + refusal, "RE2 has no look-around and no back-references");
  if (pattern.instructions() > kMaxInstructions)
    return refuse("E103", "the regex is too large", "count less far: {0,1000} takes a thousand copies");
  if (spent > kMaxAllInstructions)
    return refuse("E103", "the regexes of the rule set are too large together, from this one on", "use templates");
  return true;
}

}  // namespace

void CompiledRule::add_all(std::vector<SignatureIndex>& indices) const {
  for (std::uint32_t i = 0; i < signatures.size(); ++i) indices.push_back({index, i});
}

std::optional<Match> CompiledRule::match(std::span<const SignatureIndex> tried, bool slow, std::string_view text,
                                         std::uint64_t& not_evaluated) const {
  std::optional<Match> match;
  for (const SignatureIndex& at : tried)
    if (!signatures[at.signature]->find(text, slow, *rule, match)) ++not_evaluated;
  return match;
}

const Signature* CompiledRule::find_veto(std::string_view text, const std::string* lowered) const {
  for (const auto& veto : unless)
    if ((!lowered || veto->has_all_pieces(*lowered)) && veto->matches(text)) return &veto->signature();
  return nullptr;
}

const Condition* CompiledRule::find_narrowing(const Record& record) const {
  for (const Condition& condition : rule->when)
    if (!satisfies(condition, record)) return &condition;
  return nullptr;
}

std::optional<Match> CompiledRule::verify(std::span<const SignatureIndex> tried, const Record& record,
                                          const std::string* lowered, std::uint64_t& not_evaluated) const {
  std::optional<Match> found = match(tried, !lowered, record.text, not_evaluated);
  if (found && (find_veto(record.text, lowered) || find_narrowing(record))) found.reset();
  return found;
}

std::vector<CompiledRule> compile_rules(const RuleSet& rules, Diagnostics& diagnostics) {
  std::vector<CompiledRule> all;
  int spent = 0;
  for (const Rule& rule : rules.rules) {
    CompiledRule& compiled = all.emplace_back(CompiledRule{&rule, static_cast<std::uint32_t>(all.size()), {}, {}});
    for (const Signature& signature : rule.signatures) {
      if (spent > kMaxAllInstructions) break;
      Pattern& pattern = *compiled.signatures.emplace_back(std::make_unique<Pattern>(signature, rule.ignore_case));
      if (!signature.atoms && !signature.is_template && !is_affordable(pattern, spent, diagnostics)) continue;
      pattern.set_atoms(signature.atoms ? *signature.atoms : atoms_of(signature, rule.ignore_case));
      if (pattern.atoms().any_of.empty() && !rule.unindexed) {
        diagnostics.push_back(mistake_in(signature, "E102", "the signature has no literal to search for",
                                         "give it three characters or more that stand in every match, or say "
                                         "`unindexed: true`"));
      }
    }
    for (const Signature& signature : rule.unless) {
      Pattern& pattern = *compiled.unless.emplace_back(std::make_unique<Pattern>(signature, rule.ignore_case));
      pattern.set_atoms(atoms_of(signature, rule.ignore_case));
    }
  }
  return all;
}

}  // namespace logfix
