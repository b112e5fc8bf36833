#include <fcntl.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>

#include "active_rules.h"
#include "base/text.h"
#include "commands/commands.h"
#include "commands/output.h"
#include "envelope/unwrap.h"
#include "pipeline.h"
#include "record/assembler.h"
#include "report/escape.h"
#include "source/reader.h"

namespace logfix {
namespace {

class Explanation {
 public:
  Explanation(const Matcher& matcher, const TimeDefaults& defaults)
      : matcher_(matcher),
        unwrapper_(defaults),
        parts_(kJoinHorizon, kMaxLineBytes),
        assembler_(kJoinHorizon, [this](Record& record) { describe(record); }) {}

  void push(std::string_view line) {
    const LinePlace place{++number_, offset_, true};
    offset_ += line.size() + 1;
    for (const Entry& entry : unwrapper_.unwrap(line)) {
      describe(line, entry);
      whole_.clear();
      const bool is_part = parts_.add(entry, place, whole_);
      if (!is_part) assembler_.push(entry, place);
      push_whole();
      if (is_part) break;
    }
  }

  std::string finish() {
    whole_.clear();
    parts_.take_all(whole_);
    push_whole();
    assembler_.flush();
    // Streams end their records in another order than they began them.
    std::stable_sort(records_.begin(), records_.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    std::string all;
    for (const auto& [line, text] : records_) all += text;
    return all;
  }

 private:
  using Fields = std::vector<std::pair<std::string, std::string>>;

  static std::string shown(std::string_view text) {
    return logfix::shown(LogText(std::string(text.substr(0, 300))));
  }

  // What of a structured line may hold the value of a field that is a secret.
  static std::string shown(std::string_view text, const Fields& fields) {
    text = text.substr(0, 300);
    const Redactor redactor;
    return logfix::shown(redactor.part(text, 0, text.size(), redactor.secrets_of(text, fields)));
  }

  void push_whole() {
    for (const PartJoiner::Message& message : whole_) {
      for (const Entry& entry : unwrapper_.unwrap_joined(message.text, message.origin()))
        assembler_.push(entry, message.place);
    }
  }

  void describe(std::string_view line, const Entry& entry) {
    offsets_.clear();
    matcher_.find_candidates(line, offsets_);
    std::string& about = lines_[number_];
    about += fmt::format("  line {}: {}", number_, fmt::join(entry.envelopes, " > "));
    if (entry.is_partial) about += ", a part of a split message";
    if (entry.is_head) about += ", begins a record";
    about += offsets_.empty() ? "; the scan passes over it\n" : "; the scan stops here\n";
    about += fmt::format("    {}\n", shown(std::string_view(entry.text).substr(0, entry.text.find('\n')), entry.fields));
  }

  void describe(const Record& record) {
    out_ += fmt::format("record at line {}\n", record.first_line());
    std::uint64_t last = 0;
    for (const TextOrigin& origin : record.origins)
      if (std::exchange(last, origin.line) != origin.line) out_ += lines_[origin.line];
    const auto field = [&](std::string_view name, std::string_view value) {
      if (!value.empty()) out_ += fmt::format("  {:<10} {}\n", name, shown(value));
    };
    if (record.level != Level::kUnknown) field("level", level_name(record.level));
    if (record.time) field("time", to_rfc3339(*record.time) + (record.has_zone ? "" : " (no zone)"));
    field("container", record.container);
    field("stream", record.stream);
    field("service", record.service);
    field("logger", record.logger);
    for (const auto& [name, value] : record.fields) {
      const std::string_view line = std::string_view(value).substr(0, value.find('\n'));
      const RedactedText redacted = Redactor().field(name, LogText(std::string(line)));
      const bool is_secret = redacted.untrusted().starts_with("[redacted:") && redacted.untrusted().find(']') + 1 == redacted.size();
      out_ += fmt::format("  field {}: {}\n", shown(name), is_secret ? logfix::shown(redacted) : shown(line, record.fields));
    }
    out_ += fmt::format("  error-like {}\n", is_error_like(record) ? "yes" : "no");
    const std::vector<Matcher::Verdict> verdicts = matcher_.explain(record);
    for (const Matcher::Verdict& verdict : verdicts) describe(verdict, record);
    if (verdicts.empty()) out_ += "  no rule matches\n";
    out_ += '\n';
    records_.emplace_back(record.first_line(), std::exchange(out_, {}));
  }

  void describe(const Matcher::Verdict& verdict, const Record& record) {
    const std::string& id = verdict.match.rule->id;
    switch (verdict.outcome) {
      case Matcher::Outcome::kMatches:
        out_ += fmt::format("  rule {} matches\n", id);
        break;
      case Matcher::Outcome::kVetoed:
        out_ += fmt::format("  rule {} would match, but for its {}\n", id, trimmed(verdict.because));
        break;
      case Matcher::Outcome::kNarrowed:
        out_ += fmt::format("  rule {} would match, but only when {}\n", id, verdict.because);
        break;
      case Matcher::Outcome::kGivesWay:
        out_ += fmt::format("  rule {} matches, but gives way to {}\n", id, verdict.because);
        break;
      case Matcher::Outcome::kNoMatch:
        out_ += fmt::format("  rule {} does not match, though \"{}\" stands there\n", id,
                            shown(verdict.because));
        break;
    }
    for (const auto& [name, value] : verdict.match.captures)
      out_ += fmt::format("    {} = {}\n", name, shown(value.untrusted(), record.fields));
  }

  const Matcher& matcher_;
  Unwrapper unwrapper_;
  PartJoiner parts_;
  std::vector<PartJoiner::Message> whole_;
  Assembler assembler_;
  std::vector<std::size_t> offsets_;
  std::map<std::uint64_t, std::string> lines_;
  std::uint64_t number_ = 0, offset_ = 0;
  std::vector<std::pair<std::uint64_t, std::string>> records_;  // by their first lines
  std::string out_;                                             // of the record at hand
};

std::string explain_log(ByteStream& log, const Matcher& matcher, const TimeDefaults& defaults,
                        std::string& out) {
  BlockReader reader(log);
  Explanation explanation(matcher, defaults);
  std::string error;
  for (bool more = true; more;) {
    const auto block = reader.next();
    if (block)
      for (std::string_view line : split_lines(block->bytes.substr(block->fresh))) explanation.push(line);
    if (!block) error = block.error();
    more = block && !block->is_last;
  }
  out += explanation.finish();
  return error;
}

std::string explain_file(const std::string& name, const Matcher& matcher, const Options& options,
                         std::string& out) {
  const int descriptor = name == "-" ? STDIN_FILENO : open(name.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return std::strerror(errno);
  const auto stream = stream_of(descriptor);
  const TimeDefaults defaults = time_defaults_of(descriptor, options);
  const std::string error = for_each_log(*stream, [&](std::string_view, ByteStream& log) {
    return explain_log(log, matcher, defaults, out);
  });
  if (descriptor != STDIN_FILENO) close(descriptor);
  return error;
}

}  // namespace

ExitCode explain(const Options& options) {
  const ActiveRules rules(options);
  if (report_mistakes(rules.mistakes()) != ExitCode::kOk) return ExitCode::kUsage;
  std::string out;
  std::vector<std::string> errors;
  for (const std::string& name : expand_files(options, errors)) {
    const std::string error = explain_file(name, rules.matcher(), options, out);
    if (!error.empty()) errors.push_back(name + ": " + error);
  }
  for (const std::string& error : errors) spdlog::error("{}", printable(error));
  const ExitCode written = write_out(out);
  return written == ExitCode::kOk && !errors.empty() ? ExitCode::kIncomplete : written;
}

}  // namespace logfix
