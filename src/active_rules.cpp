#include "active_rules.h"

#include "built_in_rules.h"
#include "examples.h"

namespace logfix {
namespace {

LoadedRules load_rules_for(const Options& options) {
  Diagnostics unreadable;
  std::vector<RuleFile> files;
  const auto read = [&](const std::vector<std::string>& paths) {
    for (const std::string& path : paths) {
      std::vector<RuleFile> more = read_rule_files(path, unreadable);
      files.insert(files.end(), more.begin(), more.end());
    }
  };
  read(options.rules);
  read(options.add_rules);
  RuleSet base;
  const bool needs_examples = options.command != Command::kScan;
  if (options.rules.empty()) base = built_in_rules(needs_examples);
  if (options.rules.empty() && files.empty() && unreadable.empty()) return {std::move(base), {}};
  LoadedRules loaded = load_rules(files, std::move(base));
  loaded.diagnostics.insert(loaded.diagnostics.begin(), unreadable.begin(), unreadable.end());
  return loaded;
}

}  // namespace

ActiveRules::ActiveRules(const Options& options)
    : loaded_(load_rules_for(options)), matcher_(loaded_.rules), mistakes_(loaded_.diagnostics) {
  const Diagnostics& more = matcher_.diagnostics();
  mistakes_.insert(mistakes_.end(), more.begin(), more.end());
  if (loaded_.rules.rules.empty() && !has_errors(mistakes_))
    mistakes_.push_back({Diagnostic::Kind::kError, "E021", "there is no rule to look for", "", 0, 0, {},
                         "--rules takes rule files, runbooks in Markdown, and folders of them"});
  // The built-in rules were tested when they were built in; check and test tell more of examples.
  const bool is_built_in = options.rules.empty() && options.add_rules.empty();
  const bool is_tested = options.command == Command::kRulesCheck || options.command == Command::kRulesTest;
  if (is_built_in || is_tested || has_errors(mistakes_)) return;
  const Diagnostics examples = check_examples(loaded_.rules, matcher_);
  mistakes_.insert(mistakes_.end(), examples.begin(), examples.end());
}

}  // namespace logfix
