#include "source_scan.h"

#include <algorithm>

#include "base/text.h"
#include "source/reader.h"

namespace logfix {
namespace {

// Tuning takes some milliseconds, which a short log would not win back.
constexpr std::uint64_t kTuneBehind = std::uint64_t{8} << 20;
constexpr std::size_t kTuneBytes = std::size_t{64} << 10;

// Looking back over as much as is read is fine; when it has come to that much more, all lines of the
// next piece are taken.
constexpr std::uint64_t kMostLookedBack = std::uint64_t{4} << 20, kHotBytes = std::uint64_t{4} << 20;

// Where the past of a line at `offset` begins that it may go on with.
std::uint64_t begin_of_past(std::uint64_t offset) {
  const std::uint64_t piece = offset / kJoinHorizon;
  return piece == 0 ? 0 : (piece - 1) * kJoinHorizon;
}

}  // namespace

SourceScan::SourceScan(const Matcher& matcher, Options options, Stats& stats, Sink sink)
    : matcher_(matcher),
      options_(options),
      stats_(stats),
      sink_(std::move(sink)),
      unwrapper_(options.time_defaults),
      parts_(kJoinHorizon, kMaxLineBytes),
      assembler_(kJoinHorizon, [this](Record& record) { evaluate(record); }),
      lines_(options.lines_before) {}

std::string SourceScan::read_to_end(ByteStream& stream, std::uint64_t offset, const AfterBlock& goes_on) {
  BlockReader reader(stream, offset);
  const auto next = [&] {
    const StageTimer timer(stage(&Stages::reading));
    count(&Stages::reading, 1);
    return reader.next();
  };
  std::string error;
  for (bool more = true; more;) {
    const auto block = next();
    if (!block) error = block.error();
    push(block ? *block : reader.past());  // where it fails, the block before it is gone
    more = block && (!goes_on || goes_on(*block)) && !block->is_last && !is_done();
  }
  finish();
  return error;
}

void SourceScan::push(const Block& block) {
  if (end_offset_ == 0) first_offset_ = block.offset;
  block_ = block;
  counted_ = block.fresh;
  const std::uint64_t begin = block.offset + block.fresh;
  looked_back_ -= std::min<std::uint64_t>(looked_back_, block.bytes.size() - block.fresh);
  end_offset_ = block.offset + block.bytes.size();
  const Range& range = options_.range;
  stats_.bytes += std::clamp(end_offset_, range.begin, range.end) -
                  std::clamp(begin, range.begin, range.end);
  if (block.goes_on) {
    push_piece();
  } else if (options_.slow) {
    push_all();
  } else {
    push_candidates();
  }
  count_lines_until(block.bytes.size());
  if (begin == end_offset_) return;
  const bool ended_in_line = std::exchange(ends_in_line_, block.bytes.back() != '\n');
  if (ends_in_line_ && !block.is_last && !(block.goes_on && ended_in_line)) ++stats_.truncated;
}

void SourceScan::finish() {
  whole_.clear();
  parts_.take_all(whole_);
  push_whole();
  assembler_.flush();
  if (ends_in_line_ && options_.range.holds(end_offset_ - 1)) ++stats_.lines;
}

void SourceScan::end_idle() { assembler_.end_open(std::exchange(idle_offset_, end_offset_)); }

bool SourceScan::is_done() const {
  if (end_offset_ < options_.range.end) return false;
  if (!parts_.empty() || assembler_.has_open_before(options_.range.end)) {
    // Nothing goes on for longer than that.
    return end_offset_ >= options_.range.end + 2 * kRangeLead;
  }
  return true;
}

void SourceScan::push_all() {
  const StageTimer timer(stage(&Stages::taking));
  for (std::size_t at = block_.fresh; at < block_.bytes.size();) at = push_line(at, true);
}

void SourceScan::push_candidates() {
  if (end_offset_ - first_offset_ > kTuneBehind) matcher_.tune(block_.bytes.substr(0, kTuneBytes));
  offsets_.clear();
  {
    const StageTimer timer(stage(&Stages::scanning));
    matcher_.find_candidates(block_.bytes.substr(block_.fresh), offsets_);
  }
  count(&Stages::scanning, offsets_.size());
  const StageTimer timer(stage(&Stages::taking));
  auto next = offsets_.begin();
  std::size_t at = block_.fresh;
  while (true) {
    while (next != offsets_.end() && *next + block_.fresh < at) ++next;
    const bool is_hot = block_.offset + at < hot_until_;
    if (!is_hot && !assembler_.has_open_candidate() && parts_.empty()) {
      if (next == offsets_.end()) return;
      at = std::max(at, line_begin(block_.bytes, *next + block_.fresh));
    }
    if (at >= block_.bytes.size()) return;
    const std::size_t end = line_end(block_.bytes, at);
    const bool is_candidate = next != offsets_.end() && *next + block_.fresh <= end;
    at = push_line(at, is_candidate);
  }
}

// Takes the line at `at`; returns where the next begins.
std::size_t SourceScan::push_line(std::size_t at, bool is_candidate) {
  const std::size_t next = std::min(line_end(block_.bytes, at) + 1, block_.bytes.size());
  count(&Stages::taking, 1);
  count_lines_until(at);
  const std::uint64_t offset = block_.offset + at;
  if (offset != taken_until_) hot_since_ = offset;
  taken_until_ = block_.offset + next;
  whole_.clear();
  parts_.take_expired(offset, whole_);
  push_whole();
  assembler_.advance(offset);
  const LinePlace place{lines_ + 1, offset, is_candidate};
  for (const Entry& entry : unwrap_at(at)) {
    whole_.clear();
    const bool is_part = parts_.add(entry, place, whole_);
    if (!whole_.empty()) {
      // Reading them takes the entry's buffers, and a line of parts holds one entry.
      push_whole();
      if (!is_part) push_entry(unwrap_at(at).back(), place);
      break;
    }
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
bool SourceScan::push_entry(const Entry& entry, const LinePlace& place) {
  if (options_.slow || synchronises(entry) || is_fed(stream_key(entry), place.offset)) {
    assembler_.push(entry, place);
  } else if (place.is_candidate) {
    return false;
  }
  return true;
}

// Pushes messages that were split and are whole again.
void SourceScan::push_whole() {
  for (const PartJoiner::Message& message : whole_) {
    const Entry part = message.origin();
    for (const Entry& entry : unwrapper_.unwrap_joined(message.text, part)) {
      if (push_entry(entry, message.place)) continue;
      push_past(stream_key(entry), message.place.offset - block_.offset);
      assembler_.push(unwrapper_.unwrap_joined(message.text, part).back(), message.place);
      break;
    }
  }
}

// A piece of a line that is too long to be taken whole: a record of its own, together with the end
// of the piece before it. What matches in that end alone was counted there.
void SourceScan::push_piece() {
  const std::size_t overlap = std::min(block_.fresh, kPieceOverlap);
  const std::size_t end = line_end(block_.bytes, block_.fresh);
  const std::string_view before = block_.bytes.substr(block_.fresh - overlap, overlap);
  const std::string_view both = block_.bytes.substr(block_.fresh - overlap, end - block_.fresh + overlap);
  assembler_.flush();
  offsets_.clear();
  if (!options_.slow) matcher_.find_candidates(both, offsets_);
  if (options_.slow || !offsets_.empty()) {
    Record record;
    record.offset = block_.offset + block_.fresh;
    record.text = unwrapper_.unwrap(both).back().text;
    record.origins = {{0, lines_ + 1}};
    const auto matches_in = [&](std::string_view text) {
      Record piece;
      piece.text = unwrapper_.unwrap(text).back().text;
      return matcher_.match(piece, options_.slow, stats_.not_evaluated);
    };
    const auto has = [](const std::vector<Match>& found, const Rule* rule) {
      return std::any_of(found.begin(), found.end(), [&](const Match& m) { return m.rule == rule; });
    };
    std::vector<Match> matches = matcher_.match(record, options_.slow, stats_.not_evaluated);
    std::vector<Match> old, fresh;
    if (!matches.empty()) old = matches_in(before);
    if (!old.empty()) fresh = matches_in(both.substr(overlap));
    std::erase_if(matches, [&](const Match& m) { return has(old, m.rule) && !has(fresh, m.rule); });
    if (options_.range.holds(record.offset)) sink_(record, matches);
  }
  // What follows the end of the line is whole lines again.
  Block rest = block_;
  rest.fresh = std::min(end + 1, block_.bytes.size());
  rest.goes_on = false;
  count_lines_until(rest.fresh);
  block_ = rest;
  if (rest.fresh < rest.bytes.size()) options_.slow ? push_all() : push_candidates();
}

// True if every line since the stream's last one was taken, or all that the line may go on with.
bool SourceScan::is_fed(const std::string& key, std::uint64_t offset) const {
  std::uint64_t fed_until = 0;
  return hot_since_ <= begin_of_past(offset) ||
         (assembler_.is_known(key, &fed_until) && hot_since_ < fed_until);
}

// Pushes the lines of a stream that the line at `at` may go on with.
void SourceScan::push_past(const std::string& key, std::size_t at) {
  if (at > block_.bytes.size()) return;  // before the block: a line too long to be taken whole is between
  const std::uint64_t here = block_.offset + at;
  const std::uint64_t piece = here / kJoinHorizon;
  std::uint64_t fed_until = 0;
  const bool known = assembler_.is_known(key, &fed_until);
  const std::uint64_t earliest =
      std::max({block_.offset, begin_of_past(here), known ? fed_until : std::uint64_t{0}});
  std::vector<std::size_t> past;  // line begins, latest first
  bool synchronised = false;
  for (std::size_t begin = at; begin > 0 && !synchronised;) {
    begin = line_begin(block_.bytes, begin - 1);
    looked_back_ += line_end(block_.bytes, begin) + 1 - begin;
    if (block_.offset + begin < earliest) break;
    const Entry& entry = unwrap_at(begin).back();
    if (stream_key(entry) != key || entry.is_partial) continue;
    past.push_back(begin);
    synchronised = synchronises(entry);
  }
  if (looked_back_ > kMostLookedBack) {
    looked_back_ = 0;
    hot_until_ = here + kHotBytes;
  }
  const bool goes_on = known && fed_until >= earliest && !synchronised;
  for (std::size_t i = past.size(); i-- > 0;) {
    // Without a head, what is before the begin of this piece can't matter.
    if (!synchronised && !goes_on && block_.offset + past[i] < piece * kJoinHorizon) continue;
    const std::uint64_t lines_since = count_line_feeds(block_.bytes.substr(past[i], counted_ - past[i]));
    assembler_.push(unwrap_at(past[i]).back(),
                    {lines_ + 1 - lines_since, block_.offset + past[i], false});
  }
}

std::span<const Entry> SourceScan::unwrap_at(std::size_t begin) {
  return unwrapper_.unwrap(block_.bytes.substr(begin, line_end(block_.bytes, begin) - begin));
}

// Lines count from the begin of the range on, and for the totals up to its end.
void SourceScan::count_lines_until(std::size_t at) {
  if (at <= counted_) return;
  const auto feeds_until = [&](std::uint64_t end) -> std::uint64_t {
    const std::uint64_t from = std::max(block_.offset + counted_, options_.range.begin);
    if (end <= from) return 0;
    return count_line_feeds(block_.bytes.substr(from - block_.offset, end - from));
  };
  const std::uint64_t end = block_.offset + at;
  const std::uint64_t feeds = feeds_until(end);
  lines_ += feeds;
  stats_.lines += end <= options_.range.end ? feeds : feeds_until(options_.range.end);
  counted_ = at;
}

void SourceScan::evaluate(const Record& record) {
  if (!options_.range.holds(record.offset)) return;
  std::vector<Match> matches;
  {
    const StageTimer timer(stage(&Stages::matching));
    matches = matcher_.match(record, options_.slow, stats_.not_evaluated);
  }
  count(&Stages::matching, 1);
  const StageTimer timer(stage(&Stages::grouping));
  count(&Stages::grouping, !matches.empty());
  sink_(record, matches);
}

}  // namespace logfix
