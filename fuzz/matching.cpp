// Built-in rules on a record and as a log, the fast path against the slow one.
#include <algorithm>
#include <memory>

#include "built_in_rules.h"
#include "fuzz.h"
#include "report/report.h"

namespace logfix {
namespace {

constexpr std::size_t kSlices = 16;

// Every sixteenth rule: the slow path tries them all.
struct Slice {
  RuleSet rules;
  Matcher matcher;
  explicit Slice(RuleSet few) : rules(std::move(few)), matcher(rules) {}
};

const Slice& slice(std::size_t number) {
  static std::unique_ptr<Slice> kAll[kSlices];
  if (!kAll[number]) {
    RuleSet few = built_in_rules(false);
    std::size_t at = 0;
    std::erase_if(few.rules, [&](const Rule&) { return at++ % kSlices != number; });
    kAll[number] = std::make_unique<Slice>(std::move(few));
  }
  return *kAll[number];
}

std::string told(const std::vector<Match>& matches) {
  std::string out;
  for (const Match& match : matches) {
    out += match.rule->id + " " + std::to_string(match.begin) + "-" + std::to_string(match.end);
    for (const auto& [name, value] : match.captures) out += " " + name + "=" + std::string(value.untrusted());
    out += "\n";
  }
  return out;
}

}  // namespace
}  // namespace logfix

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace logfix;
  fuzz::Input input(data, size);
  const std::uint8_t choice = input.byte();
  const Matcher& matcher = slice(choice % kSlices).matcher;
  Record record;
  record.text = input.rest();
  record.level = Level::kError;
  std::uint64_t fast_gave_up = 0, slow_gave_up = 0;
  const std::string slow = told(matcher.match(record, true, slow_gave_up));
  fuzz::require_same(told(matcher.match(record, false, fast_gave_up)), slow, "fast and slow match the same");
  fuzz::require(slow_gave_up == 0 && fast_gave_up == 0, "every rule fits its budget");
  fuzz::require_same(render_json(fuzz::scan(input.rest(), choice, matcher, false)),
                     render_json(fuzz::scan(input.rest(), choice, matcher, true)), "fast and slow report the same");
  return 0;
}
