// The document `logfix/1`. Keys are only ever added.

#include <fmt/format.h>

#include "report/escape.h"
#include "report/fix_text.h"
#include "report/report.h"

namespace logfix {
namespace {

std::string time_or_null(const std::optional<Time>& time) {
  return time ? json_string(to_rfc3339(*time)) : "null";
}

template <typename Items, typename Render>
std::string list(const Items& items, Render render) {
  std::string out = "[";
  for (const auto& item : items) (out += out.size() > 1 ? ", " : "") += render(item);
  return out + "]";
}

struct JsonWriter {
  std::string text(const RedactedText& log) { return for_json(log); }

  std::string evidence(const Evidence& e) {
    return fmt::format("{{\"source\": {}, \"line\": {}, \"text\": {}, \"truncated\": {}}}",
                       text(e.source), e.line, text(e.text), e.truncated);
  }

  std::string variant(const Variant& v) {
    std::string captures;
    for (const auto& [name, value] : v.captures)
      captures += (captures.empty() ? "" : ", ") + json_string(name) + ": " + text(value);
    return fmt::format("{{\"captures\": {{{}}}, \"count\": {}}}", captures, v.count);
  }

  std::string finding(const Finding& f) {
    const Rule& rule = *f.rule;
    const auto filled = [&](const std::string& markdown) {
      return json_string(fill(markdown, f));
    };
    std::string out = "\n    {";
    out += fmt::format("\"rule\": {}, \"category\": {}, \"severity\": {}, \"title\": {},\n",
                       json_string(rule.id), json_string(rule.category),
                       json_string(level_name(rule.severity)), json_string(rule.title));
    out += fmt::format("     \"count\": {}, \"first_seen\": {}, \"last_seen\": {},\n", f.count,
                       time_or_null(f.first_seen), time_or_null(f.last_seen));
    out += "     \"sources\": " +
           list(f.sources,
                [&](const SourceCount& s) {
                  return fmt::format("{{\"name\": {}, \"count\": {}}}", text(s.name), s.count);
                }) +
           ",\n";
    out += "     \"variants\": " + list(f.variants, [&](const Variant& v) { return variant(v); });
    out += fmt::format(", \"variants_omitted\": {},\n     \"evidence\": {},\n", f.variants_omitted,
                       evidence(f.evidence));
    out +=
        "     \"explained_by\": " + (f.explained_by.empty() ? "null" : json_string(f.explained_by));
    out += ", \"explains\": " +
           list(f.explains, [](const std::string& id) { return json_string(id); });
    out += fmt::format(
        ",\n     \"fix\": {{\"cause\": {},\n      \"solution\": {},\n      \"prevention\": {},\n   "
        "   \"references\": {}}}}}",
        filled(rule.cause), filled(rule.solution), filled(rule.prevention),
        list(rule.references, [](const std::string& url) { return json_string(url); }));
    return out;
  }

  std::string unknown(const Unknown& u) {
    return fmt::format("\n    {{\"template\": {}, \"count\": {}, \"level\": {}, \"evidence\": {}}}",
                       text(u.pattern), u.count,
                       u.level == Level::kUnknown ? "null" : json_string(level_name(u.level)),
                       evidence(u.evidence));
  }
};

}  // namespace

std::string render_json(const Report& report) {
  JsonWriter writer;
  std::string out =
      "{\n  \"schema\": \"logfix/1\",\n  \"rule_set\": " + json_string(report.rule_set);
  out += ",\n  \"findings\": " +
         list(report.findings, [&](const Finding& f) { return writer.finding(f); });
  out += ",\n  \"unknowns\": " +
         list(report.unknowns, [&](const Unknown& u) { return writer.unknown(u); });
  const Stats& s = report.stats;
  out += fmt::format(
      ",\n  \"stats\": {{\"bytes\": {}, \"lines\": {}, \"records\": {}, \"matches\": {}, "
      "\"error_records\": {}, \"explained_records\": {}, \"malformed\": {}, \"truncated\": {}, "
      "\"not_evaluated\": {}, \"redactions\": {}, \"zoneless_times\": {}, \"sources\": {}, \"unreadable\": {}}}\n}}\n",
      s.bytes, s.lines, s.records, s.matches, s.error_records, s.explained_records, s.malformed,
      s.truncated, s.not_evaluated, s.redactions, s.zoneless_times, s.sources, s.unreadable);
  return out;
}

}  // namespace logfix
