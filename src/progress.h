// A line on the terminal while a scan takes long.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>

namespace logfix {

/// What the line says: bytes, of how many (0: not known), the rate, occurrences, what is left.
std::string progress_line(std::uint64_t bytes, std::uint64_t total, std::chrono::duration<double> elapsed,
                          std::uint64_t matches);

/// Shows the line on standard error every now and then, if that is a terminal; takes it away at its
/// end.
class Progress {
 public:
  /// `total` is how many bytes there are; 0 if that is not known.
  explicit Progress(std::uint64_t total);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// From any thread.
  void add(std::uint64_t bytes, std::uint64_t matches) {
    bytes_.fetch_add(bytes, std::memory_order_relaxed);
    matches_.fetch_add(matches, std::memory_order_relaxed);
  }

 private:
  void show();

  const std::uint64_t total_;
  const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  std::atomic<std::uint64_t> bytes_ = 0, matches_ = 0;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool is_over_ = false;
  std::thread thread_;
};

}  // namespace logfix
