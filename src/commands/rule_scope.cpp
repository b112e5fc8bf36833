#include "commands/rule_scope.h"

#include <algorithm>
#include <filesystem>
#include <tuple>

namespace logfix {
namespace {

namespace fs = std::filesystem;

std::string canonical(const std::string& path) {
  std::error_code error;
  const fs::path found = fs::weakly_canonical(path, error);
  return error ? path : found.string();
}

// `rules` for `rules/database/x.md` and `rules/database`; other paths stand for themselves.
std::string rule_set_of(const std::string& path) {
  std::error_code error;
  fs::path folder = canonical(path);
  if (!fs::is_directory(folder, error)) folder = folder.parent_path();
  if (!is_category(folder.filename().string())) return path;
  const fs::path relative = fs::proximate(folder.parent_path(), error);
  const bool is_below = !error && *relative.begin() != "..";
  return is_below ? relative.string() : folder.parent_path().string();
}

Options among_neighbours(Options options) {
  std::vector<std::string> sets;
  for (const std::string& path : options.rules) {
    const std::string set = rule_set_of(path);
    if (std::find(sets.begin(), sets.end(), set) == sets.end()) sets.push_back(set);
  }
  options.rules = sets;
  return options;
}

}  // namespace

RuleScope::RuleScope(const Options& options) : rules_(among_neighbours(options)) {
  for (const auto* paths : {&options.rules, &options.add_rules})
    for (const std::string& path : *paths) asked_.push_back(canonical(path));
}

bool RuleScope::holds(const std::string& file) const {
  const std::string path = canonical(file);
  return asked_.empty() || file.empty() ||
         std::any_of(asked_.begin(), asked_.end(), [&](const std::string& asked) {
           return path == asked || (path.starts_with(asked) && path[asked.size()] == '/');
         });
}

Diagnostics RuleScope::only(Diagnostics diagnostics) const {
  std::erase_if(diagnostics, [&](const Diagnostic& d) { return !holds(d.file); });
  std::stable_sort(diagnostics.begin(), diagnostics.end(), [](const Diagnostic& a, const Diagnostic& b) {
    return std::tie(a.file, a.line) < std::tie(b.file, b.line);
  });
  return diagnostics;
}

}  // namespace logfix
