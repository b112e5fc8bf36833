// A ticket that fits: sections, of which whole ones are left out from the end.
#pragma once

#include <string>
#include <vector>

#include "findings/finding.h"
#include "report/markup.h"

namespace logfix {

template <typename Target>
struct TicketSection {
  std::string name;  ///< our own: told if the section is left out
  Markup<Target> text;
};

/// A section for each finding, a short one for a symptom, and one for the unknown errors.
template <typename Target>
std::vector<TicketSection<Target>> ticket_sections(const Report& report, Markup<Target> (*section)(const Finding&),
                                                   Markup<Target> (*symptom)(const Finding&),
                                                   Markup<Target> (*unknowns)(const Report&)) {
  std::vector<TicketSection<Target>> sections;
  for (const Finding& finding : report.findings)
    sections.push_back({finding.rule->id, finding.explained_by.empty() ? section(finding) : symptom(finding)});
  if (!report.unknowns.empty()) sections.push_back({"unknown errors", unknowns(report)});
  return sections;
}

/// Head, as many sections as fit, what is left out (told by `say`), foot. With `max_bytes` 0, all of
/// them. If not even head and foot fit, the foot goes, then the head's last lines.
template <typename Target, typename Say>
std::string fitted(const Markup<Target>& head, std::vector<TicketSection<Target>> sections, const Markup<Target>& foot,
                   std::size_t max_bytes, Say say) {
  std::vector<std::string> left_out;
  Markup<Target> told;
  std::size_t size = head.size() + foot.size();
  for (const auto& section : sections) size += section.text.size();
  while (max_bytes && size + told.size() > max_bytes && !sections.empty()) {
    size -= sections.back().text.size();
    left_out.insert(left_out.begin(), std::move(sections.back().name));
    sections.pop_back();
    told = say(left_out);
  }
  std::string out(head.text());
  for (const auto& section : sections) out += section.text.text();
  out += told.text();
  if (max_bytes == 0 || out.size() + foot.size() <= max_bytes) out += foot.text();
  if (max_bytes && out.size() > max_bytes) {
    const std::size_t line_end = out.rfind('\n', max_bytes - 1);
    out.resize(line_end == std::string::npos ? 0 : line_end + 1);
  }
  return out;
}

}  // namespace logfix
