// One HTML file: no script, nothing from elsewhere. Filters are inputs before the findings and CSS.

#include <algorithm>
#include <map>

#include "report/escape.h"
#include "report/fix_tree.h"
#include "report/phrases.h"
#include "report/report.h"
#include "report/timeline.h"

namespace logfix {
namespace {

using Text = Markup<Xml>;
constexpr std::size_t kMaxServices = 30;

constexpr Words kStyle = R"css(
:root{color-scheme:light dark;--back:#fff;--text:#1c2024;--dim:#5b6570;--line:#d9dee3;--box:#f5f7f9;--critical:#b3123a;--error:#c4320a;--warning:#8a6100;--info:#1f5fa8}
@media (prefers-color-scheme:dark){:root{--back:#14181c;--text:#e4e8ec;--dim:#9aa5b0;--line:#303840;--box:#1c2228;--critical:#ff6b8b;--error:#ff8a5c;--warning:#e8b74a;--info:#7ab8ff}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:70rem;padding:1rem;background:var(--back);color:var(--text);font:16px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.5rem;margin:.5rem 0}h2{font-size:1.15rem;margin:0}h3{font-size:1rem;margin:1rem 0 .25rem}
.dim,.axis,footer{color:var(--dim);font-size:.875rem}
.chip{display:inline-block;margin:.15rem .3rem .15rem 0;padding:.1rem .7rem;border:1px solid var(--line);border-radius:1rem;cursor:pointer}
input.filter{position:absolute;opacity:0}
.finding{border:1px solid var(--line);border-left-width:.4rem;border-radius:.4rem;margin:1rem 0;padding:.8rem 1rem}
.symptom{margin-left:2rem}
.critical{border-left-color:var(--critical)}.error{border-left-color:var(--error)}.warning{border-left-color:var(--warning)}.info{border-left-color:var(--info)}
.label{font-weight:700;font-size:.8rem;letter-spacing:.05em;text-transform:uppercase}
.critical>h2 .label{color:var(--critical)}.error>h2 .label{color:var(--error)}.warning>h2 .label{color:var(--warning)}.info>h2 .label{color:var(--info)}
pre,code{font-family:ui-monospace,monospace;font-size:.875rem}
pre{background:var(--box);border:1px solid var(--line);border-radius:.3rem;padding:.5rem .7rem;margin:.4rem 0;white-space:pre-wrap}
mark{background:none;color:inherit;font-weight:700;text-decoration:underline}
.timeline{display:block;width:100%;height:2.5rem;margin-top:.6rem}.timeline rect{fill:var(--info)}.timeline line{stroke:var(--line)}
.critical .timeline rect{fill:var(--critical)}.error .timeline rect{fill:var(--error)}.warning .timeline rect{fill:var(--warning)}
.axis{display:flex;justify-content:space-between;gap:1rem;overflow-wrap:normal}
table{border-collapse:collapse;width:100%;margin:.5rem 0}th,td{text-align:left;padding:.2rem .6rem .2rem 0;border-bottom:1px solid var(--line);vertical-align:top}td.count{text-align:right}.short{white-space:nowrap;overflow-wrap:normal}
.row.critical td:first-child{color:var(--critical)}.row.error td:first-child{color:var(--error)}.row.warning td:first-child{color:var(--warning)}.row.info td:first-child{color:var(--info)}
a{color:var(--info)}
@media (max-width:40rem){body{padding:.6rem}.symptom{margin-left:.6rem}.finding{padding:.6rem .7rem}td.wide,th.wide{display:none}}
@media print{body{max-width:none;font-size:11pt}.filters{display:none}.finding{break-inside:avoid-page}pre{white-space:pre-wrap}}
)css";

constexpr Level kSeverities[] = {Level::kCritical, Level::kError, Level::kWarning, Level::kInfo};

// The services of a report, each with the number that its classes have.
using Services = std::map<RedactedText, std::size_t>;

Services services_of(const Report& report) {
  Services services;
  for (const Finding& finding : report.findings)
    for (const SourceCount& service : finding.services)
      if (services.size() < kMaxServices) services.try_emplace(service.name, services.size());
  return services;
}

void inlines(const std::vector<FixNode>& nodes, Text& out);

void node(const FixNode& n, Text& out) {
  using enum FixNode::Kind;
  const auto wrap = [&](Words open, Words close) { out += open, inlines(n.children, out), out += close; };
  switch (n.kind) {
    case kText: out += for_xml(n.text); break;
    case kValue: out.add("<code>{}</code>", for_xml(n.text)); break;
    case kCode: out.add("<code>{}</code>", for_xml(n.text)); break;
    case kStrong: wrap("<strong>", "</strong>"); break;
    case kEmphasis: wrap("<em>", "</em>"); break;
    case kLink:
      if (n.url.empty()) return wrap("", "");
      out.add("<a rel=\"noreferrer\" href=\"{}\">", for_xml(n.url));
      wrap("", "</a>");
      break;
    case kBreak: out += "<br>"; break;
    case kParagraph: wrap("<p>", "</p>\n"); break;
    case kHeading: wrap("<h4>", "</h4>\n"); break;
    case kList: wrap("<ul>", "</ul>\n"); break;
    case kNumberedList:
      out.add("<ol start=\"{}\">", n.first_number);
      wrap("", "</ol>\n");
      break;
    case kItem: wrap("<li>", "</li>\n"); break;
    case kQuote: wrap("<blockquote>", "</blockquote>\n"); break;
    case kRule: out += "<hr>\n"; break;
    case kTable: wrap("<table>", "</table>\n"); break;
    case kRow:
      out += "<tr>";
      for (const FixNode& cell : n.children) out += "<td>", inlines(cell.children, out), out += "</td>";
      out += "</tr>\n";
      break;
    case kCodeBlock: {
      out += "<pre><code>";
      bool is_first = true;
      for (const RedactedText& line : n.text.lines()) {
        if (!std::exchange(is_first, false)) out += "\n";
        out += for_xml(line);
      }
      out += "</code></pre>\n";
      break;
    }
    case kRoot: inlines(n.children, out); break;
  }
}

void inlines(const std::vector<FixNode>& nodes, Text& out) {
  for (const FixNode& n : nodes) node(n, out);
}

void part(Words name, const std::string& markdown, const Finding& finding, Text& out) {
  if (markdown.empty()) return;
  out.add("<h3>{}</h3>\n", name);
  node(fix_tree(markdown, finding), out);
}

Text evidence(const Evidence& e) {
  const RedactedText& text = e.text;
  return markup<Xml>("<div class=\"dim\">{}, line {}</div>\n<pre>{}<mark>{}</mark>{}{}</pre>\n", for_xml(e.source), e.line,
                     for_xml(text.part(0, e.mark_begin)), for_xml(text.part(e.mark_begin, e.mark_end)),
                     for_xml(text.part(e.mark_end, text.size())), e.truncated ? Words(" …") : Words(""));
}

// By which the filters know a section or a row of the table.
Text classes(Words kind, const Finding& finding, const Services& services) {
  Text out = markup<Xml>("{} {}", kind, for_xml(level_name(finding.rule->severity)));
  if (!finding.explained_by.empty()) out += " symptom";
  for (const SourceCount& service : finding.services)
    if (const auto known = services.find(service.name); known != services.end()) out.add(" s{}", known->second);
  return out;
}

Text place(const Finding& finding) {
  Text out = markup<Xml>("<p class=\"dim\"><code>{}</code> · {}", for_xml(finding.rule->id), for_xml(times(finding.count)));
  if (finding.first_seen) out.add(" · {}", for_xml(when(finding)));
  for (std::size_t i = 0; i < finding.services.size() && i < 7; ++i)
    out.add("{}{}", i ? Words(", ") : Words(" · in "), for_xml(finding.services[i].name));
  if (finding.services.size() > 7) out.add(" and {} more", finding.services.size() - 7);
  if (!finding.partly_explained_by.empty()) out.add(" · {} of them", finding.explained_count);
  for (const std::string& id : finding.causes) out.add("{}<a href=\"#{}\">{}</a>", &id == &finding.causes.front() ? Words(" · explained by ") : Words(", "), for_xml(id), for_xml(id));
  out += "</p>\n";
  return out;
}

Text section(const Finding& finding, const Services& services, const TimeSpan& span) {
  const Rule& rule = *finding.rule;
  Text out = markup<Xml>("<section class=\"{}\" id=\"{}\">\n<h2><span class=\"label\">{}</span> {}</h2>\n", classes("finding", finding, services),
                         for_xml(rule.id), for_xml(level_name(rule.severity)), for_xml(rule.title));
  out += place(finding);
  out += evidence(finding.evidence);
  if (finding.trend) out.add("<h3>{}</h3>\n{}", for_xml(standing(*finding.trend)), trend_plot(finding.trend->counts));
  out += timeline(finding, span);
  if (finding.explained_by.empty()) {
    part("Cause", rule.cause, finding, out);
    part("Solution", rule.solution, finding, out);
    part("Prevention", rule.prevention, finding, out);
    for (const std::string& url : rule.references)
      if (url.starts_with("https://")) out.add("<p><a rel=\"noreferrer\" href=\"{}\">{}</a></p>\n", for_xml(url), for_xml(url));
  }
  out += "</section>\n";
  return out;
}

// Inputs come first, so that what follows them can be hidden by their state; their labels are chips.
Text filters(const Report& report, const Services& services) {
  const auto has = [&](Level severity) {
    return std::any_of(report.findings.begin(), report.findings.end(), [&](const Finding& f) { return f.rule->severity == severity; });
  };
  Text inputs, chips, style;
  for (const Level severity : kSeverities) {
    if (!has(severity)) continue;
    const Text name = for_xml(level_name(severity));
    inputs.add("<input class=\"filter\" type=\"checkbox\" id=\"f-{}\" checked>\n", name);
    chips.add("<label class=\"chip\" for=\"f-{}\">{}</label>\n", name, name);
    style.add("#f-{}:not(:checked)~main .{}{{display:none}}#f-{}:not(:checked)~.filters [for=f-{}]{{opacity:.4;text-decoration:line-through}}"
              "#f-{}:focus-visible~.filters [for=f-{}]{{outline:2px solid}}\n", name, name, name, name, name, name);
  }
  if (services.size() > 1) {
    inputs += "<input class=\"filter\" type=\"radio\" name=\"service\" id=\"f-all\" checked>\n";
    chips += "<br><label class=\"chip\" for=\"f-all\">all services</label>\n";
    style += "#f-all:checked~.filters [for=f-all]{font-weight:700}\n";
    for (const auto& [name, number] : services) {
      inputs.add("<input class=\"filter\" type=\"radio\" name=\"service\" id=\"f-s{}\">\n", number);
      chips.add("<label class=\"chip\" for=\"f-s{}\">{}</label>\n", number, for_xml(name));
      style.add("#f-s{}:checked~main :is(.finding,.row):not(.s{}){{display:none}}#f-s{}:checked~.filters [for=f-s{}]{{font-weight:700}}"
                "#f-s{}:focus-visible~.filters [for=f-s{}]{{outline:2px solid}}\n", number, number, number, number, number, number);
    }
  }
  return markup<Xml>("<style>{}@media print{{.finding{{display:block!important}}.row{{display:table-row!important}}}}</style>\n{}<div class=\"filters\">{}</div>\n", style, inputs, chips);
}

Text table(const Report& report, const Services& services) {
  if (report.findings.empty()) return {};
  Text out("<table><tr><th class=\"short\">Severity</th><th class=\"short\">Count</th><th>What</th><th class=\"wide\">Rule</th><th class=\"wide\">First seen</th></tr>\n");
  for (const Finding& f : report.findings)
    out.add("<tr class=\"{}\"><td class=\"short\">{}</td><td class=\"count short\">{}</td><td>{}<a href=\"#{}\">{}</a></td><td class=\"wide\"><code>{}</code></td>"
            "<td class=\"wide short\">{}</td></tr>\n",
            classes("row", f, services), for_xml(level_name(f.rule->severity)), f.count, f.explained_by.empty() ? Words("") : Words("└ "), for_xml(f.rule->id), for_xml(f.rule->title),
            for_xml(f.rule->id), for_xml(f.first_seen ? to_the_second(*f.first_seen) : ""));
  out += "</table>\n";
  return out;
}

Text unknowns(const Report& report) {
  if (report.unknowns.empty()) return {};
  Text out("<h2>Errors that no rule knows</h2>\n");
  for (const Unknown& u : report.unknowns) {
    out.add("<section class=\"unknown\"><h3>{} × <code>{}</code>{}</h3>\n{}", u.count, for_xml(u.pattern),
            for_xml(u.trend ? " · " + standing(*u.trend) : ""), evidence(u.evidence));
    if (const auto command = draft_command(u)) out.add("<p class=\"dim\">Draft a rule: <code>{}</code></p>\n", for_xml(*command));
    out += "</section>\n";
  }
  return out;
}

Text not_read(Words name, const std::vector<NotRead>& files) {
  Text out;
  if (files.empty()) return out;
  out.add("<h2>{}</h2>\n<ul>\n", name);
  for (const NotRead& file : files) out.add("<li><code>{}</code> {}</li>\n", for_xml(file.name), for_xml(file.reason));
  out += "</ul>\n";
  return out;
}

Text night_of(const Report& report) {
  Text out;
  if (!report.night) return out;
  if (!report.night->gone.empty()) out += "<h2>Gone since the night before</h2>\n";
  for (const GoneFinding& g : report.night->gone)
    out.add("<section class=\"finding {}\">\n<h2>{}</h2>\n<p class=\"dim\"><code>{}</code> · {} in the night before · was there {} nights in a row</p>\n{}</section>\n",
            for_xml(level_name(g.rule->severity)), for_xml(g.rule->title), for_xml(g.rule->id), for_xml(times(g.count)), g.nights_in_a_row, trend_plot(g.counts));
  out += not_read("Could not be read", report.night->unreadable);
  out += not_read("Passed over", report.night->skipped);
  return out;
}

}  // namespace

std::string render_html(const Report& report, const RenderOptions& options) {
  const Services services = services_of(report);
  const TimeSpan span = time_span(report);
  const Text title = for_xml("logfix: " + in_short(report));
  Text out = markup<Xml>(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
      "<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n<h1>{}</h1>\n",
      title, kStyle, title);
  out += filters(report, services);
  out += "<main>\n";
  out += table(report, services);
  for (const Finding& finding : report.findings) out += section(finding, services, span);
  out += unknowns(report);
  out += night_of(report);
  out.add("</main>\n<footer><p>{}</p><p>{}</p>", for_xml(environment(report, options.version)), for_xml(closing(report)));
  for (const std::string& remark : remarks(report)) out.add("<p>{}</p>", for_xml(remark));
  out += "</footer>\n</body>\n</html>\n";
  return std::move(out).take();
}

}  // namespace logfix
