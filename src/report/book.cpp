#include "report/book.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "base/text.h"

namespace logfix {
namespace {

struct Chapter {
  std::string_view category, title, about;
};

constexpr Chapter kChapters[] = {
    {"application", "Application Issues",
     "The code, its packages and its settings: what keeps the API and the workers from starting, and "
     "what they trip over later."},
    {"database", "Database Issues", "PostgreSQL, PostGIS, Redis, SQLAlchemy and Alembic."},
    {"authentication", "Authentication Issues",
     "Logins to databases and brokers, tokens, keys and permissions."},
    {"observability", "Observability Issues",
     "OpenTelemetry, the Collector, Prometheus, Grafana, Loki and Tempo."},
    {"performance", "Performance Issues",
     "Timeouts, pools, queues, memory, disks: what is too slow or too full."},
    {"network", "Network Issues", "Names, ports, proxies and certificates between the services."},
    {"docker", "Docker Issues", "Images, Compose, containers and Kubernetes."},
};

// As GitHub makes an anchor of a heading.
std::string anchor_of(std::string_view heading) {
  std::string anchor;
  for (char c : heading) {
    if (is_word(c) || c == '-') anchor += to_lower(c);
    if (c == ' ') anchor += '-';
    if (static_cast<unsigned char>(c) >= 0x80) anchor += c;
  }
  return anchor;
}

// Headings that are the same get a number behind their anchors, in their order.
class Anchors {
 public:
  std::string take(std::string_view heading) {
    const std::string anchor = anchor_of(heading);
    const int times = taken_[anchor]++;
    return times == 0 ? anchor : fmt::format("{}-{}", anchor, times);
  }

 private:
  std::map<std::string, int> taken_;
};

// `{{name}}` and `{{name|default}}` read `<name>`; in prose the bracket is escaped.
std::string without_placeholders(std::string_view markdown) {
  std::string out;
  bool in_code_block = false;
  for (std::string_view line : split_lines(markdown)) {
    if (trimmed(line).starts_with("```")) in_code_block = !in_code_block;
    bool in_code = in_code_block;
    if (!out.empty()) out += '\n';
    for (std::size_t i = 0; i < line.size();) {
      const std::size_t close =
          line.substr(i).starts_with("{{") ? line.find("}}", i) : std::string_view::npos;
      if (close == std::string_view::npos) {
        if (line[i] == '`' && !in_code_block) in_code = !in_code;
        out += line[i++];
        continue;
      }
      const std::string_view inside = line.substr(i + 2, close - i - 2);
      const std::size_t bar = inside.find('|');
      // In prose a default is what a reader would say; in code the name tells what to put there.
      if (bar != std::string_view::npos && !in_code) {
        out += trimmed(inside.substr(bar + 1));
      } else {
        out += fmt::format("{}<{}>", in_code ? "" : "\\", trimmed(inside.substr(0, bar)));
      }
      i = close + 2;
    }
  }
  return out;
}

std::string fenced(std::string_view info, std::string_view text) {
  std::string fence = "```";
  while (text.find(fence) != std::string_view::npos) fence += '`';
  return fmt::format("{}{}\n{}\n{}\n", fence, info, text, fence);
}

std::string list_of(const std::vector<std::string>& items) {
  return fmt::format("{}", fmt::join(items, ", "));
}

std::string entry_of(const Rule& rule) {
  std::string out = fmt::format("### {}\n\n", rule.title);
  out += fmt::format("Rule `{}`, {}", rule.id, level_name(rule.severity));
  if (!rule.applies_to.empty()) out += fmt::format("; {}", list_of(rule.applies_to));
  out += ".\n\n**Error Message**:\n";
  // What is printed says more to a reader than a pattern: the examples stand for the signatures.
  for (const Example& example : rule.examples) out += fenced("", example.text);
  if (!rule.cause.empty()) out += "\n**Cause**: " + without_placeholders(rule.cause) + "\n";
  out += "\n**Solution**:\n" + without_placeholders(rule.solution) + "\n";
  if (!rule.prevention.empty()) out += "\n**Prevention**: " + without_placeholders(rule.prevention) + "\n";
  if (!rule.references.empty()) out += "\n**References**:";
  for (const std::string& url : rule.references) out += fmt::format(" <{}>", url);
  if (!rule.references.empty()) out += "\n";
  return out + "\n";
}

}  // namespace

std::string render_book(const RuleSet& rules, std::string_view appendix) {
  std::string contents, chapters;
  Anchors anchors;
  anchors.take("Troubleshooting");
  anchors.take("Contents");
  for (const Chapter& chapter : kChapters) {
    std::vector<const Rule*> entries;
    for (const Rule& rule : rules.rules)
      if (rule.category == chapter.category) entries.push_back(&rule);
    if (entries.empty()) continue;
    std::sort(entries.begin(), entries.end(), [](const Rule* a, const Rule* b) {
      return std::pair(a->title, a->id) < std::pair(b->title, b->id);
    });
    contents += fmt::format("- [{}](#{})\n", chapter.title, anchors.take(chapter.title));
    chapters += fmt::format("## {}\n\n{}\n\n", chapter.title, chapter.about);
    for (const Rule* rule : entries) {
      contents += fmt::format("  - [{}](#{})\n", rule->title, anchors.take(rule->title));
      chapters += entry_of(*rule);
    }
  }
  std::string out =
      "# Troubleshooting\n\n"
      "The errors that logfix knows, with their causes and fixes. Each entry is a rule below `rules/`;\n"
      "`logfix book` binds them, so change a rule and bind anew. `docker logs api 2>&1 | logfix` finds\n"
      "the entry for you and fills in the values that read `<name>` here.\n\n"
      "## Contents\n\n";
  out += contents + "\n" + chapters;
  out += appendix;
  while (out.ends_with("\n\n")) out.pop_back();
  return out;
}

}  // namespace logfix
