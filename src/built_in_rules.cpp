#include "built_in_rules.h"

#include <string_view>

#include "ruleset/freeze.h"

// What freeze_rules wrote, as it is: compilers take long for a large array.
asm(R"(
  .pushsection .rodata
  .balign 8
logfix_frozen_rules:
  .incbin ")" LOGFIX_FROZEN_RULES R"("
logfix_frozen_rules_end:
  .byte 0
  .popsection
)");

namespace logfix {
namespace {

extern const char kBegin[] asm("logfix_frozen_rules");
extern const char kEnd[] asm("logfix_frozen_rules_end");

}  // namespace

RuleSet built_in_rules(bool with_examples) {
  return thaw(std::string_view(kBegin, static_cast<std::size_t>(kEnd - kBegin)), with_examples);
}

}  // namespace logfix
