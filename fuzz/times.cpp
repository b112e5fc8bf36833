// Times as logs print them, and the heads of lines.
#include "base/time.h"

#include "envelope/unwrap.h"
#include "fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace logfix;
  fuzz::Input input(data, size);
  TimeDefaults defaults;
  const std::uint8_t choice = input.byte();
  defaults.zone = std::chrono::minutes(choice * 7 - 840);
  if (choice % 2) defaults.reference = Time(std::chrono::seconds(1'800'000'000));
  const std::string_view text = input.rest();
  const auto check = [&](Time time) {
    const std::string printed = to_rfc3339(time);
    const auto again = parse_time(printed, defaults);
    fuzz::require(again && again->has_zone && again->length == printed.size(), "a printed time is read", printed);
    fuzz::require(std::chrono::abs(again->time - time) < std::chrono::milliseconds(1), "a printed time is the same", printed);
  };
  if (const auto parsed = parse_time(text, defaults)) {
    fuzz::require(parsed->length > 0 && parsed->length <= text.size(), "no more is read than there is");
    check(parsed->time);
  }
  if (const auto epoch = parse_epoch(text)) check(*epoch);
  if (const Head head = parse_head(text, defaults); head.time) check(*head.time);
  return 0;
}
