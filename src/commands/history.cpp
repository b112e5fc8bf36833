#include <fmt/format.h>

#include <algorithm>

#include "commands/commands.h"
#include "commands/output.h"
#include "commands/sweep_state.h"
#include "report/escape.h"
#include "report/phrases.h"

namespace logfix {
namespace {

constexpr std::size_t kMostNights = 1000;
constexpr std::size_t kPlotWidth = 40;

std::string day_of(Time time) { return to_rfc3339(time).substr(0, 16); }

std::string tell_nights(SweepState& state) {
  std::string out;
  for (const NightSummary& night : state.nights(kMostNights)) {
    const Stats& s = night.stats;
    out += fmt::format("night {:<5} {}  {:>8} of {} logs read, {:>12} bytes, {:>6.1f} s  {:>6} {}, {:.0f} % of {} error {} explained{}\n",
                       night.id, day_of(night.began), night.read, night.files, s.bytes,
                       std::chrono::duration<double>(night.elapsed).count(), s.matches, s.matches == 1 ? "occurrence" : "occurrences", percent_explained(s), s.error_records,
                       s.error_records == 1 ? "record" : "records",
                       night.is_reported ? "" : "  (not reported)");
  }
  return out.empty() ? "no night is remembered\n" : out;
}

std::string tell_rule(SweepState& state, const std::string& rule) {
  const std::vector<NightCount> counts = state.counts_of(rule, kMostNights);
  std::uint64_t most = 0, all = 0;
  for (const NightCount& one : counts) most = std::max(most, one.count), all += one.count;
  std::string out = fmt::format("{}: {} in {} {}\n", for_terminal(rule).text(), times(all), counts.size(), counts.size() == 1 ? "night" : "nights");
  for (const NightCount& one : counts) {
    const std::size_t width = most ? (one.count * kPlotWidth + most - 1) / most : 0;
    std::string bar = width ? "  " : "";
    for (std::size_t i = 0; i < width; ++i) bar += "█";
    out += fmt::format("  night {:<5} {}  {:>8}{}\n", one.night, day_of(one.began), one.count, bar);
  }
  return out;
}

}  // namespace

ExitCode history(const Options& options) {
  const auto folder = state_folder(options);
  if (!folder) return report_failure(folder.error());
  const auto opened = SweepState::open_to_read(*folder);
  if (!opened) return report_failure(opened.error());
  SweepState& state = **opened;
  std::string out = options.ids.empty() ? tell_nights(state) : "";
  for (const std::string& rule : options.ids) out += tell_rule(state, rule);
  if (!state.error().empty()) return report_failure(state.error());
  return write_out(out);
}

}  // namespace logfix
