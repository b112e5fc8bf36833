#include "findings/root_cause.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <string_view>

namespace logfix {
namespace {

using std::chrono::milliseconds;

constexpr auto kSameService = std::chrono::minutes(10);
constexpr auto kAnyService = std::chrono::minutes(2);

bool comes_first(const Finding& a, const Finding& b) {
  if (a.rule->severity != b.rule->severity) return a.rule->severity > b.rule->severity;
  if (a.count != b.count) return a.count > b.count;
  return a.rule->id < b.rule->id;
}

// When a cause occurred: ascending times of each service, and of all.
class Occurrences {
 public:
  explicit Occurrences(const Finding& cause) {
    for (const Moment& moment : cause.moments) {
      std::vector<Time>& service = services_[moment.service.untrusted()];
      if (!moment.begin) {
        timeless_.push_back(moment.service.untrusted());
        continue;
      }
      width_ = moment.width;
      service.push_back(*moment.begin);
      all_.push_back(*moment.begin);
    }
    std::sort(all_.begin(), all_.end());
  }

  bool explain(const Moment& moment) const {
    const auto service = services_.find(moment.service.untrusted());
    const bool is_there = service != services_.end();
    if (!moment.begin) return is_there;
    if (is_there && (has_timeless(service->first) || is_near(service->second, moment, kSameService))) return true;
    return is_near(all_, moment, kAnyService);
  }

 private:
  bool has_timeless(std::string_view service) const {
    return std::find(timeless_.begin(), timeless_.end(), service) != timeless_.end();
  }
  bool is_near(const std::vector<Time>& times, const Moment& moment, milliseconds distance) const {
    const auto next = std::lower_bound(times.begin(), times.end(), *moment.begin - distance - width_);
    return next != times.end() && *next <= *moment.begin + moment.width + distance;
  }

  std::map<std::string_view, std::vector<Time>> services_;
  std::vector<std::string_view> timeless_;
  std::vector<Time> all_;
  milliseconds width_{0};
};

// A finding that tells no moments is a part of a report made by hand: its rule alone counts.
void find_causes(Finding& symptom, std::vector<Finding>& findings) {
  std::vector<std::pair<Finding*, Occurrences>> causes;
  for (Finding& cause : findings)
    if (&cause != &symptom && explains(*cause.rule, *symptom.rule) && !explains(*symptom.rule, *cause.rule))
      causes.emplace_back(&cause, Occurrences(cause));
  if (causes.empty()) return;
  std::vector<std::uint64_t> explained(causes.size(), symptom.moments.empty() ? symptom.count : 0);
  symptom.explained_count = explained.front();
  for (const Moment& moment : symptom.moments) {
    bool is_explained = false;
    for (std::size_t i = 0; i < causes.size(); ++i) {
      if (!causes[i].second.explain(moment)) continue;
      explained[i] += moment.count;
      is_explained = true;
    }
    if (is_explained) symptom.explained_count += moment.count;
  }
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < causes.size(); ++i)
    if (explained[i]) order.push_back(i);
  if (order.empty()) return;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return explained[a] > explained[b]; });
  for (std::size_t i : order) {
    symptom.causes.push_back(causes[i].first->rule->id);
    causes[i].first->explains.push_back(symptom.rule->id);
  }
  (symptom.explained_count == symptom.count ? symptom.explained_by : symptom.partly_explained_by) = symptom.causes.front();
}

}  // namespace

bool explains(const Rule& cause, const Rule& symptom) {
  const auto has = [&](const std::vector<std::string>& ids) { return std::find(ids.begin(), ids.end(), symptom.id) != ids.end(); };
  return has(cause.explains) || has(cause.outcomes);
}

void order_by_root_cause(std::vector<Finding>& findings) {
  std::sort(findings.begin(), findings.end(), comes_first);
  for (Finding& symptom : findings) find_causes(symptom, findings);
  std::vector<Finding> ordered;
  const auto take = [&](auto& self, Finding& finding) -> void {
    if (!finding.rule) return;
    Finding taken = std::move(finding);
    finding.rule = nullptr;
    const std::string id = taken.rule->id;
    ordered.push_back(std::move(taken));
    for (Finding& other : findings)
      if (other.rule && other.explained_by == id) self(self, other);
  };
  for (Finding& finding : findings)
    if (finding.rule && finding.explained_by.empty()) take(take, finding);
  for (Finding& finding : findings) take(take, finding);  // a circle of three or more
  findings = std::move(ordered);
}

}  // namespace logfix
