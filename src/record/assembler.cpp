#include "record/assembler.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/text.h"

namespace logfix {
namespace {

// Lines of a message that has several (a pydantic error names each field on a line of its own).
constexpr std::size_t kMaxLinesAfterException = 20;

bool begins_with_any(std::string_view text, std::initializer_list<std::string_view> heads) {
  return std::any_of(heads.begin(), heads.end(),
                     [&](std::string_view head) { return text.starts_with(head); });
}

bool is_blank(std::string_view text) { return trimmed(text).empty(); }

bool is_trace_start(std::string_view text) {
  return begins_with_any(text, {"Traceback (most recent call last)", "Exception Group Traceback"});
}

bool is_trace_link(std::string_view text) {
  return begins_with_any(
      text, {"During handling of the above exception", "The above exception was the direct cause",
             "Caused by: ", "[SQL:", "[SQL ", "[parameters:", "[generated in",
             "(Background on this error at"});
}

}  // namespace

bool synchronises(const Entry& entry) { return entry.is_structured || entry.is_head; }

std::string stream_key(const Entry& entry) {
  std::string key(entry.container);
  key += '\0';
  key += entry.stream;
  return key;
}

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
  stream.fed_until = place.offset + 1;
  if (stream.is_open && stream.goes_on) {  // the rest of a message that the runtime split
    stream.record.text += entry.text;
    if (place.is_candidate && !stream.record.is_candidate) ++open_candidates_;
    stream.record.is_candidate |= place.is_candidate;
    stream.goes_on = entry.is_partial;
    return;
  }
  if (is_cut_off(stream, place.offset)) close(stream);
  if (stream.is_open && !synchronises(entry) && continues(stream, entry)) {
    append(stream, entry, place);
  } else {
    begin(stream, entry, place);
  }
  stream.goes_on = entry.is_partial;
  if (entry.is_structured && !stream.goes_on) close(stream);
}

bool Assembler::is_cut_off(const Stream& stream, std::uint64_t offset) const {
  if (!stream.is_open) return false;
  const std::uint64_t piece = offset / horizon_;
  if (piece == 0 || stream.begin_offset >= piece * horizon_) return false;
  return !stream.has_sync || stream.last_sync < (piece - 1) * horizon_;
}

bool Assembler::continues(Stream& stream, const Entry& entry) {
  const std::string_view text = entry.text;
  if (entry.is_pg_detail) return stream.is_pg;
  if (is_blank(text)) {
    ++stream.pending_blanks;
    return true;
  }
  const bool follows_blank = std::exchange(stream.pending_blanks, 0) > 0;
  if (text.front() == ' ' || text.front() == '\t') return true;
  if (is_trace_link(text)) {
    stream.place = Place::kLinked;
    return stream.has_trace || !follows_blank;
  }
  if (is_trace_start(text)) {
    const bool joins = stream.place == Place::kLinked || (stream.joins_trace && !stream.has_trace);
    if (joins) stream.place = Place::kTrace, stream.has_trace = true;
    return joins;
  }
  switch (stream.place) {
    case Place::kTrace:
      stream.place = Place::kAfterException;
      stream.lines_after_exception = 0;
      return true;
    case Place::kAfterException:
      return !follows_blank && ++stream.lines_after_exception <= kMaxLinesAfterException;
    case Place::kLinked:
      return true;
    case Place::kText:
      return false;
  }
  return false;
}

void Assembler::begin(Stream& stream, const Entry& entry, const LinePlace& place) {
  close(stream);
  Record& record = stream.record;
  record.text.assign(entry.text);
  record.origins.assign(1, {0, place.number});
  record.container.assign(entry.container);
  record.stream.assign(entry.stream);
  record.logger.assign(entry.logger);
  record.service.assign(entry.service);
  record.level = entry.level;
  record.time = entry.time;
  record.is_structured = entry.is_structured;
  record.is_candidate = place.is_candidate;
  record.malformed_lines = entry.is_malformed;
  record.fields = entry.fields;
  stream.is_open = true;
  stream.begin_offset = place.offset;
  stream.is_pg = entry.is_head;
  stream.pending_blanks = 0;
  stream.has_trace = is_trace_start(entry.text);
  stream.place = stream.has_trace ? Place::kTrace : Place::kText;
  stream.joins_trace =
      entry.is_head && (entry.level >= Level::kWarning || entry.level == Level::kUnknown);
  if (synchronises(entry)) stream.has_sync = true, stream.last_sync = place.offset;
  if (record.is_candidate) ++open_candidates_;
}

void Assembler::append(Stream& stream, const Entry& entry, const LinePlace& place) {
  Record& record = stream.record;
  record.text += '\n';
  record.origins.push_back({record.text.size(), place.number});
  record.text += entry.text;
  if (!record.time) record.time = entry.time;
  record.malformed_lines += entry.is_malformed;
  if (place.is_candidate && !record.is_candidate) ++open_candidates_;
  record.is_candidate |= place.is_candidate;
}

void Assembler::close(Stream& stream) {
  if (!stream.is_open) return;
  stream.is_open = false;
  stream.goes_on = false;
  if (stream.record.is_candidate) {
    --open_candidates_;
    sink_(stream.record);
  }
}

void Assembler::flush() {
  std::vector<Stream*> open;
  for (auto& [key, stream] : streams_)
    if (stream.is_open) open.push_back(&stream);
  std::sort(open.begin(), open.end(),
            [](const Stream* a, const Stream* b) { return a->begin_offset < b->begin_offset; });
  for (Stream* stream : open) close(*stream);
  streams_.clear();
}

}  // namespace logfix
