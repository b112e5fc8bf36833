// Occurrences over time, drawn as SVG.
#pragma once

#include <vector>

#include "findings/finding.h"
#include "report/markup.h"

namespace logfix {

/// From the first to the last time of a report, the same for all of its findings.
struct TimeSpan {
  std::optional<Time> begin, end;
};
TimeSpan time_span(const Report& report);

/// A bar per slice of the span; empty if the finding tells no times.
Markup<Xml> timeline(const Finding& finding, const TimeSpan& span);

/// A bar for each night, this one last.
Markup<Xml> trend_plot(const std::vector<std::uint64_t>& counts);

}  // namespace logfix
