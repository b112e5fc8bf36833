// The literal scan in all widths against comparing at every position.
#include <algorithm>

#include "fuzz.h"
#include "match/literal_scan.h"

namespace logfix {
namespace {

std::vector<std::pair<std::uint32_t, std::size_t>> sorted(const std::vector<Occurrence>& found) {
  std::vector<std::pair<std::uint32_t, std::size_t>> pairs;
  for (const Occurrence& o : found) pairs.emplace_back(o.literal, o.begin);
  std::sort(pairs.begin(), pairs.end());
  pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
  return pairs;
}

}  // namespace
}  // namespace logfix

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace logfix;
  fuzz::Input input(data, size);
  const std::uint8_t choice = input.byte();
  std::vector<Literal> literals;
  const std::string_view head = input.until("\n\n");
  fuzz::Input lines(reinterpret_cast<const std::uint8_t*>(head.data()), head.size());
  while (!lines.rest().empty() && literals.size() < 64) {
    const std::string_view line = lines.until("\n");
    const bool ignores_case = line.starts_with('~');
    const std::string_view text = line.substr(ignores_case);
    if (text.size() >= LiteralScan::kMinLiteral) literals.push_back({std::string(text), ignores_case});
  }
  if (literals.empty()) return 0;
  std::vector<Occurrence> naive;
  const LogSample sample(std::string(choice % 2 ? input.rest() : std::string_view()));
  LiteralScan(literals, SimdWidth::kPortable, sample).find_naively(input.rest(), naive);
  for (SimdWidth width : simd_widths()) {
    std::vector<Occurrence> found;
    LiteralScan(literals, width, sample).find(input.rest(), found);
    fuzz::require(sorted(found) == sorted(naive), "the scan finds what comparing finds");
  }
  return 0;
}
