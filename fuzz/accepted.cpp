// Files of accepted findings.
#include "ruleset/accepted.h"

#include "fuzz.h"
#include "ruleset/load.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace logfix;
  fuzz::Input input(data, size);
  static const RuleSet rules = fuzz::rules_named({"postgres-undefined-table"});
  Diagnostics diagnostics;
  for (const Accepted& entry : load_accepted(fuzz::file_with("accepted.yaml", input.rest()), rules, diagnostics))
    for (const auto& [name, pattern] : entry.captures) {
      matches_glob(pattern, input.rest());
      fuzz::require(pattern.find('*') != std::string::npos || matches_glob(pattern, pattern), "a pattern without a star is its text");
    }
  for (const Diagnostic& diagnostic : diagnostics)
    for (char c : render(diagnostic)) fuzz::require(c == '\n' || static_cast<unsigned char>(c) >= ' ', "what is told is visible");
  return 0;
}
