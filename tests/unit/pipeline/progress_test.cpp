#include "progress.h"

#include "catch.h"
#include "stages.h"

namespace logfix {
namespace {

using namespace std::chrono_literals;

TEST_CASE("the progress line tells bytes, rate, matches and what is left") {
  CHECK(progress_line(500'000'000, 4'000'000'000, 2s, 12) ==
        "500 MB of 4.0 GB, 250 MB/s, 12 matches so far, 14 s left");
  CHECK(progress_line(500'000'000, 0, 2s, 1) == "500 MB, 250 MB/s, 1 match so far");
  CHECK(progress_line(5'000, 4'000, 0s, 0) == "0 MB, 0 MB/s, 0 matches so far");
}

TEST_CASE("stages add up, and what is in another stage counts once") {
  Stages one, two;
  one.reading = {3, 1ms};
  one.taking = {10, 9ms};
  two.taking = {5, 1ms};
  two.matching = {2, 4ms};
  two.grouping = {1, 2ms};
  one += two;
  CHECK(one.taking.count == 15);
  CHECK(one.matching.time == 4ms);
  const std::string text = describe(one, 2'000'000'000, 1ms, 1s);
  CHECK(text.find("taking           4.0 ms  15 lines") != std::string::npos);
  CHECK(text.find("whole         1000.0 ms  2.000 GB/s") != std::string::npos);
}

}  // namespace
}  // namespace logfix
