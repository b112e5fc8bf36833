// The document `logfix/1`, and JSON Lines of the same objects. Keys are only ever added.

#include "report/escape.h"
#include "report/fix_text.h"
#include "report/phrases.h"
#include "report/report.h"

namespace logfix {
namespace {

using Text = Markup<Json>;

Text time_or_null(const std::optional<Time>& time) { return time ? for_json(to_rfc3339(*time)) : Text("null"); }
Text id_or_null(const std::string& id) { return id.empty() ? Text("null") : for_json(id); }

template <typename Things, typename Render>
Text list(const Things& things, Render render) {
  Text out("[");
  bool is_first = true;
  for (const auto& thing : things) {
    if (!std::exchange(is_first, false)) out += ", ";
    out += render(thing);
  }
  out += "]";
  return out;
}

Text ids(const std::vector<std::string>& own) {
  return list(own, [](const std::string& id) { return for_json(id); });
}

Text evidence(const Evidence& e) {
  return markup<Json>("{{\"source\": {}, \"line\": {}, \"text\": {}, \"truncated\": {}}}", for_json(e.source), e.line,
                      for_json(e.text), e.truncated ? Words("true") : Words("false"));
}

Text captures(const Variant& v) {
  Text out("{");
  for (const auto& [name, value] : v.captures) {
    if (&name != &v.captures.front().first) out += ", ";
    out.add("{}: {}", for_json(name), for_json(value));
  }
  out += "}";
  return out;
}

Text counts(const std::vector<SourceCount>& sources) {
  return list(sources, [](const SourceCount& s) {
    return markup<Json>("{{\"name\": {}, \"count\": {}}}", for_json(s.name), s.count);
  });
}

Text fix(const Finding& f) {
  const auto filled = [&](const std::string& markdown) { return for_json(fill(markdown, f)); };
  return markup<Json>("{{\"cause\": {},\n      \"solution\": {},\n      \"prevention\": {},\n      \"references\": {}}}",
                      filled(f.rule->cause), filled(f.rule->solution), filled(f.rule->prevention), ids(f.rule->references));
}

Text numbers(const std::vector<std::uint64_t>& counts) {
  return list(counts, [](std::uint64_t count) { return markup<Json>("{}", count); });
}

Text trend(const Trend& t) {
  return markup<Json>("{{\"standing\": \"{}\", \"nights_in_a_row\": {}, \"counts\": {}}}",
                      t.was_there_last ? Words("still") : t.is_first_time ? Words("new") : Words("back"), t.nights_in_a_row, numbers(t.counts));
}

Text not_read(const std::vector<NotRead>& files) {
  return list(files, [](const NotRead& file) {
    return markup<Json>("{{\"name\": {}, \"reason\": {}}}", for_json(file.name), for_json(file.reason));
  });
}

Text night(const Night& n) {
  return markup<Json>("{{\"number\": {}, \"began\": {}, \"previous\": {}, \"elapsed_ms\": {}, \"files\": {}, \"read\": {}, \"waiting\": {},\n"
                      "    \"gone\": {},\n    \"unreadable\": {}, \"skipped\": {}}}",
                      n.number, for_json(to_rfc3339(n.began)), time_or_null(n.previous), n.elapsed.count(), n.files, n.read, n.waiting,
                      list(n.gone, [](const GoneFinding& g) {
                        return markup<Json>("{{\"rule\": {}, \"title\": {}, \"count\": {}, \"nights_in_a_row\": {}, \"counts\": {}}}",
                                            for_json(g.rule->id), for_json(g.rule->title), g.count, g.nights_in_a_row, numbers(g.counts));
                      }),
                      not_read(n.unreadable), not_read(n.skipped));
}

Text finding(const Finding& f) {
  const Rule& rule = *f.rule;
  Text out("\n    {");
  out.add("\"rule\": {}, \"category\": {}, \"severity\": {}, \"title\": {},\n", for_json(rule.id), for_json(rule.category),
          for_json(level_name(rule.severity)), for_json(rule.title));
  out.add("     \"count\": {}, \"first_seen\": {}, \"last_seen\": {},\n", f.count, time_or_null(f.first_seen),
          time_or_null(f.last_seen));
  out.add("     \"sources\": {},\n     \"services\": {},\n", counts(f.sources), counts(f.services));
  out.add("     \"variants\": {}, \"variants_omitted\": {},\n     \"evidence\": {},\n",
          list(f.variants,
               [](const Variant& v) { return markup<Json>("{{\"captures\": {}, \"count\": {}}}", captures(v), v.count); }),
          f.variants_omitted, evidence(f.evidence));
  out.add("     \"explained_by\": {}, \"explains\": {}, \"explained_count\": {}, \"partly_explained_by\": {}, \"causes\": {},\n",
          id_or_null(f.explained_by), ids(f.explains), f.explained_count, id_or_null(f.partly_explained_by), ids(f.causes));
  if (f.trend) out.add("     \"trend\": {},\n", trend(*f.trend));
  out.add("     \"fix\": {}}}", fix(f));
  return out;
}

Text level_or_null(Level level) { return level == Level::kUnknown ? Text("null") : for_json(level_name(level)); }

Text unknown(const Unknown& u) {
  const auto command = draft_command(u);
  Text out = markup<Json>("{{\"template\": {}, \"count\": {}, \"level\": {}, \"evidence\": {}, \"draft\": {}",
                          for_json(u.pattern), u.count, level_or_null(u.level), evidence(u.evidence),
                          command ? for_json(*command) : Text("null"));
  if (u.trend) out.add(", \"trend\": {}", trend(*u.trend));
  out += "}";
  return out;
}

Text accepted(const AcceptedFinding& a) {
  return markup<Json>("{{\"rule\": {}, \"reason\": {}, \"owner\": {}, \"expires\": {}, \"expired\": {}, \"count\": {}}}", for_json(a.entry.rule),
                      for_json(a.entry.reason), for_json(a.entry.owner), for_json(a.entry.expires),
                      a.has_expired ? Words("true") : Words("false"), a.count);
}

Text stats(const Stats& s) {
  return markup<Json>(
      "{{\"bytes\": {}, \"lines\": {}, \"records\": {}, \"matches\": {}, \"error_records\": {}, "
      "\"explained_records\": {}, \"malformed\": {}, \"truncated\": {}, \"not_evaluated\": {}, \"redactions\": {}, "
      "\"zoneless_times\": {}, \"sources\": {}, \"unreadable\": {}, \"hidden\": {}, \"outside\": {}}}",
      s.bytes, s.lines, s.records, s.matches, s.error_records, s.explained_records, s.malformed, s.truncated,
      s.not_evaluated, s.redactions, s.zoneless_times, s.sources, s.unreadable, s.hidden, s.outside);
}

}  // namespace

std::string render_json(const Report& report) {
  Text out;
  out.add("{{\n  \"schema\": \"logfix/1\",\n  \"rule_set\": {},\n  \"redacted\": {}", for_json(report.rule_set),
          report.is_redacted ? Words("true") : Words("false"));
  out.add(",\n  \"findings\": {}", list(report.findings, finding));
  out.add(",\n  \"unknowns\": {}", list(report.unknowns, [](const Unknown& u) { return markup<Json>("\n    {}", unknown(u)); }));
  out.add(",\n  \"accepted\": {}", list(report.accepted, accepted));
  if (report.night) out.add(",\n  \"night\": {}", night(*report.night));
  out.add(",\n  \"stats\": {}\n}}\n", stats(report.stats));
  return std::move(out).take();
}

std::string render_jsonl(const Finding& f) {
  const Rule& rule = *f.rule;
  Text out;
  out.add("{{\"schema\": \"logfix/1\", \"kind\": \"occurrence\", \"rule\": {}, \"category\": {}, \"severity\": {}, \"title\": {}, "
          "\"time\": {}, \"service\": {}, \"captures\": {}, \"evidence\": {}}}\n",
          for_json(rule.id), for_json(rule.category), for_json(level_name(rule.severity)), for_json(rule.title),
          time_or_null(f.first_seen), f.services.empty() ? Text("null") : for_json(f.services.front().name),
          f.variants.empty() ? Text("{}") : captures(f.variants.front()), evidence(f.evidence));
  return std::move(out).take();
}

std::string render_jsonl(const Unknown& u) {
  Text out;
  out.add("{{\"schema\": \"logfix/1\", \"kind\": \"unknown\", \"template\": {}, \"level\": {}, \"evidence\": {}}}\n",
          for_json(u.pattern), level_or_null(u.level), evidence(u.evidence));
  return std::move(out).take();
}

std::string render_jsonl(const Report& report) {
  Text out;
  out.add("{{\"schema\": \"logfix/1\", \"kind\": \"stats\", \"rule_set\": {}, \"redacted\": {}, \"stats\": {}}}\n",
          for_json(report.rule_set), report.is_redacted ? Words("true") : Words("false"), stats(report.stats));
  return std::move(out).take();
}

}  // namespace logfix
