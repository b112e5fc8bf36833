#include "live.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <functional>
#include <mutex>
#include <set>
#include <thread>

#include "findings/collector.h"
#include "pipeline.h"
#include "report/report.h"
#include "source/reader.h"
#include "source_scan.h"

namespace logfix {
namespace {

// After this long without a byte, what is open is taken as whole.
constexpr int kPauseMillis = 150;

std::atomic<bool> g_is_stopped = false;

void stop(int) { g_is_stopped = true; }

void stop_on_signals() {
  struct sigaction action {};
  action.sa_handler = stop;  // without SA_RESTART, so that poll() and read() return
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

// Tells of pauses; ends when it is told to stop.
class PausingStream : public ByteStream {
 public:
  using Pause = std::function<void()>;
  PausingStream(int descriptor, Pause pause) : descriptor_(descriptor), pause_(std::move(pause)) {}
  Result<std::size_t, std::string> read(char* to, std::size_t size) override {
    while (!g_is_stopped) {
      pollfd wanted{descriptor_, POLLIN, 0};
      const int ready = poll(&wanted, 1, has_paused_ ? -1 : kPauseMillis);
      if (ready < 0 && errno != EINTR) return Unexpected{std::string(std::strerror(errno))};
      if (ready < 0) continue;
      if (ready == 0) {
        has_paused_ = true;
        pause_();
        continue;
      }
      const ssize_t count = ::read(descriptor_, to, size);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return Unexpected{std::string(std::strerror(errno))};
      has_paused_ = false;
      return static_cast<std::size_t>(count);
    }
    return std::size_t{0};
  }

 private:
  int descriptor_;
  Pause pause_;
  bool has_paused_ = false;
};

// A file by its name: at its end it waits for more, for another file of the name, or for a begin anew.
class FollowedFile : public ByteStream {
 public:
  using Pause = std::function<void()>;
  FollowedFile(std::string name, Pause pause) : name_(std::move(name)), pause_(std::move(pause)) {}
  ~FollowedFile() override { reopen(-1); }
  Result<std::size_t, std::string> read(char* to, std::size_t size) override {
    bool has_paused = false;
    while (!g_is_stopped) {
      const ssize_t count = descriptor_ < 0 ? 0 : ::read(descriptor_, to, size);
      if (count < 0 && errno != EINTR) return Unexpected{std::string(std::strerror(errno))};
      if (count > 0) return static_cast<std::size_t>(count);
      if (count == 0 && look_for_another()) continue;
      poll(nullptr, 0, kPauseMillis);
      if (!std::exchange(has_paused, true)) pause_();
    }
    return std::size_t{0};
  }

 private:
  // True if there is another file to read, or this one from its begin.
  bool look_for_another() {
    struct stat named {}, open_one {};
    if (stat(name_.c_str(), &named) != 0) return false;  // it may come back
    if (descriptor_ >= 0 && fstat(descriptor_, &open_one) == 0 && named.st_dev == open_one.st_dev &&
        named.st_ino == open_one.st_ino) {
      if (lseek(descriptor_, 0, SEEK_CUR) <= open_one.st_size) return false;
      return lseek(descriptor_, 0, SEEK_SET) == 0;  // truncated
    }
    const int next = ::open(name_.c_str(), O_RDONLY | O_CLOEXEC);
    if (next < 0) return false;
    reopen(next);
    return true;
  }
  void reopen(int descriptor) {
    if (descriptor_ >= 0) close(descriptor_);
    descriptor_ = descriptor;
  }

  std::string name_;
  Pause pause_;
  int descriptor_ = -1;
};

// Shared by the followers: what was found, and what of it was shown.
class Live {
 public:
  Live(const Options& options, const LoadedRules& rules, const Matcher& matcher)
      : options_(options), rules_(rules), matcher_(matcher) {}

  void scan(const std::string& name) {
    Stats stats;
    stats.sources = 1;
    SourceScan::Options how{options_.slow, {options_.zone, Time(std::chrono::system_clock::now())}, {}};
    SourceScan scan(matcher_, how, stats, [&](const Record& record, const std::vector<Match>& matches) {
      add(name, record, matches);
    });
    const auto pause = [&] {
      scan.pause();
      show_new();
    };
    std::unique_ptr<ByteStream> stream;
    if (name == "-") stream = std::make_unique<PausingStream>(STDIN_FILENO, pause);
    else stream = std::make_unique<FollowedFile>(name, pause);
    BlockReader reader(*stream);
    std::string error;
    for (bool more = true; more;) {
      const auto block = reader.next();
      if (block) scan.push(*block);
      if (!block) error = block.error();
      more = block && !block->is_last;
    }
    scan.finish();
    const std::lock_guard lock(mutex_);
    stats_ += stats;
    if (!error.empty()) ++stats_.unreadable, spdlog::error("{}: {}", name, error);
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
    for (const Match& match : matches) {
      if (!seen_.insert(match.rule->id).second) continue;
      Collector one;
      one.begin_source(name == "-" ? "stdin" : name);
      one.add(record, {match});
      new_.push_back(std::move(one.take_report({}, {}).findings.front()));
    }
  }

  void show_new() {
    const std::lock_guard lock(mutex_);
    for (const Finding& finding : new_) {
      fmt::print("{}", render_finding(finding, {options_.color == "always" ||
                                                    (options_.color == "auto" && isatty(STDOUT_FILENO)),
                                                100}));
      printed_ = true;
    }
    std::fflush(stdout);
    new_.clear();
  }

  const Options& options_;
  const LoadedRules& rules_;
  const Matcher& matcher_;
  std::mutex mutex_;
  Collector collector_;
  Stats stats_;
  std::set<std::string> seen_;
  std::vector<Finding> new_;
  bool printed_ = false;
};

}  // namespace

bool is_live(const Options& options) {
  if (options.follow) return true;
  const bool is_stdin = options.files.empty() || options.files == std::vector<std::string>{"-"};
  struct stat status {};
  return is_stdin && options.format == "text" && fstat(STDIN_FILENO, &status) == 0 &&
         (S_ISFIFO(status.st_mode) || S_ISCHR(status.st_mode) || S_ISSOCK(status.st_mode));
}

Report scan_live(const Options& options, const LoadedRules& rules, const Matcher& matcher,
                 bool& printed) {
  stop_on_signals();
  Live live(options, rules, matcher);
  std::vector<std::string> errors;
  std::vector<std::thread> followers;
  for (const std::string& name : expand_files(options, errors))
    followers.emplace_back([&live, name] { live.scan(name); });
  for (const std::string& error : errors) spdlog::error("{}", error);
  for (std::thread& follower : followers) follower.join();
  return live.take_report(printed);
}

}  // namespace logfix
