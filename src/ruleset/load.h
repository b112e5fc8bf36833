// Rule files to rules. The format is described in docs/writing-rules.md.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "ruleset/rule.h"

namespace logfix {

/// What a rule set may have. Rules may come from anywhere; within these limits loading takes less than two
/// seconds and a quarter of a gigabyte, whatever they hold. Beyond them: E022.
inline constexpr std::size_t kMaxRuleFileBytes = 3'000'000, kMaxRuleBytes = 24'000'000;
inline constexpr std::size_t kMaxRules = 10'000;
inline constexpr std::size_t kMaxFrontMatterBytes = 100'000;
inline constexpr std::size_t kMaxParts = 1'000;           ///< and fenced blocks, of a rule
inline constexpr std::size_t kMaxSignatureBytes = 8'000;
inline constexpr std::size_t kMaxPlaceholders = 100;      ///< of a signature
inline constexpr std::size_t kMaxMistakes = 100;          ///< of a file that are told

/// True for `database` and the other names of folders that rules are sorted into.
bool is_category(std::string_view name);

/// The text of one rule file and its name (`rules/database/x.md`: the id is `x`, the category the
/// name of its folder).
struct RuleFile {
  std::string name;
  std::string text;
};

struct LoadedRules {
  RuleSet rules;            ///< those without a mistake
  Diagnostics diagnostics;  ///< all mistakes of all files, in the order of the files
};

/// Parses the files, rule files and runbooks, and checks what can be checked without matching: front
/// matter, parts, templates, explains, duplicate ids. The rules of `base` are there beside them. A
/// fallback rule says no more than that something failed, so what it explains is an outcome of all that
/// explains it: of a wrong password the answers with 500, too. Never throws; cost is linear in the text.
LoadedRules load_rules(const std::vector<RuleFile>& files, RuleSet base = {});

/// Reads a rule file, or all `*.md` below a folder in the order of their names. What can't be read
/// is a diagnostic.
std::vector<RuleFile> read_rule_files(const std::string& path, Diagnostics& diagnostics);

/// Compiles the text of a template block to a signature; mistakes are added to `diagnostics` with
/// `place` as their place. Used for *Error Message* blocks and for `unless`.
Signature compile_template(std::string_view text, const Place& place, Diagnostics& diagnostics);

/// The same for RE2 syntax; RE2 itself looks at it later.
Signature compile_regex(std::string_view regex, const Place& place);

}  // namespace logfix
