#include "findings/moments.h"

#include <limits>

namespace logfix {
namespace {

constexpr std::int64_t kNoTime = std::numeric_limits<std::int64_t>::min();
constexpr int kMaxDoublings = 30;

}  // namespace

std::int64_t Moments::span_of(std::int64_t minute) const { return minute == kNoTime ? kNoTime : minute >> doublings_; }

void Moments::add(const RedactedText& service, const std::optional<Time>& time, std::uint64_t count) {
  const std::int64_t minute =
      time ? std::chrono::floor<std::chrono::minutes>(*time).time_since_epoch().count() : kNoTime;
  counts_[{service, span_of(minute)}] += count;
  bound();
}

void Moments::merge(const Moments& more) {
  const int before = doublings_;
  doublings_ = std::max(doublings_, more.doublings_);
  std::map<Key, std::uint64_t> both;
  const auto take = [&](const std::map<Key, std::uint64_t>& from, int doublings) {
    for (const auto& [key, count] : from) {
      const std::int64_t span = key.second == kNoTime ? kNoTime : key.second >> (doublings_ - doublings);
      both[{key.first, span}] += count;
    }
  };
  take(counts_, before);
  take(more.counts_, more.doublings_);
  counts_ = std::move(both);
  bound();
}

void Moments::bound() {
  while (counts_.size() > kMax && doublings_ < kMaxDoublings) {
    ++doublings_;
    std::map<Key, std::uint64_t> coarser;
    for (const auto& [key, count] : counts_)
      coarser[{key.first, key.second == kNoTime ? kNoTime : key.second >> 1}] += count;
    counts_ = std::move(coarser);
  }
  while (counts_.size() > kMax) counts_.erase(std::prev(counts_.end()));
}

std::vector<Moment> Moments::list() const {
  const std::chrono::minutes width{std::int64_t{1} << doublings_};
  std::vector<Moment> moments;
  for (const auto& [key, count] : counts_) {
    Moment moment{key.first, std::nullopt, width, count};
    if (key.second != kNoTime) moment.begin = Time(key.second * width);
    moments.push_back(std::move(moment));
  }
  return moments;
}

}  // namespace logfix
