#include "progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

namespace logfix {
namespace {

constexpr std::chrono::milliseconds kFirst{2000}, kEvery{250};
constexpr std::string_view kClearLine = "\r\x1b[K";

std::string size_text(double bytes) {
  return bytes < 1e9 ? fmt::format("{:.0f} MB", bytes / 1e6) : fmt::format("{:.1f} GB", bytes / 1e9);
}

}  // namespace

std::string progress_line(std::uint64_t bytes, std::uint64_t total, std::chrono::duration<double> elapsed,
                          std::uint64_t matches) {
  const auto done = static_cast<double>(bytes);
  const double rate = elapsed.count() > 0 ? done / elapsed.count() : 0;
  std::string line = size_text(done);
  // What is read twice at the seams of ranges must not show as more than all.
  const bool knows_rest = total > bytes;
  if (knows_rest) line += " of " + size_text(static_cast<double>(total));
  line += fmt::format(", {}/s, {} {} so far", size_text(rate), matches, matches == 1 ? "match" : "matches");
  if (knows_rest && rate > 0)
    line += fmt::format(", {:.0f} s left", (static_cast<double>(total) - done) / rate);
  return line;
}

Progress::Progress(std::uint64_t total) : total_(total) {
  if (isatty(STDERR_FILENO)) thread_ = std::thread([this] { show(); });
}

Progress::~Progress() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    is_over_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Progress::show() {
  bool was_shown = false;
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, was_shown ? kEvery : kFirst, [this] { return is_over_; })) {
    fmt::print(stderr, "{}{}", kClearLine,
               progress_line(bytes_, total_, std::chrono::steady_clock::now() - begin_, matches_));
    std::fflush(stderr);
    was_shown = true;
  }
  if (was_shown) fmt::print(stderr, "{}", kClearLine);
}

}  // namespace logfix
