// Lines to records, the fast path against the slow one, however the input is cut into blocks.
#include "fuzz.h"
#include "report/report.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace logfix;
  static const RuleSet rules = fuzz::rules_named({"postgres-invalid-password", "postgres-undefined-table",
                                                  "postgres-undefined-column", "python-unhandled-exception",
                                                  "uvicorn-asgi-exception", "env-var-missing"});
  static const Matcher matcher(rules);
  fuzz::Input input(data, size);
  const std::uint8_t seed = input.byte();
  const std::string slow = render_json(fuzz::scan(input.rest(), seed, matcher, true));
  fuzz::require_same(render_json(fuzz::scan(input.rest(), seed, matcher, false)), slow, "fast and slow report the same");
  fuzz::require_same(render_json(fuzz::scan(input.rest(), 0, matcher, false)), slow, "reads of any size report the same");
  return 0;
}
