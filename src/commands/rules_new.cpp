#include <fcntl.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>

#include "active_rules.h"
#include "base/text.h"
#include "commands/commands.h"
#include "commands/output.h"
#include "examples.h"
#include "findings/collector.h"
#include "pipeline.h"
#include "report/escape.h"
#include "ruleset/generalise.h"
#include "ruleset/lint.h"
#include "source/stream.h"
#include "source_scan.h"

namespace logfix {
namespace {

constexpr std::size_t kMaxExampleLines = 30, kIdWords = 5;

// FILE or FILE:LINE.
struct Origin {
  std::string file;
  std::uint64_t line = 0;  // 0: the first error that no rule knows
};

Origin origin_of(const std::string& from) {
  std::error_code error;
  const std::size_t colon = from.rfind(':');
  if (colon == std::string::npos || std::filesystem::exists(from, error)) return {from, 0};
  Origin origin{from.substr(0, colon), 0};
  const char* end = from.data() + from.size();
  const auto [behind, bad] = std::from_chars(from.data() + colon + 1, end, origin.line);
  return bad == std::errc() && behind == end && origin.line > 0 ? origin : Origin{from, 0};
}

// The record to draft from: its text as it may be shown, the line of it that says most.
struct Draft {
  std::vector<std::string> lines;
  std::size_t telling = 0;  // index in lines
  Level level = Level::kUnknown;
  std::vector<std::string> known_as;  // rules that match it, but for fallbacks
};

Draft draft_of(const Record& record, const std::vector<Match>& matches, std::uint64_t wanted_line) {
  Draft draft;
  draft.level = record.level;
  for (const Match& match : matches)
    if (!match.rule->fallback) draft.known_as.push_back(match.rule->id);
  const bool has_trace = record.text.find("Traceback (most recent call last)") != std::string::npos;
  std::size_t telling = telling_line(record.text);
  for (const TextOrigin& origin : record.origins)
    if (!has_trace && origin.line == wanted_line) telling = origin.text_begin;
  // Of the values of a structured line, and of text with what it quotes, the one that says most.
  const std::size_t break_before = record.text.rfind(kValueBreak, telling);
  const std::size_t begin = break_before == std::string::npos ? 0 : break_before + kValueBreak.size();
  const std::size_t end = std::min(record.text.find(kValueBreak, telling), record.text.size());
  draft.telling = count_line_feeds(std::string_view(record.text).substr(begin, telling - begin));
  const Redactor redactor;
  for (const RedactedText& line : redactor.part(record.text, begin, end, redactor.secrets_of(record.text, record.fields)).lines())
    draft.lines.push_back(shown(line));
  if (draft.lines.size() > kMaxExampleLines && draft.telling < draft.lines.size()) {
    draft.lines = {draft.lines[draft.telling]};
    draft.telling = 0;
  }
  draft.telling = std::min(draft.telling, draft.lines.size() - 1);
  return draft;
}

// The first record that is wanted; an error says why there is none.
Result<Draft, std::string> find_record(const Origin& origin, const Matcher& matcher) {
  const int descriptor = origin.file == "-" ? STDIN_FILENO : open(origin.file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return Unexpected{std::string(std::strerror(errno))};
  std::optional<Draft> found;
  Stats stats;
  const auto look_at = [&](const Record& record, const std::vector<Match>& matches) {
    if (found || record.text.empty()) return;
    const bool holds_line = std::any_of(record.origins.begin(), record.origins.end(), [&](const TextOrigin& o) {
      return o.line == origin.line;
    });
    const bool is_known = std::any_of(matches.begin(), matches.end(),
                                      [](const Match& match) { return !match.rule->fallback; });
    if (origin.line ? holds_line : is_error_like(record) && !is_known)
      found = draft_of(record, matches, origin.line);
  };
  const auto stream = stream_of(descriptor);
  const std::string error = for_each_log(*stream, [&](std::string_view, ByteStream& log) {
    if (found) return std::string();
    SourceScan scan(matcher, {true, {}, {}}, stats, look_at);
    return scan.read_to_end(log, 0, [&](const Block&) { return !found; });
  });
  if (descriptor != STDIN_FILENO) close(descriptor);
  if (found) return *found;
  if (!error.empty()) return Unexpected{error};
  return Unexpected{origin.line ? fmt::format("there is no record at line {}", origin.line)
                                : std::string("no error in it that the rules don't know; name a line: FILE:LINE")};
}

std::string id_from(std::string_view signature) {
  std::vector<std::string> words;
  bool is_inside = false;  // a placeholder
  std::string word;
  for (char c : std::string(signature) + ' ') {
    if (c == '<') is_inside = true;
    if (!is_inside && is_word(c)) {
      word += c == '_' ? '-' : to_lower(c);
    } else if (!word.empty()) {
      while (word.ends_with('-')) word.pop_back();
      word.erase(0, word.find_first_not_of('-'));
      if (word.size() > 1 && !says_nothing(word) && words.size() < kIdWords) words.push_back(word);
      word.clear();
    }
    if (c == '>') is_inside = false;
  }
  return words.empty() ? "my-error" : fmt::format("{}", fmt::join(words, "-"));
}

std::string signature_of(std::string line) {
  // A secret is no part of the message.
  for (std::size_t at = 0; (at = line.find("[redacted:", at)) != std::string::npos;)
    line.replace(at, line.find(']', at) - at + 1, "…");
  return generalised(line);
}

std::string fenced(std::string_view info, std::string_view text) {
  std::string fence = "```";
  while (text.find(fence) != std::string_view::npos) fence += '`';
  return fmt::format("{}{}\n{}\n{}\n", fence, info, text, fence);
}

std::string rule_file(const Draft& draft, const std::string& signature, const std::string& captures) {
  const Level severity = std::max(draft.level, Level::kInfo);
  std::string out = fmt::format("---\nseverity: {}\napplies-to: [TODO]\nreferences: []\n---\n",
                                level_name(draft.level == Level::kUnknown ? Level::kError : severity));
  out += "# TODO: what is wrong, for a reader who sees it for the first time\n\n";
  out += "**Error Message**:\n" + fenced("", signature);
  out += "\n**Cause**: TODO: why this happens, in two sentences.\n"
         "\n**Solution**:\n"
         "1. TODO: how to confirm that it is this, with a command:\n"
         "   ```bash\n   TODO\n   ```\n"
         "2. TODO: how to mend it (Docker Compose, then native), and what to expect after.\n"
         "\n**Prevention**: TODO: what keeps it from coming back.\n";
  out += "\n**Seen as**:\n" + fenced("example" + captures, fmt::format("{}", fmt::join(draft.lines, "\n")));
  out += "\n**Not to be confused with**:\n" +
         fenced("near-miss", "TODO: a healthy line that shares words with the message");
  return out;
}

// What the draft captures in its own example, as it is written behind `example`; an error if it is not
// found there.
Result<std::string, Diagnostics> captures_of(const std::string& text, const std::string& id) {
  const LoadedRules loaded = load_rules({{"application/" + id + ".md", text}});
  if (loaded.rules.rules.empty()) return Unexpected{loaded.diagnostics};
  const Matcher matcher(loaded.rules);
  Diagnostics mistakes = check_examples(loaded.rules, matcher);
  if (!mistakes.empty()) return Unexpected{mistakes};
  std::string out;
  const Report report = scan_text(loaded.rules.rules.front().examples.front().text, matcher, true);
  if (report.findings.empty() || report.findings.front().variants.empty()) return out;
  for (const auto& [name, value] : report.findings.front().variants.front().captures) {
    const std::string_view shown = value.untrusted();
    const bool is_bare = !shown.empty() && shown.find_first_of(" \"'`") == std::string_view::npos;
    if (shown.find('`') != std::string_view::npos) continue;
    const char quote = shown.find('"') == std::string_view::npos ? '"' : '\'';
    if (!is_bare && shown.find(quote) != std::string_view::npos) continue;
    out += is_bare ? fmt::format(" {}={}", name, shown) : fmt::format(" {}={}{}{}", name, quote, shown, quote);
  }
  return out;
}

Diagnostic note(std::string code, std::string message, std::string hint) {
  return {Diagnostic::Kind::kWarning, std::move(code), std::move(message), "", 0, 0, {}, std::move(hint)};
}

}  // namespace

ExitCode draft_rule(const Options& options) {
  if (!options.from) {
    return report_mistakes({{Diagnostic::Kind::kError, "E307", "there is no log to draft from", "", 0, 0, {},
                             "name it: --from FILE[:LINE]"}});
  }
  const ActiveRules rules(options);
  if (report_mistakes(rules.mistakes()) != ExitCode::kOk) return ExitCode::kUsage;
  const Origin origin = origin_of(*options.from);
  const Result<Draft, std::string> draft = find_record(origin, rules.matcher());
  if (!draft) {
    spdlog::error("{}", printable(origin.file + ": " + draft.error()));
    return ExitCode::kIncomplete;
  }
  const std::string signature = signature_of(draft->lines[draft->telling]);
  const std::string id = id_from(signature);
  Diagnostics notes;
  for (const std::string& known : draft->known_as)
    notes.push_back(note("W310", fmt::format("the rule `{}` knows this error", known),
                         fmt::format("logfix rules show {}; another wording is one more block of its Error Message", known)));
  Diagnostics ignored;
  if (is_too_general(compile_template(signature, {}, ignored)))
    notes.push_back(note("W311", "the message is too general to be a signature as it stands",
                         "take more of the log: the line that names what failed"));
  const Result<std::string, Diagnostics> captures = captures_of(rule_file(*draft, signature, ""), id);
  if (!captures) notes.insert(notes.end(), captures.error().begin(), captures.error().end());
  report_mistakes(notes);
  fmt::print(stderr, "logfix: save it as rules/CATEGORY/{}.md, write what says TODO, then: logfix rules check\n", id);
  return write_out(rule_file(*draft, signature, captures ? *captures : ""));
}

}  // namespace logfix
