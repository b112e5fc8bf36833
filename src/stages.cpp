#include "stages.h"

#include <fmt/format.h>

#include <algorithm>

namespace logfix {
namespace {

using Milliseconds = std::chrono::duration<double, std::milli>;

}  // namespace

Stages& Stages::operator+=(const Stages& other) {
  for (Stage Stages::*stage :
       {&Stages::reading, &Stages::scanning, &Stages::taking, &Stages::matching, &Stages::grouping}) {
    (this->*stage).count += (other.*stage).count;
    (this->*stage).time += (other.*stage).time;
  }
  return *this;
}

std::string describe(const Stages& stages, std::uint64_t bytes, std::chrono::nanoseconds start,
                     std::chrono::nanoseconds whole) {
  std::string out;
  const auto add = [&](std::string_view name, std::chrono::nanoseconds time, const std::string& count) {
    out += fmt::format("{:<9} {:>10.1f} ms  {}\n", name, Milliseconds(time).count(), count);
  };
  const auto counted = [](const Stages::Stage& stage, std::string_view what) {
    return fmt::format("{} {}", stage.count, what);
  };
  add("start", start, "rules loaded, tables built");
  add("reading", stages.reading.time, counted(stages.reading, "blocks"));
  add("scanning", stages.scanning.time, counted(stages.scanning, "candidates"));
  const auto within = stages.matching.time + stages.grouping.time;
  add("taking", std::max(std::chrono::nanoseconds(0), stages.taking.time - within),
      counted(stages.taking, "lines unwrapped and joined"));
  add("matching", stages.matching.time, counted(stages.matching, "records"));
  add("grouping", stages.grouping.time, counted(stages.grouping, "records that a rule matches"));
  const double seconds = std::chrono::duration<double>(whole).count();
  add("whole", whole, fmt::format("{:.3f} GB/s", seconds > 0 ? static_cast<double>(bytes) / seconds / 1e9 : 0));
  return out;
}

}  // namespace logfix
