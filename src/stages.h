// Where the time of a run goes, for --stats.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace logfix {

/// Counts and times of the stages of a scan, summed over all workers.
struct Stages {
  struct Stage {
    std::uint64_t count = 0;
    std::chrono::nanoseconds time{0};
  };
  Stage reading;   ///< blocks
  Stage scanning;  ///< candidates that the literal scan found
  Stage taking;    ///< lines that were unwrapped and joined; the time includes the stages below
  Stage matching;  ///< records that rules were tried on
  Stage grouping;  ///< occurrences and unknown errors added to the findings

  Stages& operator+=(const Stages& other);
};

/// Adds the time of its life to a stage; does nothing without one.
class StageTimer {
 public:
  using Clock = std::chrono::steady_clock;
  explicit StageTimer(Stages::Stage* stage) : stage_(stage) {
    if (stage_) begin_ = Clock::now();
  }
  ~StageTimer() {
    if (stage_) stage_->time += Clock::now() - begin_;
  }
  StageTimer(const StageTimer&) = delete;
  StageTimer& operator=(const StageTimer&) = delete;

 private:
  Stages::Stage* stage_;
  Clock::time_point begin_;
};

/// A line for each stage, one for the start (rules and tables) and one for the whole.
std::string describe(const Stages& stages, std::uint64_t bytes, std::chrono::nanoseconds start,
                     std::chrono::nanoseconds whole);

}  // namespace logfix
