// freeze_rules RULES OUTPUT: a part of the build. Reads a folder of rules, tells their mistakes, and
// writes the file that becomes the built-in rule set.

#include <fmt/format.h>

#include <fstream>

#include "match/atoms.h"
#include "match/matcher.h"
#include "ruleset/freeze.h"
#include "ruleset/load.h"

namespace logfix {
namespace {

int run(const char* path, const char* output) {
  Diagnostics mistakes;
  LoadedRules loaded = load_rules(read_rule_files(path, mistakes));
  mistakes.insert(mistakes.end(), loaded.diagnostics.begin(), loaded.diagnostics.end());
  {
    const Matcher matcher(loaded.rules);
    mistakes.insert(mistakes.end(), matcher.diagnostics().begin(), matcher.diagnostics().end());
  }
  for (const Diagnostic& mistake : mistakes) fmt::print(stderr, "{}", render(mistake));
  if (has_errors(mistakes)) return 2;
  find_atoms(loaded.rules);
  std::ofstream out(output, std::ios::binary);
  out << freeze(loaded.rules);
  return out.flush() ? 0 : 2;
}

}  // namespace
}  // namespace logfix

int main(int argc, char** argv) { return argc == 3 ? logfix::run(argv[1], argv[2]) : 2; }
