// Rules as data: what ruleset/ makes of rule files, and match/ and report/ read.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/diagnostic.h"
#include "base/level.h"

namespace logfix {

/// The declared type of a capture; kText is untyped.
enum class CaptureType { kText, kInt, kWord, kHost, kPort, kPath, kIdent, kRest };

/// True if `value` could have been captured as this type; anything is kText, and kRest.
bool is_of_type(std::string_view value, CaptureType type);

struct Capture {
  std::string name;
  CaptureType type = CaptureType::kText;
};

/// Where in a rule file something stands, for diagnostics made later (a regex that RE2 refuses).
struct Place {
  std::string file;
  std::size_t line = 0, column = 0;  ///< 1-based
  std::string source_line;
};

/// A text to search for.
struct Literal {
  std::string text;
  bool ignores_case = false;
};

/// What match/ searches for: a signature matches only text that holds at least one of `any_of`, and all
/// of `all_of` in letters of any case. If it `stays_in_line`, one line of the text holds them.
struct Atoms {
  std::vector<Literal> any_of;
  std::vector<std::string> all_of;  ///< lower case
  bool stays_in_line = false;
};

/// A piece of a template: literal text, `<_>`, `<…>` or a capture, whose name is the text then.
struct TemplatePart {
  enum class Kind { kLiteral, kSpace, kGap, kCapture };
  Kind kind = Kind::kLiteral;
  std::string text;
  CaptureType type = CaptureType::kText;
};

/// One alternative that recognises a rule. `regex` is RE2 syntax for byte matching (Latin-1), with
/// the captures as named groups; templates are compiled to it, and have their `parts`. `literals` are the literal runs
/// that any match contains (templates only: those of a regex block are found by match/). `atoms` are
/// what match/ searches for, if it was asked before: of the built-in rules, when they were built in.
struct Signature {
  std::string source;  ///< as it was written
  std::string regex;
  bool is_template = true;
  std::vector<std::string> literals;
  std::vector<TemplatePart> parts;
  std::vector<Capture> captures;
  Place place;
  std::optional<Atoms> atoms;
};

/// `level: ">=warning"` or `logger: "sqlalchemy.*"`: a comparison of levels, or a glob with `*`.
struct Condition {
  std::string field;
  std::string pattern;
};

struct Example {
  std::string text;
  std::vector<std::pair<std::string, std::string>> captures;
  Place place;
};

struct Rule {
  std::string id;
  std::string category;
  std::string title;
  Level severity = Level::kError;
  std::vector<std::string> applies_to, explains, references;
  std::vector<std::string> outcomes;  ///< what those it explains lead to, if they are fallbacks: see load_rules()
  bool ignore_case = false, fallback = false, unindexed = false;
  std::vector<Signature> signatures;
  std::vector<Signature> unless;
  std::vector<Condition> when;
  std::string cause, solution, prevention;  ///< Markdown with {{placeholders}}
  std::vector<Example> examples, near_misses;
  bool is_plain = false;      ///< an entry of a runbook: it has no examples
  bool has_own_id = true;     ///< false: the id is made of a heading
  Place place;
  std::string digest;  ///< the SHA-256 of its file
  std::vector<std::pair<std::string, Place>> places;  ///< of its keys, their list items, and its parts, by name

  /// Where a key, an item of a list or a part stands; where the rule does if it has none.
  const Place& place_of(std::string_view name) const {
    for (const auto& [part, where] : places)
      if (part == name) return where;
    return place;
  }
};

/// All rules of a run, in the order of their ids; unchanged once loaded, shared by all threads.
struct RuleSet {
  std::vector<Rule> rules;
  std::string hash;  ///< "sha256:…" over the ids and digests of all rules
};

}  // namespace logfix
