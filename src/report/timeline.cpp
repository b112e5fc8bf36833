#include "report/timeline.h"

#include <algorithm>
#include <array>

#include "report/escape.h"
#include "report/phrases.h"

namespace logfix {
namespace {

constexpr std::size_t kSlices = 120;
constexpr std::size_t kSliceWidth = 6, kHeight = 40;

}  // namespace

TimeSpan time_span(const Report& report) {
  TimeSpan span;
  for (const Finding& finding : report.findings) {
    if (finding.first_seen && (!span.begin || *finding.first_seen < *span.begin)) span.begin = finding.first_seen;
    if (finding.last_seen && (!span.end || *finding.last_seen > *span.end)) span.end = finding.last_seen;
  }
  return span;
}

Markup<Xml> timeline(const Finding& finding, const TimeSpan& span) {
  if (!finding.first_seen || !span.begin || !span.end) return {};
  const auto total = std::max<std::int64_t>((*span.end - *span.begin).count(), 1);
  const auto slice_of = [&](Time time) {
    const double share = static_cast<double>((time - *span.begin).count()) / static_cast<double>(total);
    return static_cast<std::size_t>(std::clamp(share, 0.0, 1.0) * (kSlices - 1));
  };
  std::array<std::uint64_t, kSlices> counts{};
  for (const Moment& moment : finding.moments)
    if (moment.begin) counts[slice_of(*moment.begin)] += moment.count;
  const std::uint64_t most = *std::max_element(counts.begin(), counts.end());
  if (most == 0) return {};
  Markup<Xml> out = markup<Xml>(
      "<svg class=\"timeline\" role=\"img\" aria-label=\"Occurrences over time\" viewBox=\"0 0 {} {}\" preserveAspectRatio=\"none\">"
      "<line x1=\"0\" y1=\"{}\" x2=\"{}\" y2=\"{}\"/>",
      kSlices * kSliceWidth, kHeight, kHeight - 1, kSlices * kSliceWidth, kHeight - 1);
  const auto width = std::chrono::nanoseconds(total / static_cast<std::int64_t>(kSlices));
  for (std::size_t i = 0; i < kSlices; ++i) {
    if (!counts[i]) continue;
    const std::size_t height = std::max<std::size_t>(3, counts[i] * (kHeight - 4) / most);
    out.add("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"><title>{}: {}</title></rect>", i * kSliceWidth, kHeight - 1 - height,
            kSliceWidth - 1, height, for_xml(to_rfc3339(*span.begin + width * static_cast<std::int64_t>(i))), counts[i]);
  }
  out.add("</svg><div class=\"axis\"><span>{}</span><span>{}</span></div>\n", for_xml(to_the_second(*span.begin)), for_xml(to_the_second(*span.end)));
  return out;
}

Markup<Xml> trend_plot(const std::vector<std::uint64_t>& counts) {
  const std::uint64_t most = counts.empty() ? 0 : *std::max_element(counts.begin(), counts.end());
  if (most == 0) return {};
  const std::size_t slice = kSlices * kSliceWidth / std::max<std::size_t>(counts.size(), 30);
  Markup<Xml> out = markup<Xml>("<svg class=\"timeline\" role=\"img\" aria-label=\"Occurrences by night\" viewBox=\"0 0 {} {}\" preserveAspectRatio=\"none\">"
                                "<line x1=\"0\" y1=\"{}\" x2=\"{}\" y2=\"{}\"/>",
                                kSlices * kSliceWidth, kHeight, kHeight - 1, kSlices * kSliceWidth, kHeight - 1);
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (!counts[i]) continue;
    const std::size_t height = std::max<std::size_t>(3, counts[i] * (kHeight - 4) / most);
    const std::size_t ago = counts.size() - 1 - i;
    out.add("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"><title>{} nights ago: {}</title></rect>", i * slice, kHeight - 1 - height, slice - 2,
            height, ago, counts[i]);
  }
  out += "</svg>\n";
  return out;
}

}  // namespace logfix
