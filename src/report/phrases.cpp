#include "report/phrases.h"

#include <fmt/format.h>

#include <algorithm>

#include "report/escape.h"

namespace logfix {

std::string times(std::uint64_t count) { return fmt::format("{} {}", count, count == 1 ? "time" : "times"); }

static std::string night_in_short(const Report& report) {
  const auto fresh = static_cast<std::size_t>(std::count_if(report.findings.begin(), report.findings.end(), is_new<Finding>));
  return fmt::format("night {}: {} new, {} still there, {} gone", report.night->number, fresh,
                     report.findings.size() - fresh, report.night->gone.size());
}

std::string in_short(const Report& report) {
  if (report.night) return night_in_short(report);
  const std::size_t known = report.findings.size(), unknown = report.unknowns.size();
  const auto roots = static_cast<std::size_t>(
      std::count_if(report.findings.begin(), report.findings.end(), [](const Finding& f) { return f.explained_by.empty(); }));
  std::string out = known == 0 ? "no known error found" : fmt::format("{} known {}", known, known == 1 ? "error" : "errors");
  if (roots < known) out += fmt::format(", {} of them {}", roots, roots == 1 ? "a root cause" : "root causes");
  if (unknown) out += fmt::format("; {} unknown", unknown);
  return out;
}

std::string to_the_second(Time time) {
  std::string text = to_rfc3339(time);
  text[10] = ' ';
  return text.substr(0, 19) + 'Z';
}

std::string standing(const Trend& trend) {
  if (trend.was_there_last) return fmt::format("{} nights in a row", trend.nights_in_a_row);
  return trend.is_first_time ? "new" : "back";
}

std::string bars(const std::vector<std::uint64_t>& counts, std::size_t most) {
  static constexpr std::string_view kBars[] = {"·", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  const std::uint64_t highest = counts.empty() ? 0 : *std::max_element(counts.begin(), counts.end());
  std::string out;
  for (std::size_t i = counts.size() - std::min(counts.size(), most); i < counts.size(); ++i) {
    const double share = highest ? static_cast<double>(counts[i]) / static_cast<double>(highest) : 0;
    out += kBars[counts[i] ? 1 + static_cast<std::size_t>(share * 7) : 0];
  }
  return out;
}

std::vector<std::string> gone(const Night& night) {
  std::vector<std::string> lines;
  for (const GoneFinding& g : night.gone)
    lines.push_back(fmt::format("{}: {} ({} in the night before; was there {} {}) {}", g.rule->id, g.rule->title, times(g.count), g.nights_in_a_row,
                                g.nights_in_a_row == 1 ? "night" : "nights in a row", bars(g.counts, kShownNights)));
  return lines;
}

std::string when(const Finding& finding) {
  if (!finding.first_seen) return {};
  if (finding.first_seen == finding.last_seen) return "at " + to_rfc3339(*finding.first_seen);
  return fmt::format("first {}, last {}", to_rfc3339(*finding.first_seen), to_rfc3339(*finding.last_seen));
}

std::string explained_by(const Finding& finding) {
  if (finding.causes.empty()) return {};
  std::string out = finding.explained_by.empty() ? fmt::format("{} of them ", finding.explained_count) : "";
  out += "explained by " + finding.causes.front();
  if (finding.causes.size() > 1) out += fmt::format(" and {} more", finding.causes.size() - 1);
  return out;
}

std::string short_when(const Finding& finding, bool within_a_day) {
  if (!finding.first_seen) return {};
  const auto shown = [&](Time time) { return within_a_day ? to_rfc3339(time).substr(11, 5) : to_rfc3339(time).substr(0, 10); };
  const std::string first = shown(*finding.first_seen), last = shown(*finding.last_seen);
  return first == last ? first : first + "–" + last;
}

double percent_explained(const Stats& stats) {
  if (stats.error_records == 0) return 100;
  return 100.0 * static_cast<double>(stats.explained_records) / static_cast<double>(stats.error_records);
}

std::string closing(const Report& report) {
  const Stats& s = report.stats;
  return fmt::format(
      "{} lines, {} records of interest, {} bytes; {} malformed, {} truncated, {} not evaluated, "
      "{} redactions; {:.0f} % of {} error records explained",
      s.lines, s.records, s.bytes, s.malformed, s.truncated, s.not_evaluated, s.redactions,
      percent_explained(s), s.error_records);
}

std::vector<std::string> remarks(const Report& report) {
  std::vector<std::string> out;
  if (const auto& night = report.night) {
    out.push_back(fmt::format("{} of {} logs had something new; the sweep took {:.1f} s{}", night->read, night->files,
                              std::chrono::duration<double>(night->elapsed).count(),
                              night->previous ? ", the night before began " + to_rfc3339(*night->previous) : ""));
    if (night->waiting) out.push_back(fmt::format("{} of them end in a record that is not whole yet", night->waiting));
  }
  if (report.stats.zoneless_times)
    out.push_back(fmt::format("{} had no zone (--tz says which is meant)", times(report.stats.zoneless_times)));
  if (report.stats.unreadable)
    out.push_back(fmt::format("{} of the inputs could not be read", report.stats.unreadable));
  for (const AcceptedFinding& a : report.accepted) {
    const std::string captures = a.entry.captures.empty() ? "" : " with some values";
    out.push_back(a.has_expired ? fmt::format("{} of {}{} {} accepted until {} by {} ({}); that has expired", times(a.count), a.entry.rule,
                                              captures, a.count == 1 ? "was" : "were", a.entry.expires, a.entry.owner, a.entry.reason)
                                : fmt::format("{} of {}{} hidden: accepted until {} by {} ({})", times(a.count), a.entry.rule, captures,
                                              a.entry.expires, a.entry.owner, a.entry.reason));
  }
  const auto say = [&](std::uint64_t count, std::string_view one, std::string_view more) {
    if (count) out.push_back(fmt::format("{} {}", count, count == 1 ? one : more));
  };
  say(report.stats.hidden, "occurrence is hidden by --only, --skip or accepted findings", "occurrences are hidden by --only, --skip or accepted findings");
  say(report.stats.outside, "record is outside --since and --until", "records are outside --since and --until");
  if (!report.redacted.empty()) {
    std::string kinds;
    for (const auto& [kind, count] : report.redacted) kinds += fmt::format("{}{} × {}", kinds.empty() ? "" : ", ", count, kind);
    out.push_back("Secrets were replaced: " + kinds);
  }
  if (!report.is_redacted) out.push_back("Redaction was off (--no-redact): this report may hold secrets");
  return out;
}

std::string environment(const Report& report, const std::string& version) {
  return fmt::format("logfix {}, rules {}, {} {}, {} lines", version, report.rule_set.substr(0, 19),
                     report.stats.sources, report.stats.sources == 1 ? "source" : "sources", report.stats.lines);
}

std::optional<std::string> draft_command(const Unknown& unknown) {
  auto source = for_shell(unknown.evidence.source);
  if (!source || unknown.evidence.source.redactions()) return std::nullopt;
  if (*source == "stdin") source = "-";
  // The line stands in the same word.
  const bool is_quoted = source->ends_with('\'');
  std::string word = is_quoted ? source->substr(0, source->size() - 1) : *source;
  word += fmt::format(":{}{}", unknown.evidence.line, is_quoted ? "'" : "");
  return "logfix rules new --from " + word;
}

}  // namespace logfix
