#include "pipeline.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <glob.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <optional>
#include <thread>

#include "base/text.h"
#include "envelope/unwrap.h"
#include "record/assembler.h"
#include "report/escape.h"
#include "source/stream.h"
#include "progress.h"
#include "source_scan.h"
#include "stages.h"

namespace logfix {
namespace {

namespace fs = std::filesystem;

// One log, or a range of a large one, for one worker.
struct Task {
  std::string name;
  Range range;
};

struct Outcome {
  Collector collector;
  Stats stats;
  Stages stages;
  std::vector<std::string> errors;  // what could not be read
  bool is_done = false;
};

class Worker {
 public:
  Worker(const Options& options, const Matcher& matcher, const CollectorSettings& settings, Progress& progress)
      : options_(options), matcher_(matcher), settings_(settings), progress_(progress) {}

  void run(const Task& task, Outcome& outcome) const {
    outcome.collector = Collector(settings_);
    const bool is_stdin = task.name == "-";
    const int descriptor = is_stdin ? STDIN_FILENO : open(task.name.c_str(), O_RDONLY | O_CLOEXEC);
    std::string error = descriptor < 0 ? std::strerror(errno) : "";
    if (descriptor >= 0) error = scan(task, descriptor, outcome);
    if (descriptor >= 0 && !is_stdin) close(descriptor);
    if (!error.empty()) outcome.errors.push_back((is_stdin ? "stdin" : task.name) + ": " + error);
  }

 private:
  std::string scan(const Task& task, int descriptor, Outcome& outcome) const {
    Stages* const stages = options_.stats ? &outcome.stages : nullptr;
    const SourceScan::Options how{options_.slow, time_defaults_of(descriptor, options_), task.range, stages};
    const auto stream = stream_of(descriptor);
    const std::string name = task.name == "-" ? "stdin" : task.name;
    const SourceScan::Sink sink = [&](const Record& record, const std::vector<Match>& matches) {
      progress_.add(0, matches.size());
      outcome.collector.add(record, matches);
    };
    if (task.range.begin > 0 || task.range.end != Range().end) {
      const std::uint64_t lead = std::min(task.range.begin, SourceScan::kRangeLead);
      outcome.collector.begin_source(name);
      outcome.stats.sources += task.range.begin == 0;
      return scan_range(task.range.begin - lead, descriptor, how, sink, outcome, *stream);
    }
    return for_each_log(*stream, [&](std::string_view inner, ByteStream& log) {
      outcome.collector.begin_source(inner.empty() ? name : name + ":" + std::string(inner));
      ++outcome.stats.sources;
      return read(log, 0, how, sink, outcome);
    });
  }

  // The range begins at a line; so must what comes before it.
  std::string scan_range(std::uint64_t from, int descriptor, const SourceScan::Options& how,
                         const SourceScan::Sink& sink, Outcome& outcome, ByteStream& stream) const {
    if (lseek(descriptor, static_cast<off_t>(from), SEEK_SET) < 0) return std::strerror(errno);
    if (from > 0) {
      const std::uint64_t begin = next_line(descriptor, from);
      if (lseek(descriptor, static_cast<off_t>(begin), SEEK_SET) < 0) return std::strerror(errno);
      from = begin;
    }
    return read(stream, from, how, sink, outcome);
  }

  std::string read(ByteStream& stream, std::uint64_t offset, const SourceScan::Options& how,
                   const SourceScan::Sink& sink, Outcome& outcome) const {
    SourceScan scan(matcher_, how, outcome.stats, sink);
    return scan.read_to_end(stream, offset, [&](const Block& block) {
      progress_.add(block.bytes.size() - block.fresh, 0);
      return true;
    });
  }

 public:
  // Where the first line begins at `offset` or behind it.
  static std::uint64_t next_line(int descriptor, std::uint64_t offset) {
    char buffer[4096];
    for (std::uint64_t at = offset - 1;;) {
      const ssize_t count = pread(descriptor, buffer, sizeof buffer, static_cast<off_t>(at));
      if (count <= 0) return at;
      if (const void* feed = std::memchr(buffer, '\n', static_cast<std::size_t>(count)))
        return at + static_cast<std::uint64_t>(static_cast<const char*>(feed) - buffer) + 1;
      at += static_cast<std::uint64_t>(count);
    }
  }

 private:
  const Options& options_;
  const Matcher& matcher_;
  const CollectorSettings& settings_;
  Progress& progress_;
};

// The files below a directory, by name; of its links only those to files are followed. A folder that
// can't be listed does not stop the others.
void add_files_in(const std::string& folder, std::vector<std::string>& names,
                  std::vector<std::string>& errors) {
  std::error_code error;
  std::vector<fs::directory_entry> entries;
  for (auto it = fs::directory_iterator(folder, error); !error && it != fs::end(it); it.increment(error))
    entries.push_back(*it);
  if (error) errors.push_back(folder + ": " + error.message());
  std::sort(entries.begin(), entries.end());
  for (const fs::directory_entry& entry : entries) {
    std::error_code ignored;
    if (entry.is_directory(ignored) && !entry.is_symlink(ignored)) {
      add_files_in(entry.path().string(), names, errors);
    } else if (entry.is_regular_file(ignored)) {
      names.push_back(entry.path().string());
    }
  }
}

// What a pattern matches; a name that exists, or that matches nothing, is itself.
std::vector<std::string> matching_names(const std::string& name) {
  std::error_code ignored;
  if (name.find_first_of("*?[") == std::string::npos || fs::exists(name, ignored)) return {name};
  std::vector<std::string> names;
  glob_t found{};
  if (glob(name.c_str(), 0, nullptr, &found) == 0) names.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  globfree(&found);
  return names.empty() ? std::vector<std::string>{name} : names;
}

// Large plain files are cut into ranges, so that several workers share one. A named pipe is not opened for that: who
// writes to it would lose its reader.
void add_tasks(const std::string& name, const Options& options, std::vector<Task>& tasks) {
  constexpr std::uint64_t kLeastRange = std::uint64_t{16} << 20;
  struct stat status {};
  const bool is_file = name != "-" && stat(name.c_str(), &status) == 0 && S_ISREG(status.st_mode);
  const auto size = static_cast<std::uint64_t>(is_file ? status.st_size : 0);
  const std::uint64_t count = std::min<std::uint64_t>(options.jobs * 4, size / kLeastRange);
  const int descriptor = count > 1 ? open(name.c_str(), O_RDONLY | O_CLOEXEC) : -1;
  const bool is_plain = descriptor >= 0 && is_plain_text(descriptor);
  std::uint64_t begin = 0;
  for (std::uint64_t i = 1; is_plain && options.jobs > 1 && i < count; ++i) {
    const std::uint64_t end = Worker::next_line(descriptor, size / count * i);
    if (end > begin && end < size) tasks.push_back({name, {begin, end}});
    if (end > begin && end < size) begin = end;
  }
  if (descriptor >= 0) close(descriptor);
  tasks.push_back({name, {begin, Range().end}});
}

// 0 if one of them is no file.
std::uint64_t bytes_of(const std::vector<Task>& tasks) {
  std::uint64_t sum = 0;
  for (const Task& task : tasks) {
    if (task.range.begin > 0) continue;  // a further part of a file
    std::error_code error;
    const std::uint64_t size = task.name == "-" ? 0 : fs::file_size(task.name, error);
    if (error || size == 0) return 0;
    sum += size;
  }
  return sum;
}

}  // namespace

TimeDefaults time_defaults_of(int descriptor, const Options& options) {
  struct stat status {};
  TimeDefaults defaults{options.zone, Time(std::chrono::system_clock::now())};
  if (fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode))
    defaults.reference = Time(std::chrono::seconds(status.st_mtim.tv_sec));
  return defaults;
}

std::vector<std::string> expand_files(const Options& options, std::vector<std::string>& errors) {
  std::vector<std::string> names;
  for (const std::string& name : options.files) {
    for (const std::string& found : matching_names(name)) {
      std::error_code ignored;
      if (found == "-" || !fs::is_directory(found, ignored)) {
        names.push_back(found);
      } else if (options.recursive) {
        add_files_in(found, names, errors);
      } else {
        errors.push_back(found + ": is a directory (-r scans what is in it)");
      }
    }
  }
  if (options.files.empty()) names.push_back("-");
  return names;
}

// A file's name is an attacker's, too.
std::string printable(const std::string& error) { return for_terminal(Redactor().redact(LogText(error))).take(); }

Report scan_all(const Options& options, const LoadedRules& rules, const Matcher& matcher,
                const CollectorSettings& settings) {
  const auto begin = StageTimer::Clock::now();
  std::vector<std::string> errors;
  std::vector<Task> tasks;
  for (const std::string& name : expand_files(options, errors)) add_tasks(name, options, tasks);
  std::vector<Outcome> outcomes(tasks.size());

  std::optional<Progress> progress(std::in_place, bytes_of(tasks));
  const Worker worker(options, matcher, settings, *progress);
  Stages stages;
  Collector collector(settings);
  Stats stats;
  std::mutex mutex;
  std::size_t merged = 0;
  std::uint64_t lines_before = 0;
  // In the order of the input, whoever is done first.
  const auto merge_done = [&] {
    for (; merged < tasks.size() && outcomes[merged].is_done; ++merged) {
      Outcome& outcome = outcomes[merged];
      if (tasks[merged].range.begin == 0) lines_before = 0;
      collector.merge(std::move(outcome.collector), lines_before);
      lines_before += outcome.stats.lines;
      stats += outcome.stats;
      stages += outcome.stages;
      errors.insert(errors.end(), outcome.errors.begin(), outcome.errors.end());
      outcome = {};
    }
  };
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < tasks.size(); i = next++) {
      worker.run(tasks[i], outcomes[i]);
      const std::lock_guard lock(mutex);
      outcomes[i].is_done = true;
      merge_done();
    }
  };
  std::vector<std::thread> others;
  const std::size_t workers = std::min<std::size_t>(options.jobs, tasks.size());
  for (std::size_t i = 1; i < workers; ++i) others.emplace_back(work);
  work();
  for (std::thread& other : others) other.join();
  progress.reset();

  stats.unreadable += errors.size();
  for (const std::string& error : errors) spdlog::error("{}", printable(error));
  if (options.stats) {
    const auto now = StageTimer::Clock::now();
    fmt::print(stderr, "{}", describe(stages, stats.bytes, begin - options.started, now - options.started));
  }
  return collector.take_report(stats, rules.rules.hash);
}

}  // namespace logfix
