#include <unistd.h>

#include <deque>
#include <filesystem>
#include <string>

#include "catch.h"
#include "sweep/state.h"

namespace logfix {
namespace {

namespace fs = std::filesystem;

class Folder {
 public:
  Folder() : path_(fs::temp_directory_path() / ("logfix-state-" + std::to_string(getpid()))) { fs::remove_all(path_); }
  ~Folder() { fs::remove_all(path_); }
  std::string path() const { return path_.string(); }

 private:
  fs::path path_;
};

Rule rule(std::string id) {
  Rule made;
  made.id = std::move(id);
  made.severity = Level::kError;
  made.category = "database";
  made.title = "A title";
  return made;
}

RedactedText text(const char* own) { return Redactor().redact(LogText(own)); }

Report found(const Rule& rule, std::uint64_t count, const char* table) {
  Finding f;
  f.rule = &rule;
  f.count = count;
  f.first_seen = f.last_seen = Time(std::chrono::hours(500'000));
  f.sources = {{text("a.log"), count}};
  f.variants = {{{{"table", text(table)}}, count}};
  f.evidence = {text("a.log"), 7, text("no such table"), 3, 7, false};
  f.moments = {{text("api"), f.first_seen, std::chrono::minutes(1), count}};
  Report report;
  report.findings.push_back(f);
  report.stats.bytes = 100;
  return report;
}

std::int64_t night_with(SweepState& state, const Step& step) {
  const std::int64_t night = state.begin_night(Time(std::chrono::hours(500'000)), "sha256:0");
  state.commit(night, step);
  return night;
}

TEST_CASE("what a night found adds up, and a line break in a value is one") {
  const Folder folder;
  const Rule a = rule("a");
  RuleSet rules;
  rules.rules = {a};
  {
    auto state = SweepState::open(folder.path(), false);
    REQUIRE(state);
    Step step;
    step.generations = {{1, mark_of(3, "abc", "abc"), 3, 0, 1, "a.log", 1}};
    step.seats = {{{{8, 9}, 3, 4, 5}, 3, 1, true}};
    step.found = found(a, 2, "x\\y\nz=1");
    const std::int64_t night = night_with(**state, step);
    (*state)->commit(night, {{}, {}, {}, found(a, 3, "x\\y\nz=1")});
    CHECK((*state)->error().empty());
  }
  auto state = SweepState::open(folder.path(), false);
  REQUIRE(state);
  REQUIRE((*state)->generations().size() == 1);
  CHECK((*state)->generations()[0].mark == mark_of(3, "abc", "abc"));
  REQUIRE((*state)->seats().size() == 1);
  CHECK((*state)->seats()[0].file == FileStatus{{8, 9}, 3, 4, 5});
  std::deque<Rule> former;
  const Report report = (*state)->load_night(1, rules, former);
  REQUIRE(report.findings.size() == 1);
  const Finding& f = report.findings[0];
  CHECK(f.count == 5);
  CHECK(f.evidence.line == 7);
  REQUIRE(f.variants.size() == 1);
  CHECK(f.variants[0].count == 5);
  CHECK(f.variants[0].captures[0].second.untrusted() == "x\\y\nz=1");
  CHECK(f.moments.size() == 1);
  CHECK(report.stats.bytes == 200);
  CHECK(f.trend->is_first_time);
}

TEST_CASE("nights follow each other when they are reported") {
  const Folder folder;
  const Rule a = rule("a"), b = rule("b");
  auto opened = SweepState::open(folder.path(), false);
  REQUIRE(opened);
  SweepState& state = **opened;
  for (const std::uint64_t count : {1, 2, 3}) {
    Step step;
    step.found = found(a, count, "t");
    const std::int64_t night = night_with(state, step);
    CHECK(state.begin_night(Time(), "sha256:0") == night);
    state.mark_reported(night);
  }
  Step step;
  step.found = found(b, 4, "t");
  const std::int64_t night = night_with(state, step);
  CHECK(night == 4);
  std::deque<Rule> former;
  const Report third = state.load_night(3, RuleSet(), former);
  CHECK(third.findings.at(0).trend->nights_in_a_row == 3);
  CHECK(third.findings.at(0).trend->counts == std::vector<std::uint64_t>{1, 2, 3});
  const Report fourth = state.load_night(4, RuleSet(), former);
  CHECK(fourth.findings.at(0).rule->title == "A title");
  CHECK(fourth.findings.at(0).trend->is_first_time);
  REQUIRE(fourth.night->gone.size() == 1);
  CHECK(fourth.night->gone[0].rule->id == "a");
  CHECK(fourth.night->gone[0].count == 3);
  CHECK(fourth.night->gone[0].nights_in_a_row == 3);
  CHECK(state.counts_of("a", 10).at(1).count == 3);
  CHECK(state.error().empty());
}

TEST_CASE("of too many unknown errors in a night the rarest are told together") {
  const Folder folder;
  auto opened = SweepState::open(folder.path(), false);
  REQUIRE(opened);
  SweepState& state = **opened;
  const auto step_of = [](char kind, std::uint64_t count) {
    Step step;
    for (int n = 0; n < 700; ++n) {
      const std::string pattern = std::string(1, kind) + std::to_string(n);
      step.found.unknowns.push_back({text(pattern.c_str()), count, Level::kError, {text("a.log"), 1, text("x"), 0, 0, false}, {}});
    }
    return step;
  };
  const std::int64_t night = night_with(state, step_of('a', 2));
  state.commit(night, step_of('b', 1));
  state.commit(night, step_of('c', 3));
  std::deque<Rule> former;
  const Report report = state.load_night(night, RuleSet(), former);
  CHECK(state.error().empty());
  CHECK(report.unknowns.size() <= 1001);
  std::uint64_t total = 0, others = 0;
  for (const Unknown& u : report.unknowns) {
    total += u.count;
    if (u.pattern.untrusted() == "(other errors)") others = u.count;
  }
  CHECK(total == 700 * (2 + 1 + 3));
  CHECK(others >= 700 * 1 + 399 * 2);
}

TEST_CASE("nights are dropped when they are old, and not because a clock was wrong") {
  const Folder folder;
  auto opened = SweepState::open(folder.path(), false);
  REQUIRE(opened);
  SweepState& state = **opened;
  using std::chrono::days;
  const auto add = [&](int day) {
    state.mark_reported(state.begin_night(Time(days(day)), "sha256:0"));
    state.drop_old_nights(days(90));
    return state.nights(1000).size();
  };
  for (int day = 20'000; day < 20'080; ++day) add(day);
  CHECK(add(20'080) == 81);
  CHECK(add(20'081 + 3'650) == 82);
  CHECK(add(20'082 - 3'650) == 83);
  CHECK(add(20'083) == 84);
  CHECK(add(20'084) == 85);
  CHECK(add(20'095) == 85);  // what began ten years ago is dropped
  CHECK(add(20'096) == 86);
  CHECK(add(20'097) == 82);  // and five nights that began ninety days before that of 20,095
  CHECK(state.error().empty());
}

TEST_CASE("an open end counts when its generation is in no file for the second time") {
  const Folder folder;
  const Rule a = rule("a");
  auto opened = SweepState::open(folder.path(), false);
  REQUIRE(opened);
  SweepState& state = **opened;
  Step step;
  step.generations = {{1, mark_of(9, "abcdefghi", "abcdefghi"), 3, 0, 1, "a.log", 1}};
  step.open_ends.push_back({1, 4, found(a, 1, "t")});
  const std::int64_t night = night_with(state, step);
  std::deque<Rule> former;
  state.keep_only(night, {1}, {});
  CHECK(state.load_night(night, RuleSet(), former).findings.empty());
  state.keep_only(night, {}, {});
  CHECK(state.load_night(night, RuleSet(), former).findings.empty());
  state.keep_only(night, {}, {});
  CHECK(state.load_night(night, RuleSet(), former).findings.at(0).count == 1);
  CHECK(state.generations().at(0).offset == 9);
  CHECK(state.generations().at(0).lines == 4);
  state.keep_only(night, {}, {});
  CHECK(state.load_night(night, RuleSet(), former).findings.at(0).count == 1);
}

TEST_CASE("a folder is for one sweep at a time") {
  const Folder folder;
  auto first = SweepState::open(folder.path(), false);
  REQUIRE(first);
  const auto second = SweepState::open(folder.path(), false);
  REQUIRE_FALSE(second);
  CHECK(second.error().kind == StateError::Kind::kLocked);
  CHECK(SweepState::open_to_read(folder.path()));
}

}  // namespace
}  // namespace logfix
