// The report for a terminal: what is wrong, where, and what to do, on the first screen.

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "base/visible.h"
#include "report/fix_tree.h"
#include "report/layout.h"
#include "report/phrases.h"
#include "report/report.h"
#include "report/timeline.h"

namespace logfix {
namespace {

constexpr std::size_t kManyRoots = 3;    // from here on an overview comes first
constexpr std::size_t kTooManyRoots = 10;  // from here on only the first fixes are told
constexpr std::size_t kFixesOfMany = 5;
constexpr std::size_t kEvidenceRows = 6;
constexpr std::size_t kMaxNotRead = 20;

Style style_of(Level severity) {
  switch (severity) {
    case Level::kCritical: return Style::kCritical;
    case Level::kError: return Style::kError;
    case Level::kWarning: return Style::kWarning;
    default: return Style::kInfo;
  }
}

Words label_of(Level severity) {
  switch (severity) {
    case Level::kCritical: return "CRITICAL";
    case Level::kError: return "ERROR";
    case Level::kWarning: return "WARNING";
    default: return "INFO";
  }
}

class TextWriter {
 public:
  explicit TextWriter(const RenderOptions& options) : options_(options), out_(options.color, options.width) {}

  void heading(const Report& report) {
    out_.line(0);
    out_.words(markup<Terminal>("logfix: {}", for_terminal(in_short(report))), Style::kBold);
  }
  void section(Words name) {
    out_.blank_line();
    out_.line(0);
    out_.words(name, Style::kBold);
  }

  // What a night has beside findings.
  void night(const Night& night) {
    const Whole whole(*this);
    if (!night.gone.empty()) section("Gone since the night before");
    for (const std::string& line : gone(night)) {
      out_.line(2);
      out_.hang(6);
      out_.words(for_terminal(line));
    }
    not_read("Could not be read", night.unreadable);
    not_read("Passed over", night.skipped);
  }

  // A line per finding, what is explained below its cause.
  void overview(const Report& report) {
    const TimeSpan span = time_span(report);
    const bool within_a_day = span.begin && *span.end - *span.begin < std::chrono::days(1);
    for (const Finding& finding : report.findings) overview(finding, within_a_day);
  }
  void overview(const Finding& finding, bool within_a_day) {
    const Whole whole(*this);
    const std::size_t indent = finding.explained_by.empty() ? 2 : 4;
    out_.line(indent);
    out_.hang(indent + 4);
    out_.words(markup<Terminal>("{} ×", finding.count));
    out_.words(" ");
    out_.words(label_of(finding.rule->severity), style_of(finding.rule->severity));
    out_.words(markup<Terminal>(" {}", for_terminal(finding.rule->id)), Style::kBold);
    out_.words(markup<Terminal>(" {} ", for_terminal(finding.rule->title)));
    if (finding.trend) out_.words(markup<Terminal>("[{}] ", for_terminal(standing(*finding.trend))), Style::kDim);
    Markup<Terminal> where = markup<Terminal>("({}:{}", for_terminal(finding.evidence.source), finding.evidence.line);
    if (finding.first_seen) where.add(", {}", for_terminal(short_when(finding, within_a_day)));
    if (!finding.causes.empty()) where.add("; {}", for_terminal(explained_by(finding)));
    where += ")";
    out_.words(where, Style::kDim);
  }

  void finding(const Finding& finding, bool with_fix) {
    const Rule& rule = *finding.rule;
    const bool is_symptom = !finding.explained_by.empty();
    indent_ = is_symptom ? 2 : 0;
    out_.blank_line();
    headline(rule);
    place(finding);
    evidence(finding.evidence, indent_ + 2);
    if (options_.detail == Detail::kFull) details(finding);
    if (!with_fix || (is_symptom && options_.detail != Detail::kFull)) return;
    fix(finding);
  }

  void unknowns(const Report& report) {
    if (report.unknowns.empty()) return;
    const Whole whole(*this);
    out_.blank_line();
    out_.line(0);
    out_.words("Errors that no rule knows", Style::kBold);
    for (const Unknown& unknown : report.unknowns) {
      out_.line(2);
      out_.hang(6);
      out_.words(markup<Terminal>("{} × ", unknown.count));
      if (unknown.trend) out_.words(markup<Terminal>("({}) ", for_terminal(standing(*unknown.trend))), Style::kDim);
      out_.words(for_terminal(unknown.pattern));
      if (options_.detail == Detail::kBrief) continue;
      evidence(unknown.evidence, 4);
      if (const auto command = draft_command(unknown)) {
        out_.line(4);
        out_.words("Draft a rule: ", Style::kDim);
        out_.verbatim(for_terminal(*command), Style::kCode);
      }
    }
  }

  void last_lines(const Report& report) {
    const Whole whole(*this);
    out_.blank_line();
    out_.line(0);
    out_.words(for_terminal(closing(report)), Style::kDim);
    for (const std::string& remark : remarks(report)) {
      out_.line(0);
      out_.words(for_terminal(remark));
    }
  }

  // A rule for its readers.
  void rule(const Rule& rule, const RuleSet& among) {
    std::vector<std::string> causes;
    for (const Rule& other : among.rules)
      if (std::find(other.explains.begin(), other.explains.end(), rule.id) != other.explains.end())
        causes.push_back(other.id);
    headline(rule);
    out_.line(2);
    out_.words(markup<Terminal>("{}, {}{}", for_terminal(rule.category), for_terminal(rule.place.file),
                                rule.fallback ? Words("; only if no other rule matches") : Words("")));
    ids("applies to ", rule.applies_to);
    ids("explains ", rule.explains);
    ids("is explained by ", causes);
    signatures("Error message", rule.signatures);
    signatures("Not if there is", rule.unless);
    if (!rule.when.empty()) title("Only when");
    for (const Condition& condition : rule.when) {
      out_.line(4);
      out_.verbatim(markup<Terminal>("{}: {}", for_terminal(condition.field), for_terminal(condition.pattern)));
    }
    Finding without_values;
    without_values.rule = &rule;
    fix(without_values);
  }

  Layout& out() { return out_; }

 private:
  void not_read(Words name, const std::vector<NotRead>& files) {
    if (files.empty()) return;
    section(name);
    for (std::size_t i = 0; i < files.size() && i < kMaxNotRead; ++i) {
      out_.line(2);
      out_.hang(6);
      out_.words(markup<Terminal>("{} {}", for_terminal(files[i].name), for_terminal(files[i].reason)));
    }
    if (files.size() <= kMaxNotRead) return;
    out_.line(2);
    out_.words(markup<Terminal>("and {} more", files.size() - kMaxNotRead));
  }

  // While it lives, lines are not broken unless for a terminal.
  class Whole {
   public:
    explicit Whole(TextWriter& writer) : writer_(writer), before_(writer.out_.width()) {
      if (!writer.options_.is_terminal) writer_.out_.set_width(std::size_t{1} << 20);
    }
    ~Whole() { writer_.out_.set_width(before_); }
    Whole(const Whole&) = delete;

   private:
    TextWriter& writer_;
    std::size_t before_;
  };

  void headline(const Rule& rule) {
    const Whole whole(*this);
    out_.line(indent_);
    out_.hang(indent_ + 2);
    out_.words(label_of(rule.severity), style_of(rule.severity));
    out_.words(markup<Terminal>(" {}", for_terminal(rule.id)));
    out_.verbatim(Markup<Terminal>("  "));
    out_.words(for_terminal(rule.title), Style::kBold);
  }

  void title(Words name) {
    out_.blank_line();
    out_.line(indent_ + 2);
    out_.words(name, Style::kBold);
  }

  void fix(const Finding& finding) {
    part("Cause", finding.rule->cause, finding);
    part("Solution", finding.rule->solution, finding);
    part("Prevention", finding.rule->prevention, finding);
    for (const std::string& url : finding.rule->references) {
      out_.line(indent_ + 2);
      out_.words("See ");
      out_.verbatim(for_terminal(url), Style::kLink);
    }
  }

  void ids(Words name, const std::vector<std::string>& ids) {
    if (ids.empty()) return;
    out_.line(2);
    out_.hang(4);
    out_.words(name);
    for (const std::string& id : ids) out_.words(markup<Terminal>("{}{}", for_terminal(id), &id == &ids.back() ? Words("") : Words(", ")));
  }

  void signatures(Words name, const std::vector<Signature>& signatures) {
    if (!signatures.empty()) title(name);
    for (const Signature& signature : signatures) {
      bool needs_mark = !signature.is_template;
      for (std::string_view line : split_lines(signature.source)) {
        out_.line(4);
        if (std::exchange(needs_mark, false)) out_.verbatim(Markup<Terminal>("regex "));
        out_.verbatim(for_terminal(line));
      }
    }
  }

  void place(const Finding& finding) {
    const Whole whole(*this);
    out_.line(indent_ + 2);
    Markup<Terminal> all = for_terminal(times(finding.count));
    if (finding.trend) all.add(", {} {}", for_terminal(standing(*finding.trend)), for_terminal(bars(finding.trend->counts, kShownNights)));
    if (finding.first_seen) all.add(", {}", for_terminal(when(finding)));
    const bool is_source_only = finding.services.size() == 1 && finding.services[0].name == finding.evidence.source;
    if (!finding.services.empty() && !is_source_only) {
      for (std::size_t i = 0; i < finding.services.size() && i < 7; ++i)
        all.add("{}{}", i ? Words(", ") : Words("; in "), for_terminal(finding.services[i].name));
      if (finding.services.size() > 7) all.add(" and {} more", finding.services.size() - 7);
    }
    if (!finding.causes.empty()) all.add("; {}", for_terminal(explained_by(finding)));
    out_.words(all);
  }

  // The line of a log: at most some rows, what matched marked and in sight.
  void evidence(const Evidence& evidence, std::size_t indent) {
    const RedactedText& text = evidence.text;
    const Markup<Terminal> before = for_terminal(text.part(0, evidence.mark_begin));
    const Markup<Terminal> mark = for_terminal(text.part(evidence.mark_begin, evidence.mark_end));
    const Markup<Terminal> after = for_terminal(text.part(evidence.mark_end, text.size()));
    out_.line(indent);
    out_.hang(indent + 2);
    out_.words(markup<Terminal>("{}:{}:", for_terminal(evidence.source), evidence.line), Style::kDim);
    out_.words(" ");
    std::size_t room = kEvidenceRows * (options_.width - std::min(indent + 2, options_.width - 1));
    const Whole whole(*this);
    const std::size_t skipped = columns_of(before.text()) + columns_of(mark.text()) > room ? columns_of(before.text()) - std::min(columns_of(before.text()), room / 4) : 0;
    if (skipped) out_.words("… ");
    const std::size_t from = bytes_within(before.text(), skipped);
    shown(before.piece(from, before.size()), Style::kPlain, room);
    shown(mark, Style::kMark, room);
    shown(after, Style::kPlain, room);
    if (room == 0 || evidence.truncated) out_.words(" …");
  }
  void shown(const Markup<Terminal>& text, Style style, std::size_t& room) {
    const std::size_t size = bytes_within(text.text(), room);
    out_.words(text.piece(0, size), style);
    room = size < text.size() ? 0 : room - columns_of(text.text());
  }

  void details(const Finding& finding) {
    for (const Variant& variant : finding.variants) {
      out_.line(indent_ + 2);
      out_.hang(indent_ + 6);
      out_.words(markup<Terminal>("{} ×", variant.count));
      for (const auto& [name, value] : variant.captures)
        out_.words(markup<Terminal>(" {}={}", for_terminal(name), for_terminal(value)));
    }
    if (finding.variants_omitted) {
      out_.line(indent_ + 2);
      out_.words(markup<Terminal>("and {} more {}", finding.variants_omitted, finding.variants_omitted == 1 ? Words("variant") : Words("variants")));
    }
    for (const SourceCount& source : finding.sources) {
      out_.line(indent_ + 2);
      out_.words(markup<Terminal>("{} in {}", source.count, for_terminal(source.name)));
    }
  }

  void part(Words name, const std::string& markdown, const Finding& finding) {
    if (markdown.empty()) return;
    title(name);
    for (const FixNode& block : fix_tree(markdown, finding).children) this->block(block, indent_ + 4);
  }

  void block(const FixNode& node, std::size_t indent, bool goes_on = false) {
    using enum FixNode::Kind;
    switch (node.kind) {
      case kList:
      case kNumberedList: {
        std::size_t number = node.first_number;
        for (const FixNode& item : node.children) {
          out_.line(indent);
          if (node.kind == kList) out_.words("- ");
          else out_.words(markup<Terminal>("{}. ", number++));
          this->item(item, indent + (node.kind == kList ? 2 : 3));
        }
        break;
      }
      case kCodeBlock:
        for (const RedactedText& line : node.text.lines()) {
          out_.line(indent);
          out_.verbatim(for_terminal(line), Style::kCode);
        }
        break;
      case kRule: out_.blank_line(); break;
      case kQuote:
      case kTable:
        for (const FixNode& child : node.children) block(child, indent + (node.kind == kQuote ? 2 : 0));
        break;
      case kRow:
        out_.line(indent);
        out_.hang(indent + 2);
        for (const FixNode& cell : node.children) {
          inlines(cell.children);
          if (&cell != &node.children.back()) out_.words(" | ");
        }
        break;
      default:
        if (!goes_on) out_.line(indent);
        out_.hang(indent);
        if (is_inline(node)) inline_node(node);
        else inlines(node.children);
    }
  }

  // An item's first line goes on behind its number; what is inline in it makes one paragraph.
  void item(const FixNode& item, std::size_t indent) {
    out_.hang(indent);
    bool goes_on = true;
    for (const FixNode& child : item.children) {
      if (is_inline(child)) {
        if (!goes_on) out_.line(indent);
        inline_node(child);
        goes_on = true;
        continue;
      }
      block(child, indent, goes_on && &child == &item.children.front());
      goes_on = false;
    }
  }

  static bool is_inline(const FixNode& node) { return node.kind >= FixNode::Kind::kText; }

  void inlines(const std::vector<FixNode>& nodes, Style style = Style::kPlain) {
    for (const FixNode& node : nodes) inline_node(node, style);
  }

  void inline_node(const FixNode& node, Style style = Style::kPlain) {
    using enum FixNode::Kind;
    switch (node.kind) {
      case kText: out_.words(for_terminal(node.text), style); break;
      case kValue: out_.words(for_terminal(node.text), Style::kBold); break;
      case kCode:
        if (out_.color()) out_.words(for_terminal(node.text), Style::kCode);
        else out_.words(markup<Terminal>("`{}`", for_terminal(node.text)));
        break;
      case kStrong: inlines(node.children, Style::kBold); break;
      case kEmphasis: inlines(node.children, style); break;
      case kLink:
        inlines(node.children, Style::kLink);
        if (!node.url.empty() && !(node.children.size() == 1 && node.children[0].text == as_redacted(node.url)))
          out_.words(markup<Terminal>(" ({})", for_terminal(node.url)));
        break;
      case kBreak: out_.break_line(); break;
      default: inlines(node.children, style);
    }
  }
  static RedactedText as_redacted(const std::string& own) { return Redactor(false).redact(LogText(own)); }

  const RenderOptions& options_;
  Layout out_;
  std::size_t indent_ = 0;
};

}  // namespace

std::string render_finding(const Finding& finding, const RenderOptions& options) {
  TextWriter writer(options);
  if (options.detail == Detail::kBrief) {
    writer.overview(finding, true);
  } else {
    writer.finding(finding, true);
  }
  return writer.out().take();
}

std::string render_rule(const Rule& rule, const RuleSet& among, const RenderOptions& options) {
  TextWriter writer(options);
  writer.rule(rule, among);
  return writer.out().take();
}

std::string render_repeats(const Rule& rule, std::uint64_t count, const RenderOptions& options) {
  TextWriter writer(options);
  writer.out().line(0);
  writer.out().words(markup<Terminal>("{} × {} so far", count, for_terminal(rule.id)), Style::kDim);
  return writer.out().take();
}

std::string render_summary(const Report& report, const RenderOptions& options) {
  TextWriter writer(options);
  writer.out().blank_line();
  writer.out().line(0);
  writer.out().words("In all", Style::kBold);
  writer.overview(report);
  writer.unknowns(report);
  writer.last_lines(report);
  return writer.out().take();
}

// New findings first, with their fixes; those that were there before are told of in short, for their fixes
// were told then.
static std::string render_night(const Report& report, const RenderOptions& options) {
  TextWriter writer(options);
  writer.heading(report);
  const auto tell = [&](Words name, bool fresh) {
    bool is_told = false, is_first = true;
    for (std::size_t i = 0; i < report.findings.size(); ++i) {
      const Finding& finding = report.findings[i];
      if (finding.explained_by.empty()) {
        // A cause and its symptoms stand together.
        is_told = false;
        for (std::size_t k = i; k < report.findings.size() && (k == i || !report.findings[k].explained_by.empty()); ++k)
          is_told |= is_new(report.findings[k]);
        is_told = is_told == fresh;
      }
      if (!is_told) continue;
      if (std::exchange(is_first, false)) writer.section(name);
      if (options.detail == Detail::kBrief) writer.overview(finding, false);
      else writer.finding(finding, fresh || options.detail == Detail::kFull);
    }
  };
  tell("New", true);
  tell("Still there", false);
  writer.unknowns(report);
  writer.night(*report.night);
  writer.last_lines(report);
  return writer.out().take();
}

std::string render_text(const Report& report, const RenderOptions& options) {
  if (report.night) return render_night(report, options);
  TextWriter writer(options);
  const auto roots = static_cast<std::size_t>(std::count_if(
      report.findings.begin(), report.findings.end(), [](const Finding& f) { return f.explained_by.empty(); }));
  writer.heading(report);
  if (options.detail == Detail::kBrief || roots > kManyRoots) writer.overview(report);
  const bool has_all = options.detail == Detail::kFull || roots <= kTooManyRoots;
  std::size_t told = 0;
  for (const Finding& finding : report.findings) {
    if (options.detail == Detail::kBrief) break;
    told += finding.explained_by.empty();
    writer.finding(finding, has_all || told <= kFixesOfMany);
  }
  if (!has_all && options.detail != Detail::kBrief) {
    writer.out().blank_line();
    writer.out().line(0);
    writer.out().words(markup<Terminal>("The fixes of the first {} root causes are shown; --full shows all {}.", kFixesOfMany, roots));
  }
  writer.unknowns(report);
  writer.last_lines(report);
  return writer.out().take();
}

}  // namespace logfix
