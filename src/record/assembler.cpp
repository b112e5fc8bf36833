#include "record/assembler.h"

#include <algorithm>
#include <array>
#include <limits>
#include <vector>

#include "base/text.h"

namespace logfix {
namespace {

// Lines of a message that has several (a pydantic error names each field on a line of its own).
constexpr std::size_t kMaxLinesAfterException = 20;
constexpr std::size_t kMaxLinesOfCrash = 200;
constexpr std::size_t kMaxLead = 1000;

bool begins_with_any(std::string_view text, std::initializer_list<std::string_view> heads) {
  return std::any_of(heads.begin(), heads.end(),
                     [&](std::string_view head) { return text.starts_with(head); });
}

bool is_blank(std::string_view text) { return trimmed(text).empty(); }

bool is_trace_start(std::string_view text) {
  return begins_with_any(text, {"Traceback (most recent call last)", "  + Exception Group Traceback"});
}

// What goes on with a trace of Python, and lets another one follow.
bool is_trace_link(std::string_view text) {
  return begins_with_any(
      text, {"During handling of the above exception", "The above exception was the direct cause",
             "[SQL:", "[SQL ", "[parameters:", "[generated in", "(Background on this error at"});
}

// `#0 /srv/app/a.php(3): …`, `#1 [internal function]: …`, `#2 {main}`; BuildKit's `#12 4.301 …` is none.
bool is_php_frame(std::string_view text) {
  std::size_t end = 1;
  while (end < text.size() && is_digit(text[end])) ++end;
  if (!text.starts_with('#') || end == 1 || !text.substr(end).starts_with(' ')) return false;
  const std::string_view place = text.substr(end + 1);
  return begins_with_any(place, {"/", "[internal function]", "{main}"}) ||
         place.find(".php(") != std::string_view::npos;
}

// What goes on with a trace of Java, Node, PHP, Rust or .NET, wherever it stands.
bool is_trace_part(std::string_view text) {
  if (begins_with_any(text, {"Caused by: ", "Suppressed: ", "Stack trace:", "stack backtrace:", "--->",
                             "--- End of", "note: run with `RUST_BACKTRACE"}))
    return true;
  if (text == "}" || text == "]" || text == "})" || text == "};") return true;  // a dumped object ends
  return is_php_frame(text);
}

// `app.rb:3:in …` begins a trace of Ruby.
bool begins_ruby_trace(std::string_view text) {
  const std::size_t file = text.find(".rb:");
  return file != std::string_view::npos && text.find(' ') > file &&
         text.find(":in ", file + 4) != std::string_view::npos;
}

// `ValueError: …`, `java.net.ConnectException: …`, `acme.Failed`: a dotted name that says it is an
// exception, or is one of a package.
bool names_exception(std::string_view text) {
  std::size_t end = 0, last_dot = std::string_view::npos;
  while (end < text.size() && (is_word(text[end]) || text[end] == '.' || text[end] == '$')) {
    if (text[end] == '.') last_dot = end;
    ++end;
  }
  if (end == 0 || !is_alpha(text[0]) || (end < text.size() && text[end] != ':')) return false;
  const std::string_view name = text.substr(0, end);
  for (std::string_view ending : {"Error", "Exception", "Failure", "Interrupt", "Exit", "Fault"})
    if (name.ends_with(ending)) return true;
  return last_dot != std::string_view::npos && last_dot > 0 && last_dot + 1 < end &&
         name[last_dot + 1] >= 'A' && name[last_dot + 1] <= 'Z';
}

// The first line of a crash: Go's panic, Rust's, or the place that Node prints before an uncaught
// error (`node:internal/process/promises:391`, `/srv/app/index.js:12`).
bool begins_crash(std::string_view text) {
  if (begins_with_any(text, {"panic: ", "fatal error: ", "goroutine "})) return true;
  if (text.starts_with("thread '") && text.find("' panicked at ") != std::string_view::npos) return true;
  if (!begins_with_any(text, {"node:", "/", "file:///"})) return false;
  const std::size_t colon = text.rfind(':');
  return colon + 1 < text.size() && colon > 4 && text.find(' ') == std::string_view::npos &&
         std::all_of(text.begin() + static_cast<std::ptrdiff_t>(colon) + 1, text.end(), is_digit);
}

bool ends_crash(std::string_view text) {
  return begins_with_any(text, {"Node.js v", "exit status "});
}

}  // namespace

bool synchronises(const Entry& entry) { return entry.is_structured || entry.is_head; }

Assembler::Assembler(std::uint64_t horizon, Sink sink)
    : horizon_(horizon), sink_(std::move(sink)) {}

bool Assembler::is_known(const std::string& key, std::uint64_t* fed_until) const {
  auto found = streams_.find(key);
  if (found == streams_.end()) return false;
  *fed_until = found->second.fed_until;
  return true;
}

// A stream whose last line is two horizons back can't go on, so forgetting it changes nothing; the
// others hold no more than two horizons of text, however many containers an attacker names.
void Assembler::advance(std::uint64_t offset) {
  const std::uint64_t piece = offset / horizon_;
  if (piece == piece_) return;
  piece_ = piece;
  for (auto it = streams_.begin(); it != streams_.end();) {
    const bool may_go_on = piece == 0 || it->second.fed_until >= (piece - 1) * horizon_;
    if (!may_go_on) close(it->second);
    it = may_go_on ? std::next(it) : streams_.erase(it);
  }
}

void Assembler::push(const Entry& entry, const LinePlace& place) {
  advance(place.offset);
  Stream& stream = streams_[stream_key(entry)];
  if (is_cut_off(stream, place.offset)) close(stream);
  if (stream.is_open && !synchronises(entry) && continues(stream, entry)) {
    append(stream, entry, place);
  } else {
    begin(stream, entry, place);
  }
  stream.last_offset = place.offset;
  stream.fed_until = place.offset + 1;
  if (entry.is_structured) close(stream);
}

bool Assembler::is_cut_off(const Stream& stream, std::uint64_t offset) const {
  if (!stream.is_open) return false;
  return !is_within_reach(stream, stream.begin_offset, offset);
}

// True if a reader that starts in the middle sees what stands at `before`, too, when it takes a line of
// the stream at `offset`.
bool Assembler::is_within_reach(const Stream& stream, std::uint64_t before, std::uint64_t offset) const {
  const std::uint64_t piece = offset / horizon_;
  if (piece == 0 || before >= piece * horizon_) return true;
  return stream.has_sync && stream.last_sync >= (piece - 1) * horizon_;
}

bool Assembler::continues(Stream& stream, const Entry& entry) {
  const std::string_view text = entry.text;
  if (entry.is_pg_detail) return stream.is_pg || stream.has_trace;
  if (is_blank(text)) {
    ++stream.pending_blanks;
    return true;
  }
  const bool follows_blank = std::exchange(stream.pending_blanks, 0) > 0;
  if (is_trace_start(text)) {
    const bool joins = stream.place == Place::kLinked || (stream.joins_trace && !stream.has_trace);
    if (joins) stream.place = Place::kTrace, stream.has_trace = true;
    return joins;
  }
  if (text.front() == ' ' || text.front() == '\t') return true;
  if (is_trace_link(text)) {
    stream.place = Place::kLinked;
    return stream.has_trace || !follows_blank;
  }
  if (stream.place == Place::kCrash) return continues_crash(stream, text);
  if (is_trace_part(text)) return !follows_blank;
  if (stream.joins_trace && !stream.has_trace && !follows_blank && 
      (names_exception(text) || begins_ruby_trace(text))) {
    stream.has_trace = true;
    return true;
  }
  switch (stream.place) {
    case Place::kTrace:
      stream.place = Place::kAfterException;
      stream.lines_after = 0;
      return true;
    case Place::kAfterException:
      return !follows_blank && ++stream.lines_after <= kMaxLinesAfterException;
    case Place::kLinked:
      return true;
    case Place::kText:
    case Place::kCrash:
      return false;
  }
  return false;
}

bool Assembler::continues_crash(Stream& stream, std::string_view text) {
  if (++stream.lines_after > kMaxLinesOfCrash) return false;
  if (ends_crash(text)) stream.place = Place::kText;
  return true;
}

void Assembler::begin(Stream& stream, const Entry& entry, const LinePlace& place) {
  close(stream);
  set_lead(stream, entry, place);
  Record& record = stream.record;
  record.text.assign(entry.text);
  record.origins.assign(1, {0, place.number});
  record.offset = place.offset;
  record.container.assign(entry.container);
  record.stream.assign(entry.stream);
  record.logger.assign(entry.logger);
  record.service.assign(entry.service);
  record.level = entry.level;
  record.time = entry.time;
  record.has_zone = entry.has_zone;
  record.is_structured = entry.is_structured;
  record.is_candidate = place.is_candidate;
  record.malformed_lines = entry.is_malformed;
  record.fields = entry.fields;
  stream.is_open = true;
  stream.begin_offset = place.offset;
  stream.is_pg = entry.is_head;
  stream.pending_blanks = 0;
  stream.has_trace = is_trace_start(entry.text);
  stream.place = stream.has_trace           ? Place::kTrace
                 : begins_crash(entry.text) ? Place::kCrash
                                            : Place::kText;
  stream.lines_after = 0;
  stream.joins_trace =
      entry.is_head && !entry.is_access && (entry.level >= Level::kWarning || entry.level == Level::kUnknown);
  if (synchronises(entry)) stream.has_sync = true, stream.last_sync = place.offset;
  if (record.is_candidate) ++open_candidates_;
}

void Assembler::set_lead(Stream& stream, const Entry& entry, const LinePlace& place) const {
  Record& before = stream.record;
  const bool has_one = !synchronises(entry) && !before.is_structured && stream.fed_until > 0 &&
                       is_within_reach(stream, stream.last_offset, place.offset);
  if (!has_one) return before.lead.clear();
  if (!before.lead.empty()) before.lead += '\n';
  before.lead += before.text;
  if (before.lead.size() > kMaxLead) before.lead.erase(0, before.lead.size() - kMaxLead);
}

void Assembler::append(Stream& stream, const Entry& entry, const LinePlace& place) {
  Record& record = stream.record;
  record.text += '\n';
  record.origins.push_back({record.text.size(), place.number});
  record.text += entry.text;
  if (!record.time) record.time = entry.time, record.has_zone = entry.has_zone;
  record.malformed_lines += entry.is_malformed;
  if (place.is_candidate && !record.is_candidate) ++open_candidates_;
  record.is_candidate |= place.is_candidate;
}

void Assembler::close(Stream& stream) {
  if (!stream.is_open) return;
  stream.is_open = false;
  if (stream.record.is_candidate) {
    --open_candidates_;
    sink_(stream.record);
  }
}

bool Assembler::has_open_before(std::uint64_t offset) const {
  return std::any_of(streams_.begin(), streams_.end(), [&](const auto& entry) {
    return entry.second.is_open && entry.second.begin_offset < offset;
  });
}

std::uint64_t Assembler::open_since(std::uint64_t none) const {
  for (const auto& [key, stream] : streams_)
    if (stream.is_open) none = std::min(none, stream.begin_offset);
  return none;
}

void Assembler::flush() {
  end_open(std::numeric_limits<std::uint64_t>::max());
  streams_.clear();
}

void Assembler::end_open(std::uint64_t offset) {
  std::vector<Stream*> open;
  for (auto& [key, stream] : streams_)
    if (stream.is_open && stream.fed_until <= offset) open.push_back(&stream);
  std::sort(open.begin(), open.end(),
            [](const Stream* a, const Stream* b) { return a->begin_offset < b->begin_offset; });
  for (Stream* stream : open) close(*stream);
}

}  // namespace logfix
