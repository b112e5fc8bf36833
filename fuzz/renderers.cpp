// Log text of any kind through every renderer; what comes out is parsed again.
#include <md4c.h>
#include <simdjson.h>

#include <algorithm>
#include <cctype>

#include "base/text.h"
#include "base/visible.h"
#include "fuzz.h"
#include "report/report.h"
#include "ruleset/load.h"
#include "wrappings.h"

namespace logfix {
namespace {

constexpr std::string_view kRule = R"(---
severity: error
---
# Attack

**Error Message**:
```
ATTACK ~<v> ~end~
```

**Cause**: {{v}} is bad, **{{v}}** and [{{v}} here](https://example.com/a), or https://example.com/{{v}} now.

**Solution**:
1. Look at {{v}}, `{{v}}` and <https://example.com/{{v}}>:
   ```bash
   look {{v}} --at={{v}}
   ```
   ```sql
   DROP TABLE {{v}};
   ```
2. {{v}}

| what | how |
|---|---|
| {{v}} | `{{v}}` |

> {{v}}

**Prevention**: None.

**Seen as**:
```example
ATTACK ~x ~end~
```
)";

// --- the parsers ----------------------------------------------------------------------------------

void check_json(const std::string& text, std::string_view what) {
  static simdjson::dom::parser parser;
  simdjson::dom::element document;
  fuzz::require(parser.parse(text).get(document) == simdjson::SUCCESS, what, text);
}

void check_json_lines(std::string_view text) {
  fuzz::require(text.ends_with('\n'), "JSON Lines end in a line feed");
  for (std::string_view line : split_lines(text)) check_json(std::string(line), "a line of JSON Lines is JSON");
}

struct Seen {
  std::string links;  // that don't lead where the rule's do
  int images = 0, html = 0;
};

// What GitHub's flavour makes of a ticket.
Seen seen_in_markdown(const std::string& text) {
  Seen seen;
  MD_PARSER parser{};
  parser.flags = MD_DIALECT_GITHUB;
  parser.enter_block = [](MD_BLOCKTYPE type, void*, void* to) {
    static_cast<Seen*>(to)->html += type == MD_BLOCK_HTML;
    return 0;
  };
  parser.leave_block = [](MD_BLOCKTYPE, void*, void*) { return 0; };
  parser.enter_span = [](MD_SPANTYPE type, void* detail, void* to) {
    Seen& all = *static_cast<Seen*>(to);
    all.images += type == MD_SPAN_IMG;
    if (type != MD_SPAN_A) return 0;
    const MD_ATTRIBUTE& href = static_cast<MD_SPAN_A_DETAIL*>(detail)->href;
    const std::string_view target(href.text, href.size);
    if (!target.starts_with("https://example.com/")) (all.links += target) += '\n';
    return 0;
  };
  parser.leave_span = [](MD_SPANTYPE, void*, void*) { return 0; };
  parser.text = [](MD_TEXTTYPE type, const MD_CHAR*, MD_SIZE, void* to) {
    static_cast<Seen*>(to)->html += type == MD_TEXT_HTML;
    return 0;
  };
  fuzz::require(md_parse(text.data(), static_cast<MD_SIZE>(text.size()), &parser, &seen) == 0, "Markdown is parsed");
  return seen;
}

void check_markdown(const std::string& text) {
  const Seen seen = seen_in_markdown(text);
  fuzz::require(seen.links.empty(), "no link of a ticket comes from a log", seen.links + "\n" + text);
  fuzz::require(seen.images == 0, "no image of a ticket comes from a log", text);
  fuzz::require(seen.html == 0, "no HTML of a ticket comes from a log", text);
}

// Tags as the pages and files have them, numbers masked: what a log adds is of no other shape.
std::vector<std::string> tags_of(std::string_view text) {
  std::vector<std::string> tags;
  for (std::size_t at = 0; (at = text.find('<', at)) != std::string_view::npos;) {
    const std::size_t end = text.find('>', at);
    fuzz::require(end != std::string_view::npos, "a tag ends", text.substr(at));
    std::string tag;
    bool in_value = false;
    for (char c : text.substr(at, end - at)) {
      in_value ^= c == '"';
      if (!in_value || c == '"') tag += c;
    }
    fuzz::require(!in_value, "a value ends before its tag", text.substr(at, 200));
    tags.push_back(tag);
    at = end;
  }
  return tags;
}

void check_tags(std::string_view text, std::vector<std::string>& known, std::string_view what) {
  for (const std::string& tag : tags_of(text))
    fuzz::require(std::find(known.begin(), known.end(), tag) != known.end(), what, tag);
}

// Printable text, line feeds, and our own colours.
void check_terminal(std::string_view text, bool has_color) {
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == '\n') {
      ++at;
    } else if (text[at] == '\x1b') {
      const std::size_t end = text.find('m', at);
      fuzz::require(has_color && text.substr(at).starts_with("\x1b[") && end != std::string_view::npos &&
                        text.substr(at + 2, end - at - 2).find_first_not_of("0123456789;") == std::string_view::npos,
                    "an escape is a colour of ours", text.substr(at, 40));
      at = end + 1;
    } else {
      std::uint32_t code = 0;
      const std::size_t size = utf8_at(text, at, code);
      fuzz::require(size > 0 && code >= ' ' && !is_invisible(code), "what a terminal gets is visible", text.substr(at, 40));
      at += size;
    }
  }
}

// No line but our own annotations is a command for a build server.
void check_commands(std::string_view text, bool is_github) {
  for (std::string_view line : split_lines(text)) {
    const bool is_own = line.starts_with("::error ") || line.starts_with("::warning ") || line.starts_with("::notice ") ||
                        line.starts_with("::group::") || line.starts_with("::endgroup::");
    fuzz::require((is_github && is_own) || !begins_command(trimmed(line), false), "no command for a build server", line);
    fuzz::require(line.find("##vso[") == std::string_view::npos && line.find("##[") == std::string_view::npos,
                  "no command for Azure", line);
  }
}

// Samples are `name{labels} number`, comments begin with `#`.
void check_metrics(std::string_view text) {
  for (std::string_view line : split_lines(text)) {
    if (line.empty() || line.starts_with("# HELP logfix_") || line.starts_with("# TYPE logfix_")) continue;
    const std::size_t gap = line.rfind(' ');
    fuzz::require(line.starts_with("logfix_") && gap != std::string_view::npos &&
                      line.find_first_not_of("0123456789.e+-", gap + 1) == std::string_view::npos,
                  "a sample has a name and a number", line);
  }
}

// --- the log and its reports ------------------------------------------------------------------------

// Each line of the input as a captured value, as a name of a service, and as an error that nobody knows.
std::string log_of(std::string_view input) {
  std::string log;
  for (std::string_view line : split_lines(input)) {
    log += "ERROR ATTACK ~" + std::string(line) + " ~end~\n";
    const std::string text = json_text(line);
    log += R"({"level":"error","container_name":")" + text + R"(","msg":"ATTACK ~)" + text + " ~end~\"}\n";
    log += R"({"level":"error","msg":"unheard of )" + text + "\"}\n";
  }
  return log;
}

struct Renderer {
  LoadedRules loaded = load_rules({{"rules/application/attack.md", std::string(kRule)}});
  Matcher matcher{loaded.rules};
  std::vector<std::string> html_tags, junit_tags;

  // The tags that harmless logs bring about.
  Renderer() {
    fuzz::require(loaded.diagnostics.empty(), "the rule loads");
    for (std::string_view log : {"", "a b", "a", "a\nb", "{\"a\":\"b\"}\nERROR x\nTraceback (most recent call last):\n  x\nx: y",
                                 "2026-11-23T10:00:00Z ERROR x\n2026-11-24T10:00:00Z ERROR z"}) {
      const Report report = report_on(log, 0, true);
      for (const Detail detail : {Detail::kNormal, Detail::kBrief, Detail::kFull}) {
        add(tags_of(render_html(report, {.detail = detail, .version = "1"})), html_tags);
        add(tags_of(render_junit(report, {.detail = detail, .version = "1"})), junit_tags);
      }
    }
  }
  static void add(const std::vector<std::string>& more, std::vector<std::string>& to) {
    to.insert(to.end(), more.begin(), more.end());
  }
  Report report_on(std::string_view input, std::uint8_t seed, bool redacts) const {
    return fuzz::scan(log_of(input), seed, matcher, false, Redactor(redacts));
  }
};

}  // namespace
}  // namespace logfix

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace logfix;
  static Renderer renderer;
  fuzz::Input input(data, size);
  const std::uint8_t choice = input.byte();
  const Report report = renderer.report_on(input.rest(), 0, choice & 1);
  RenderOptions options;
  options.color = choice & 2;
  options.is_terminal = choice & 4;
  options.detail = choice & 8 ? Detail::kFull : choice & 16 ? Detail::kBrief : Detail::kNormal;
  options.width = choice & 32 ? 20 : 100;
  options.version = "1";

  check_json(render_json(report), "JSON is JSON");
  check_json(render_sarif(report, options), "SARIF is JSON");
  check_json_lines(render_jsonl(report));
  for (const Finding& finding : report.findings) check_json_lines(render_jsonl(finding));
  for (const Unknown& unknown : report.unknowns) check_json_lines(render_jsonl(unknown));
  for (const std::string& text : {render_text(report, options), render_summary(report, options)}) {
    check_terminal(text, options.color);
    if (!options.color) check_commands(text, false);
  }
  check_commands(render_github(report, options), true);
  check_metrics(render_prometheus(report, options));
  check_tags(render_html(report, options), renderer.html_tags, "no tag of a page comes from a log");
  check_tags(render_junit(report, options), renderer.junit_tags, "no tag of JUnit's XML comes from a log");
  render_jira(report, options);
  check_markdown(render_markdown(report, options));
  options.max_bytes = 500;
  fuzz::require(render_markdown(report, options).size() <= 500, "a ticket fits");
  return 0;
}
