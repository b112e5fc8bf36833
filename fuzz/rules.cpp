// Rule files and runbooks, whatever is in them: loaded or refused.
#include "base/visible.h"
#include "examples.h"
#include "fuzz.h"
#include "ruleset/lint.h"
#include "ruleset/load.h"

namespace logfix {
namespace {

void check_told(const Diagnostics& diagnostics) {
  for (const Diagnostic& diagnostic : diagnostics) {
    fuzz::require(!diagnostic.code.empty() && !diagnostic.message.empty(), "a mistake has a code and a message");
    const std::string told = render(diagnostic);
    fuzz::require(told.ends_with('\n'), "a mistake is told in whole lines");
    for (char c : told) fuzz::require(c == '\n' || static_cast<unsigned char>(c) >= ' ', "what is told is visible", told);
  }
}

}  // namespace
}  // namespace logfix

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace logfix;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const LoadedRules loaded = load_rules({{"rules/database/a.md", text}, {"rules/network/b.md", text}});
  check_told(loaded.diagnostics);
  check_told(lint(loaded.rules));
  const Matcher matcher(loaded.rules);
  check_told(matcher.diagnostics());
  check_told(check_examples(loaded.rules, matcher));
  std::uint64_t not_evaluated = 0;
  Record record;
  record.text = text;
  matcher.match(record, true, not_evaluated);
  return 0;
}
