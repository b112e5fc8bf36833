#include "live.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spdlog/spdlog.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <functional>
#include <mutex>
#include <map>
#include <thread>

#include "findings/collector.h"
#include "findings/root_cause.h"
#include "pipeline.h"
#include "report/report.h"
#include "source/stream.h"
#include "source_scan.h"

namespace logfix {
namespace {

// What was silent for a whole interval is taken as finished: after one to two of them.
constexpr int kTickMillis = 70;

std::atomic<bool> g_is_stopped = false;
int g_stop_event = -1;  // readable once stopped: a signal wakes one thread, all must wake

void stop(int) {
  g_is_stopped = true;
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(g_stop_event, &one, sizeof one);
}

void stop_on_signals() {
  g_stop_event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  struct sigaction action {};
  action.sa_handler = stop;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

// Calls `tick` at every interval, however busy the input is, until two have passed in silence: then
// there is nothing that a third could finish.
class Ticker {
 public:
  explicit Ticker(std::function<void()> tick) : tick_(std::move(tick)) {}
  void saw_input() { silent_ticks_ = 0; }
  // Milliseconds until the next call of run(), for poll(); -1 for ever.
  int wait() const {
    if (silent_ticks_ >= 2) return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(next_ - Clock::now());
    return std::max(0, static_cast<int>(left.count()));
  }
  void run() {
    if (silent_ticks_ >= 2 || Clock::now() < next_) return;
    tick_();
    ++silent_ticks_;
    next_ = Clock::now() + std::chrono::milliseconds(kTickMillis);
  }

 private:
  using Clock = std::chrono::steady_clock;
  std::function<void()> tick_;
  int silent_ticks_ = 0;
  Clock::time_point next_ = Clock::now() + std::chrono::milliseconds(kTickMillis);
};

// Ends when it is told to stop.
class LiveStream : public ByteStream {
 public:
  LiveStream(int descriptor, std::function<void()> tick)
      : descriptor_(descriptor), ticker_(std::move(tick)) {}
  Result<std::size_t, std::string> read(char* to, std::size_t size) override {
    while (!g_is_stopped) {
      ticker_.run();
      pollfd wanted[] = {{descriptor_, POLLIN, 0}, {g_stop_event, POLLIN, 0}};
      const int ready = poll(wanted, 2, ticker_.wait());
      if (ready < 0 && errno != EINTR) return Unexpected{std::string(std::strerror(errno))};
      if (ready <= 0 || wanted[0].revents == 0) continue;
      const ssize_t count = ::read(descriptor_, to, size);
      if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
      if (count < 0) return Unexpected{std::string(std::strerror(errno))};
      ticker_.saw_input();
      return static_cast<std::size_t>(count);
    }
    return std::size_t{0};
  }

 private:
  int descriptor_;
  Ticker ticker_;
};

// A file by its name: at its end it waits for more, for another file of the name, or for a begin anew.
class FollowedFile : public ByteStream {
 public:
  FollowedFile(std::string name, std::function<void()> tick)
      : name_(std::move(name)), ticker_(std::move(tick)) {}
  ~FollowedFile() override { reopen(std::exchange(next_, -1)), reopen(-1); }
  Result<std::size_t, std::string> read(char* to, std::size_t size) override {
    while (!g_is_stopped) {
      ticker_.run();
      if (std::exchange(begins_anew_, false) && last_byte_ != '\n') {
        last_byte_ = *to = '\n';  // half a line does not go on in another file
        return std::size_t{1};
      }
      const ssize_t count = descriptor_ < 0 ? 0 : ::read(descriptor_, to, size);
      if (count < 0 && errno != EINTR) return Unexpected{std::string(std::strerror(errno))};
      if (count > 0) {
        ticker_.saw_input();
        last_byte_ = to[count - 1];
        return static_cast<std::size_t>(count);
      }
      if (count < 0) continue;
      if (next_ >= 0) {  // nothing was written to the old file before it was renamed that is not read
        reopen(std::exchange(next_, -1));
        begins_anew_ = true;
        continue;
      }
      pollfd stop_event{g_stop_event, POLLIN, 0};
      if (!look_for_another()) poll(&stop_event, 1, kTickMillis);
    }
    return std::size_t{0};
  }

 private:
  // True if there is another file to read once this one is at its end, or this one from its begin.
  bool look_for_another() {
    struct stat named {}, open_one {};
    if (stat(name_.c_str(), &named) != 0) return false;  // it may come back
    if (descriptor_ >= 0 && fstat(descriptor_, &open_one) == 0 && named.st_dev == open_one.st_dev &&
        named.st_ino == open_one.st_ino) {
      if (lseek(descriptor_, 0, SEEK_CUR) <= open_one.st_size) return false;
      begins_anew_ = lseek(descriptor_, 0, SEEK_SET) == 0;  // truncated
      return begins_anew_;
    }
    next_ = ::open(name_.c_str(), O_RDONLY | O_CLOEXEC);
    return next_ >= 0;
  }
  void reopen(int descriptor) {
    if (descriptor_ >= 0) close(descriptor_);
    descriptor_ = descriptor;
  }

  std::string name_;
  Ticker ticker_;
  int descriptor_ = -1;
  int next_ = -1;  // what has the name now
  bool begins_anew_ = false;
  char last_byte_ = '\n';
};

// Shared by the followers: what was found, and what of it was shown.
class Live {
 public:
  Live(const Options& options, const LoadedRules& rules, const Matcher& matcher,
       const CollectorSettings& settings, const RenderOptions& how)
      : options_(options), rules_(rules), matcher_(matcher), settings_(settings), how_(how) {
    // Without a format of its own for each occurrence, findings are shown when they are new.
    if (!settings_.on_occurrence) settings_.on_occurrence = [this](const Finding& one) { see(one); };
  }
  Live(const Live&) = delete;

  void scan(const std::string& name) {
    Stats stats;
    stats.sources = 1;
    SourceScan::Options how{options_.slow, {options_.zone, Time(std::chrono::system_clock::now())}, {}};
    SourceScan scan(matcher_, how, stats, [&](const Record& record, const std::vector<Match>& matches) {
      add(name, record, matches);
    });
    const auto tick = [&] {
      scan.end_idle();
      show_new();
    };
    std::unique_ptr<ByteStream> stream;
    if (name == "-") stream = std::make_unique<LiveStream>(STDIN_FILENO, tick);
    else stream = std::make_unique<FollowedFile>(name, tick);
    const std::string error = scan.read_to_end(*stream);
    if (!error.empty()) fail(name + ": " + error);
    const std::lock_guard lock(mutex_);
    stats_ += stats;
  }

  void fail(const std::string& error) {
    const std::lock_guard lock(mutex_);
    ++stats_.unreadable;
    spdlog::error("{}", printable(error));
  }

  Report take_report(bool& printed) {
    printed = printed_;
    return collector_.take_report(stats_, rules_.rules.hash);
  }

 private:
  void add(const std::string& name, const Record& record, const std::vector<Match>& matches) {
    const std::lock_guard lock(mutex_);
    collector_.begin_source(name == "-" ? "stdin" : name);
    collector_.add(record, matches);
  }

  // A finding when it is new, then how often it was seen when that is ten, a hundred, ….
  void see(const Finding& one) {
    std::uint64_t& count = seen_[one.rule];
    if (++count == 1) {
      new_.push_back(one);
      if (const Rule* cause = cause_of(*one.rule)) new_.back().causes = {new_.back().explained_by = cause->id};
    }
    std::uint64_t power = count;
    while (power % 10 == 0) power /= 10;
    if (count > 1 && power == 1) repeats_[one.rule] = count;
  }

  // One that was seen before: what it explains is told of without its fix. The summary looks closer.
  const Rule* cause_of(const Rule& symptom) const {
    const auto is_cause = [&](const auto& seen) { return seen.second > 0 && explains(*seen.first, symptom) && !explains(symptom, *seen.first); };
    const auto found = std::find_if(seen_.begin(), seen_.end(), is_cause);
    return found == seen_.end() ? nullptr : found->first;
  }

  void show_new() {
    const std::lock_guard lock(mutex_);
    for (const Finding& finding : new_) fmt::print("{}", render_finding(finding, how_));
    for (const auto& [rule, count] : repeats_) fmt::print("{}", render_repeats(*rule, count, how_));
    printed_ |= !new_.empty();
    repeats_.clear();
    std::fflush(stdout);
    new_.clear();
  }

  const Options& options_;
  const LoadedRules& rules_;
  const Matcher& matcher_;
  std::mutex mutex_;
  CollectorSettings settings_;
  RenderOptions how_;
  Collector collector_{settings_};
  Stats stats_;
  std::map<const Rule*, std::uint64_t> seen_, repeats_;
  std::vector<Finding> new_;
  bool printed_ = false;
};

}  // namespace

bool is_live(const Options& options) {
  if (options.follow) return true;
  const bool is_stdin = options.files.empty() || options.files == std::vector<std::string>{"-"};
  struct stat status {};
  const bool is_told_at_once = options.format == "text" || options.format == "jsonl";
  return is_stdin && is_told_at_once && fstat(STDIN_FILENO, &status) == 0 &&
         (S_ISFIFO(status.st_mode) || S_ISCHR(status.st_mode) || S_ISSOCK(status.st_mode));
}

Report scan_live(const Options& options, const LoadedRules& rules, const Matcher& matcher,
                 const CollectorSettings& settings, const RenderOptions& how, bool& printed) {
  stop_on_signals();
  Live live(options, rules, matcher, settings, how);
  std::vector<std::string> errors;
  std::vector<std::thread> followers;
  for (const std::string& name : expand_files(options, errors))
    followers.emplace_back([&live, name] { live.scan(name); });
  for (const std::string& error : errors) live.fail(error);
  for (std::thread& follower : followers) follower.join();
  return live.take_report(printed);
}

}  // namespace logfix
