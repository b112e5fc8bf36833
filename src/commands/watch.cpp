#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <map>
#include <memory>
#include <set>
#include <thread>

#include "active_rules.h"
#include "commands/commands.h"
#include "commands/output.h"
#include "commands/reporting.h"
#include "commands/sweep_state.h"
#include "pipeline.h"
#include "sweep_run.h"

namespace logfix {
namespace {

std::atomic<bool> g_is_stopped = false, g_is_reloaded = false;

// Each finding when the day first has it, then how often it was seen when that is ten, a hundred, …. What a
// round found is told of once it is committed: a watch that is killed tells of it again rather than never.
class Teller {
 public:
  explicit Teller(const Options& options) : how_(render_options(options)) {}

  void see(const Finding& one) { seen_.push_back(one); }
  void tell() {
    for (const Finding& one : seen_) {
      const std::uint64_t count = ++counts_[one.rule->id];
      std::uint64_t power = count;
      while (power % 10 == 0) power /= 10;
      if (count == 1) fmt::print("{}", render_finding(one, how_));
      else if (power == 1) fmt::print("{}", render_repeats(*one.rule, count, how_));
    }
    std::fflush(stdout);
    seen_.clear();
  }
  void begin_day() { counts_.clear(); }

 private:
  RenderOptions how_;
  std::vector<Finding> seen_;  // of the round
  std::map<std::string, std::uint64_t> counts_;
};

// The rules, which a signal loads anew; with a mistake in them, the old ones stay.
class LiveRules {
 public:
  explicit LiveRules(const Options& options) : options_(options), rules_(std::make_unique<ActiveRules>(options)) {}
  const ActiveRules& now() const { return *rules_; }
  void reload() {
    auto rules = std::make_unique<ActiveRules>(options_);
    if (report_mistakes(rules->mistakes()) != ExitCode::kOk) return spdlog::error("the rules have mistakes; those from before stay");
    rules_ = std::move(rules);
    spdlog::info("{} are loaded", counted(rules_->set().rules.size(), "rule"));
  }

 private:
  const Options& options_;
  std::unique_ptr<ActiveRules> rules_;
};

std::int64_t day_of(Time time) { return std::chrono::floor<std::chrono::days>(time).time_since_epoch().count(); }

class Watch {
 public:
  Watch(const Options& options, SweepState& state, LiveRules& rules)
      : options_(options), state_(state), rules_(rules), run_(options, state), teller_(options) {
    settings_.shown_variants = Collector::kMaxVariants;
    settings_.on_occurrence = [this](const Finding& one) { teller_.see(one); };
  }

  // Each day is a night in the history: what it found was told of.
  std::string run_rounds() {
    while (!g_is_stopped) {
      const Time now = std::chrono::system_clock::now();
      if (g_is_reloaded.exchange(false)) rules_.reload();
      const std::int64_t night = state_.begin_night(now, rules_.now().set().hash);
      if (!state_.error().empty()) return state_.error();
      const auto begin = std::chrono::steady_clock::now();
      const RoundOutcome outcome = run_.round(night, rules_.now(), settings_, [] { return g_is_stopped.load(); });
      if (!outcome.failure.empty()) return outcome.failure;
      teller_.tell();
      tell_errors(outcome);
      end_round(night, now, begin, outcome);
      if (!state_.error().empty()) return state_.error();
      const auto next = begin + std::chrono::milliseconds(options_.interval_ms);
      while (!g_is_stopped && !g_is_reloaded && std::chrono::steady_clock::now() < next)
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return {};
  }

 private:
  // Each file that can't be read once, until it can be.
  void tell_errors(const RoundOutcome& outcome) {
    std::set<std::string> errors;
    for (const auto& [name, reason] : outcome.unreadable) errors.insert(name + ": " + reason);
    for (const std::string& error : errors)
      if (!errors_.contains(error)) spdlog::error("{}", printable(error));
    errors_ = std::move(errors);
  }

  void end_round(std::int64_t night, Time now, std::chrono::steady_clock::time_point begin, const RoundOutcome& outcome) {
    const bool is_next_day = day_of(now) != day_;
    if (outcome.read > 0 || is_next_day) {
      NightSummary more;
      more.id = night;
      more.ended = std::chrono::system_clock::now();
      more.elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin);
      more.files = outcome.files;
      more.read = outcome.read;
      state_.end_night(more);
    }
    if (!is_next_day) return;
    day_ = day_of(now);
    teller_.begin_day();
    state_.mark_reported(night);
    state_.drop_old_nights(std::chrono::days(options_.keep_days));
  }

  const Options& options_;
  SweepState& state_;
  LiveRules& rules_;
  SweepRun run_;
  CollectorSettings settings_;
  Teller teller_;
  std::set<std::string> errors_;
  std::int64_t day_ = day_of(std::chrono::system_clock::now());
};

}  // namespace

ExitCode watch(const Options& given) {
  Options options = given;
  options.settle_ms = 0;  // the next round is soon
  LiveRules rules(options);
  if (report_mistakes(rules.now().mistakes()) != ExitCode::kOk) return ExitCode::kUsage;
  const auto folder = state_folder(options);
  if (!folder) return report_failure(folder.error());
  auto opened = SweepState::open(*folder, options.new_state);
  if (!opened) return report_failure(opened.error());
  std::signal(SIGTERM, [](int) { g_is_stopped = true; });
  std::signal(SIGINT, [](int) { g_is_stopped = true; });
  std::signal(SIGHUP, [](int) { g_is_reloaded = true; });
  be_nice();
  const std::string failure = Watch(options, **opened, rules).run_rounds();
  return failure.empty() ? ExitCode::kOk : report_failure(failure);
}

}  // namespace logfix
