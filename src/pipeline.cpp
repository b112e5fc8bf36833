#include "pipeline.h"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/text.h"
#include "envelope/unwrap.h"
#include "record/assembler.h"
#include "source/reader.h"

namespace logfix {
namespace {

std::size_t line_begin_at(std::string_view bytes, std::size_t at) {
  return at == 0 ? 0 : bytes.rfind('\n', at - 1) + 1;  // npos + 1 is 0
}

std::size_t line_end_at(std::string_view bytes, std::size_t at) {
  return std::min(bytes.find('\n', at), bytes.size());
}

// One source on its way through unwrap, join and match.
//
// The slow path takes every line. The fast path jumps from candidate to candidate. Around one it
// is "hot": it takes line after line until no record that holds a candidate is open. A candidate
// of a stream whose past was skipped is preceded by that past: from the last line that
// synchronises, or the begin of the join horizon (see record/assembler.h), on.
class SourceScan {
 public:
  SourceScan(const Matcher& matcher, bool slow, Collector& collector, Stats& stats)
      : matcher_(matcher),
        slow_(slow),
        collector_(collector),
        stats_(stats),
        parts_(kJoinHorizon, kMaxLineBytes),
        assembler_(kJoinHorizon, [this](Record& record) { evaluate(record); }) {}

  void push(const Block& block) {
    stats_.bytes += block.bytes.size() - block.fresh;
    block_ = block;
    counted_ = block.fresh;
    if (slow_) {
      push_all();
    } else {
      push_candidates();
    }
    count_lines_until(block.bytes.size());
    if (block.bytes.size() > block.fresh) {
      ends_in_line_ = block.bytes.back() != '\n';
      if (ends_in_line_ && !block.is_last) ++stats_.truncated;
    }
  }

  void finish() {
    whole_.clear();
    parts_.take_all(whole_);
    push_whole();
    assembler_.flush();
    stats_.lines += ends_in_line_;
  }

 private:
  void push_all() {
    for (std::size_t at = block_.fresh; at < block_.bytes.size();) at = push_line(at, true);
  }

  void push_candidates() {
    offsets_.clear();
    matcher_.find_candidates(block_.bytes.substr(block_.fresh), offsets_);
    auto next = offsets_.begin();
    std::size_t at = block_.fresh;
    while (true) {
      while (next != offsets_.end() && *next + block_.fresh < at) ++next;
      if (!assembler_.has_open_candidate() && parts_.empty()) {
        if (next == offsets_.end()) return;
        at = std::max(at, line_begin_at(block_.bytes, *next + block_.fresh));
      }
      if (at >= block_.bytes.size()) return;
      const std::size_t end = line_end_at(block_.bytes, at);
      const bool is_candidate = next != offsets_.end() && *next + block_.fresh <= end;
      at = push_line(at, is_candidate);
    }
  }

  // Takes the line at `at`; returns where the next begins.
  std::size_t push_line(std::size_t at, bool is_candidate) {
    const std::size_t next = std::min(line_end_at(block_.bytes, at) + 1, block_.bytes.size());
    count_lines_until(at);
    const std::uint64_t offset = block_.offset + at;
    if (offset != taken_until_) hot_since_ = offset;
    taken_until_ = block_.offset + next;
    whole_.clear();
    parts_.take_expired(offset, whole_);
    push_whole();
    assembler_.advance(offset);
    const LinePlace place{stats_.lines + 1, offset, is_candidate};
    for (const Entry& entry : unwrap_at(at)) {
      whole_.clear();
      const bool is_part = parts_.add(entry, place, whole_);
      push_whole();
      if (is_part) break;
      if (!push_entry(entry, place)) {
        push_past(stream_key(entry), at);
        assembler_.push(unwrap_at(at).back(), place);
        break;  // only a line of text has a past, and holds one entry
      }
    }
    return next;
  }

  // False if the stream's past must be pushed first.
  bool push_entry(const Entry& entry, const LinePlace& place) {
    if (slow_ || synchronises(entry) || is_fed(stream_key(entry))) {
      assembler_.push(entry, place);
    } else if (place.is_candidate) {
      return false;
    }
    return true;
  }

  // Messages that were split and are whole again.
  void push_whole() {
    for (const PartJoiner::Message& message : whole_) {
      Entry part;
      part.container = message.container;
      part.stream = message.stream;
      part.time = message.time;
      part.has_zone = message.has_zone;
      for (const Entry& entry : unwrapper_.unwrap_joined(message.text, part)) {
        if (push_entry(entry, message.place)) continue;
        push_past(stream_key(entry), message.place.offset - block_.offset);
        assembler_.push(unwrapper_.unwrap_joined(message.text, part).back(), message.place);
        break;
      }
    }
  }

  // True if every line since the stream's last one was taken.
  bool is_fed(const std::string& key) const {
    std::uint64_t fed_until = 0;
    return assembler_.is_known(key, &fed_until) && hot_since_ < fed_until;
  }

  // Pushes the lines of a stream that the line at `at` may go on with.
  void push_past(const std::string& key, std::size_t at) {
    const std::uint64_t here = block_.offset + at;
    const std::uint64_t piece = here / kJoinHorizon;
    std::uint64_t fed_until = 0;
    const bool known = assembler_.is_known(key, &fed_until);
    const std::uint64_t earliest =
        std::max({block_.offset, piece == 0 ? 0 : (piece - 1) * kJoinHorizon,
                  known ? fed_until : std::uint64_t{0}});
    std::vector<std::size_t> past;  // line begins, latest first
    bool synchronised = false;
    for (std::size_t begin = at; begin > 0 && !synchronised;) {
      begin = line_begin_at(block_.bytes, begin - 1);
      if (block_.offset + begin < earliest) break;
      const Entry& entry = unwrap_at(begin).back();
      if (stream_key(entry) != key || entry.is_partial) continue;
      past.push_back(begin);
      synchronised = synchronises(entry);
    }
    const bool goes_on = known && fed_until >= earliest && !synchronised;
    for (std::size_t i = past.size(); i-- > 0;) {
      // Without a head, what is before the begin of this piece can't matter.
      if (!synchronised && !goes_on && block_.offset + past[i] < piece * kJoinHorizon) continue;
      const std::uint64_t lines_before =
          count_line_feeds(block_.bytes.substr(past[i], at - past[i]));
      assembler_.push(unwrap_at(past[i]).back(),
                      {stats_.lines + 1 - lines_before, block_.offset + past[i], false});
    }
  }

  std::span<const Entry> unwrap_at(std::size_t begin) {
    return unwrapper_.unwrap(block_.bytes.substr(begin, line_end_at(block_.bytes, begin) - begin));
  }

  void count_lines_until(std::size_t at) {
    if (at <= counted_) return;
    stats_.lines += count_line_feeds(block_.bytes.substr(counted_, at - counted_));
    counted_ = at;
  }

  void evaluate(Record& record) {
    collector_.add(record, matcher_.match(record, slow_, stats_.not_evaluated));
  }

  const Matcher& matcher_;
  bool slow_;
  Collector& collector_;
  Stats& stats_;
  Unwrapper unwrapper_;
  PartJoiner parts_;
  std::vector<PartJoiner::Message> whole_;
  Assembler assembler_;
  Block block_;
  std::vector<std::size_t> offsets_;
  std::size_t counted_ = 0;
  std::uint64_t taken_until_ = 0;
  std::uint64_t hot_since_ = 0;  // all lines from here to taken_until_ were taken
  bool ends_in_line_ = false;
};

// All matches, before rules give way to others, in the records of a text such as an example.
std::vector<Match> match_text(std::string_view text, const Matcher& matcher) {
  Unwrapper unwrapper;
  std::vector<Match> matches;
  Assembler assembler(std::uint64_t{1} << 40, [&](Record& record) {
    std::vector<Match> more = matcher.match_all(record);
    std::move(more.begin(), more.end(), std::back_inserter(matches));
  });
  std::uint64_t number = 0, offset = 0;
  for (std::string_view line : split_lines(text)) {
    for (const Entry& entry : unwrapper.unwrap(line))
      assembler.push(entry, {++number, offset, true});
    offset += line.size() + 1;
  }
  assembler.flush();
  return matches;
}

Diagnostic at_example(const Example& example, std::string code, std::string message) {
  return {
      Diagnostic::Kind::kError, std::move(code),      std::move(message),        example.place.file,
      example.place.line,       example.place.column, example.place.source_line, {}};
}

const Match* match_of(const Rule& rule, const std::vector<Match>& matches) {
  const auto found = std::find_if(matches.begin(), matches.end(),
                                  [&](const Match& m) { return m.rule->id == rule.id; });
  return found == matches.end() ? nullptr : &*found;
}

void check_example(const Rule& rule, const Example& example, const Matcher& matcher,
                   Diagnostics& diagnostics) {
  const std::vector<Match> matches = match_text(example.text, matcher);
  const Match* match = match_of(rule, matches);
  if (!match) {
    diagnostics.push_back(at_example(example, "E201", "the example does not match its rule"));
    return;
  }
  for (const auto& [name, value] : example.captures) {
    const auto capture = std::find_if(match->captures.begin(), match->captures.end(),
                                      [&, &n = name](const auto& c) { return c.first == n; });
    const bool found = capture != match->captures.end();
    if (found && capture->second.untrusted() == value) continue;
    std::string is = found ? "is \"" + std::string(capture->second.untrusted()) + "\""
                           : std::string("is missing");
    diagnostics.push_back(
        at_example(example, "E202", "the capture " + name + " " + is + ", not \"" + value + "\""));
  }
}

std::string scan_file(const std::string& name, const Matcher& matcher, bool slow,
                      Collector& collector, Stats& stats) {
  if (name == "-") return scan(STDIN_FILENO, matcher, slow, collector, stats);
  const int descriptor = open(name.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return std::strerror(errno);
  std::string error = scan(descriptor, matcher, slow, collector, stats);
  close(descriptor);
  return error;
}

}  // namespace

LoadedRules load_rules_for(const Options& options) {
  Diagnostics unreadable;
  std::vector<RuleFile> files;
  const auto read = [&](const std::vector<std::string>& paths) {
    for (const std::string& path : paths) {
      std::vector<RuleFile> more = read_rule_files(path, unreadable);
      files.insert(files.end(), more.begin(), more.end());
    }
  };
  if (options.rules.empty()) files = built_in_rule_files();
  read(options.rules);
  read(options.add_rules);
  LoadedRules loaded = load_rules(files);
  loaded.diagnostics.insert(loaded.diagnostics.begin(), unreadable.begin(), unreadable.end());
  return loaded;
}

Diagnostics check_examples(const RuleSet& rules, const Matcher& matcher) {
  Diagnostics diagnostics;
  for (const Rule& rule : rules.rules) {
    for (const Example& example : rule.examples) check_example(rule, example, matcher, diagnostics);
    for (const Example& example : rule.near_misses) {
      if (match_of(rule, match_text(example.text, matcher)))
        diagnostics.push_back(at_example(example, "E203", "the near miss matches the rule"));
    }
  }
  return diagnostics;
}

std::string scan(int descriptor, const Matcher& matcher, bool slow, Collector& collector,
                 Stats& stats) {
  BlockReader reader(descriptor);
  SourceScan source(matcher, slow, collector, stats);
  std::string error;
  for (bool more = true; more;) {
    const auto block = reader.next();
    if (block) source.push(*block);
    if (!block) error = block.error();
    more = block && !block->is_last;
  }
  source.finish();
  return error;
}

Report scan_all(const Options& options, const LoadedRules& rules, const Matcher& matcher) {
  Collector collector;
  Stats stats;
  std::vector<std::string> names = options.files;
  if (names.empty()) names.push_back("-");
  for (const std::string& name : names) {
    collector.begin_source(name == "-" ? "stdin" : name);
    ++stats.sources;
    const std::string error = scan_file(name, matcher, options.slow, collector, stats);
    if (error.empty()) continue;
    ++stats.unreadable;
    spdlog::error("{}: {}", name, error);
  }
  return collector.take_report(stats, rules.rules.hash);
}

}  // namespace logfix
