#include "sweep_run.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <set>
#include <thread>

#include "pipeline.h"
#include "source/stream.h"
#include "source_scan.h"

namespace logfix {
namespace {

using Clock = std::chrono::steady_clock;

// A step is committed when it has taken so long, or has so much; that is what a killed sweep does again.
constexpr auto kStepTime = std::chrono::seconds(2);
constexpr std::uint64_t kStepBytes = std::uint64_t{64} << 20;
constexpr std::size_t kStepFiles = 2000;

// What is read before a range: what its records may go on from, a split message included.
constexpr std::uint64_t kLead = SourceScan::kRangeLead + kMaxLineBytes;

// The times of a file's system clock are not that fine; what changed later may change again unseen.
constexpr auto kClockGrain = std::chrono::seconds(2);

using Offset = Result<std::uint64_t, std::string>;

}  // namespace

class SweepRun::Round {
 public:
  Round(SweepRun& run, std::int64_t night, const ActiveRules& rules, const CollectorSettings& settings,
        const std::function<bool()>& is_stopped)
      : run_(run), night_(night), rules_(rules), settings_(settings), is_stopped_(is_stopped), batch_(settings) {}

  RoundOutcome take() {
    const Clock::time_point begin = Clock::now();
    limits_ = {run_.options_.max_file, Time(std::chrono::system_clock::now()) - kClockGrain};
    Walk found = walk(run_.options_.files);
    const Plan plan = run_.lineages_.plan(found.files, limits_, run_.throttle_);
    outcome_.files = found.files.size();
    add(outcome_.unreadable, found.errors);
    add(outcome_.unreadable, plan.errors);
    add(outcome_.skipped, found.skipped);
    add(outcome_.skipped, plan.skipped);
    step_.seats = plan.seats;
    step_.generations = plan.copied;
    for (Generation& copy : step_.generations) copy.night = night_;
    seen_ = plan.seen;
    for (const Visit& visit : plan.visits) {
      if (stops()) break;
      look_at(visit);
    }
    commit();
    settle(begin);
    commit();
    outcome_.read = read_.size();
    const bool saw_all = found.errors.empty() && !stops();
    if (saw_all && outcome_.failure.empty()) {
      std::sort(seen_.begin(), seen_.end());
      run_.state_.keep_only(night_, seen_, plan.gone);
      outcome_.failure = run_.state_.error();
    }
    return std::move(outcome_);
  }

 private:
  // A log that has records at its end which may go on.
  struct Open {
    Visit visit;
    std::uint64_t size;
  };

  static void add(std::vector<NamedReason>& to, const std::vector<NamedReason>& from) { to.insert(to.end(), from.begin(), from.end()); }
  bool stops() const { return is_stopped_() || !outcome_.failure.empty(); }

  void look_at(const Visit& visit) {
    const std::string error = read(visit, visit.has_rested, false);
    if (!error.empty()) outcome_.unreadable.push_back({visit.file.path(), error});
  }

  // When the records at the end of a log have had the time to go on, and have not, they are whole.
  void settle(Clock::time_point begin) {
    const std::vector<Open> open = std::move(open_);
    open_.clear();
    if (open.empty()) return;
    const auto until = begin + std::chrono::milliseconds(run_.options_.settle_ms);
    while (Clock::now() < until && !stops()) std::this_thread::sleep_for(std::chrono::milliseconds(20));
    for (const Open& one : open) {
      if (stops()) return;
      Visit visit = one.visit;
      const std::string error = read(visit, run_.options_.settle_ms > 0, true, one.size);
      if (!error.empty()) outcome_.unreadable.push_back({visit.file.path(), error});
    }
  }

  // Reads a log on. `has_rested`: it is as long as it was some time ago, and `rested_size` is how long.
  std::string read(const Visit& visit, bool has_rested, bool is_last_look, std::optional<std::uint64_t> rested_size = {}) {
    const auto descriptor = open_found(visit.file);
    if (!descriptor) return descriptor.error();
    const std::unique_ptr<const int, void (*)(const int*)> closed(&*descriptor, [](const int* d) { close(*d); });
    auto content = Content::of(*descriptor, limits_.max_file, run_.throttle_);
    if (!content) return content.error();
    times_ = time_defaults_of(*descriptor, run_.options_);
    Generation g = visit.from;
    const auto survey = content->survey([&](std::string_view) { return std::vector<std::uint64_t>{g.mark.offset}; });
    if (!survey) return survey.error();
    if (!survey->holds(g.mark) && g.mark.offset > 0) return "was changed while it was looked at";
    if (rested_size) has_rested = has_rested && *rested_size == survey->size;

    const Offset whole = content->is_final() ? Offset(survey->size) : lines_end(*content, g.mark.offset, survey->size);
    if (!whole) return whole.error();
    const Offset end = content->is_final() ? whole : records_end(*content, g, *whole, has_rested);
    if (!end) return end.error();
    std::string error = read_on(visit, *content, g, *end, *whole, (content->is_final() || has_rested) && *end == *whole);
    if (!error.empty()) return error;
    if (g.offset < *whole) {
      if (is_last_look) error = keep_open_end(visit, *content, g, *whole);
      else open_.push_back({{visit.file, g, false}, survey->size});
    }
    outcome_.waiting += g.offset < survey->size && (is_last_look || g.offset == *whole);
    const auto packed = content->packed();
    step_.seats.push_back({visit.file.status, survey->size, g.id, limits_.is_settled(visit.file.status), packed ? *packed : Digest{}});
    return error;
  }

  // Where the first record begins that may go on behind `whole`; if it `has_rested`, the first message
  // whose parts say that they go on.
  Offset records_end(Content& content, const Generation& g, std::uint64_t whole, bool has_rested) {
    if (whole <= g.offset) return g.offset;
    const Offset from = lead_of(content, g, whole);
    if (!from) return from;
    Stats none;
    const SourceScan::Options how{true, times_, {whole, whole}};
    SourceScan scan(rules_.matcher(), how, none, [](const Record&, const std::vector<Match>&) {});
    std::uint64_t open_since = whole;
    const std::string error = read(content, *from, whole, scan, [&](const Block&) {
      open_since = scan.open_since(has_rested);  // that of the last block counts
      return true;
    });
    if (!error.empty()) return Unexpected{error};
    return std::max(g.offset, open_since);
  }

  // Where to begin reading for records that begin at `offset`.
  static Offset lead_of(Content& content, const Generation& g, std::uint64_t offset) {
    const std::uint64_t from = std::max(g.cut, offset - std::min(offset, kLead));
    return from == g.cut ? Offset(from) : next_line(content, from, offset);
  }

  // Reads [begin, end).
  static std::string read(Content& content, std::uint64_t begin, std::uint64_t end, SourceScan& scan,
                          const SourceScan::AfterBlock& goes_on = {}) {
    return content.stream(begin, end, [&](ByteStream& stream) { return scan.read_to_end(stream, begin, goes_on); });
  }

  // Counts the records that begin in [g.offset, end), of which no line is behind `whole`; in pieces, so that
  // there is not too much to be done again. `is_over`: then none of them goes on behind it.
  std::string read_on(const Visit& visit, Content& content, Generation& g, std::uint64_t end, std::uint64_t whole, bool is_over) {
    if (g.offset < end) stats_.sources += read_.insert(visit.file.status.id).second;
    while (g.offset < end || whole > g.mark.offset || (is_over && g.cut < end)) {
      Offset until = end;
      if (content.is_plain() && end - g.offset > kStepBytes) until = next_line(content, g.offset + kStepBytes, end);
      if (!until) return until.error();
      Stats stats;
      Collector found(settings_);
      if (g.offset < *until) {
        const std::string error = scan(visit, content, g, {g.offset, *until}, whole, stats, found);
        if (!error.empty()) return error;
      }
      const std::uint64_t seen = *until < end ? *until : whole;
      const auto survey = content.survey([&](std::string_view) { return std::vector<std::uint64_t>{seen}; });
      if (!survey) return survey.error();
      if (!survey->before.contains(seen)) return "became shorter while it was read";
      // From here on nothing can fail: what was found goes with the offset that it was found up to.
      batch_.merge(std::move(found), 0);
      stats_ += stats;
      g = {g.id ? g.id : run_.lineages_.next_id(), survey->mark_at(seen), *until, is_over && *until == end ? end : g.cut,
           g.lines + stats.lines, visit.file.path(), night_, false};
      enlist(g, stats.bytes);
      if (stops()) return {};
    }
    return {};
  }

  std::string scan(const Visit& visit, Content& content, const Generation& g, Range range, std::uint64_t whole, Stats& stats,
                   Collector& found) {
    const Offset from = lead_of(content, g, range.begin);
    if (!from) return from.error();
    found.begin_source(visit.file.path());
    SourceScan scan(rules_.matcher(), {run_.options_.slow, times_, range, nullptr, g.lines}, stats, [&](const Record& record, const std::vector<Match>& matches) {
      if (visit.file.service.empty() || !record.container.empty()) return found.add(record, matches);
      Record named = record;
      named.container = visit.file.service;
      found.add(named, matches);
    });
    return read(content, *from, whole, scan);
  }

  void enlist(const Generation& g, std::uint64_t bytes) {
    step_.generations.push_back(g);
    seen_.push_back(g.id);
    bytes_ += bytes;
    if (bytes_ >= kStepBytes || step_.generations.size() >= kStepFiles || Clock::now() - step_begin_ >= kStepTime) commit();
  }

  std::string keep_open_end(const Visit& visit, Content& content, const Generation& g, std::uint64_t whole) {
    OpenEnd open{g.id, g.lines, {}};
    Stats stats;
    CollectorSettings quiet = settings_;  // it is told of when it is counted
    quiet.on_occurrence = nullptr;
    quiet.on_unknown = nullptr;
    Collector found(quiet);
    const std::string error = scan(visit, content, g, {g.offset, whole}, whole, stats, found);
    if (!error.empty()) return error;
    open.lines += stats.lines;
    open.found = found.take_report(stats, rules_.set().hash);
    step_.open_ends.push_back(std::move(open));
    return {};
  }

  void commit() {
    step_.found = batch_.take_report(std::exchange(stats_, {}), rules_.set().hash);
    batch_ = Collector(settings_);
    const Step step = std::exchange(step_, {});
    step_begin_ = Clock::now();
    bytes_ = 0;
    if (!outcome_.failure.empty()) return;
    run_.state_.commit(night_, step);
    outcome_.failure = run_.state_.error();
    if (!outcome_.failure.empty()) return;
    for (const Generation& g : step.generations) run_.lineages_.remember(g);
    for (const Seat& seat : step.seats) run_.lineages_.remember(seat);
  }

  SweepRun& run_;
  const std::int64_t night_;
  const ActiveRules& rules_;
  const CollectorSettings& settings_;
  const std::function<bool()>& is_stopped_;
  ReadLimits limits_;
  TimeDefaults times_;
  RoundOutcome outcome_;
  std::set<FileId> read_;  // those of which something was read
  std::vector<std::int64_t> seen_;
  std::vector<Open> open_;
  // Of the step that is not committed yet.
  Step step_;
  Collector batch_;
  Stats stats_;
  std::uint64_t bytes_ = 0;
  Clock::time_point step_begin_ = Clock::now();
};

SweepRun::SweepRun(const Options& options, SweepState& state)
    : options_(options), state_(state), lineages_(state.generations(), state.seats()), throttle_(options.max_rate) {}

RoundOutcome SweepRun::round(std::int64_t night, const ActiveRules& rules, const CollectorSettings& settings,
                             const std::function<bool()>& is_stopped) {
  return Round(*this, night, rules, settings, is_stopped).take();
}

}  // namespace logfix
