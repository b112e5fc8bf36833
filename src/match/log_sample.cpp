#include "match/log_sample.h"

#include <algorithm>
#include <array>
#include <bit>
#include <bitset>
#include <cstring>
#include <limits>
#include <memory>
#include <utility>

#include "base/text.h"

namespace logfix {
namespace {

// What healthy logs are full of: keys and words of JSON lines, of access logs, of workers. A window
// that shares four bytes with it is likely found all the time.
constexpr std::string_view kCommonText =
    R"({"timestamp":"2026-11-23T10:00:00.000000Z","level":"info","levelname":"INFO","event":)"
    R"("request_finished","logger":"app.api","message":"ok","msg":"path":"/api/v1/users","status":200,)"
    R"("duration_ms":12.5,"request_id":"0","trace_id":"0","span_id":"0","user_id":null,"service":"api",)"
    R"("hostname":"host","pid":1,"time":170,"name":"main","method":"GET","url":"http://localhost:8000",)"
    R"("statusCode":200,"responseTime":3,"thread":"MainThread","module":"db","function":"run","line":1,)"
    R"({"log":"INFO:     172.18.0.1:54172 - \"GET /healthz HTTP/1.1\" 200 OK\n","stream":"stderr",)"
    R"("stream":"stdout","time":"2026-11-23T10:00:00.000000000Z"} {\"level\": \"info\", \"event\": )"
    R"(\"query\", \"level\":\"debug\",\"msg\":\"done\"} "level": "warning", "level": "error","level":30, )"
    R"(DEBUG WARNING ERROR [INFO] info: debug: sqlalchemy.engine.Engine SELECT FROM WHERE INSERT INTO )"
    R"(UPDATE SET VALUES RETURNING AND ORDER BY LIMIT BEGIN COMMIT ROLLBACK Task tasks.app[id] received )"
    R"("GET /metrics HTTP/1.1" 200 OK "GET /health HTTP/1.1" "Prometheus/2.53.0" "kube-probe/1.31" )"
    R"(succeeded in 0.01s: None ForkPoolWorker- POST PUT DELETE PATCH Mozilla/5.0 (X11; Linux x86_64) )"
    R"(AppleWebKit/537.36 (KHTML, like Gecko) Chrome/ Safari/ connection connected connecting to host )"
    R"(port database user role relation table column index query statement failed error exception retry )"
    R"(retrying timeout request response export exporting exported batch traces metrics logs signal )"
    R"(handled unhandled expires retrying worker queue pool size limit started starting stopped ready server client process running load )"
    R"(loaded password token auth callback session cache login redis postgres not does exist is the and for with from )";

constexpr std::size_t kGram = 8, kShortGram = 4;
constexpr std::uint64_t kMultiplier = 0x9E3779B97F4A7C15;  // 2^64 / golden ratio

// By a hash: a wrong answer costs a little time.
using ShortGrams = std::bitset<1 << 16>;

std::size_t short_gram_at(const char* bytes) {
  std::uint32_t gram;
  std::memcpy(&gram, bytes, kShortGram);
  return (gram | 0x20202020u) * 0x9E3779B1u >> 16;
}

const ShortGrams& common_short_grams() {
  static const auto kGrams = [] {
    auto grams = std::make_unique<ShortGrams>();
    for (std::size_t at = 0; at + kShortGram <= kCommonText.size(); ++at)
      grams->set(short_gram_at(kCommonText.data() + at));
    return grams;
  }();
  return *kGrams;
}

// By how often letters stand in English text; spaces, digits and the marks of JSON are as common.
constexpr std::array<std::uint8_t, 256> kCommonness = [] {
  constexpr std::string_view kLetters = "etaoinsrhldcumfpgwybvkxjqz";
  constexpr auto kMost = static_cast<std::uint8_t>(kLetters.size());
  std::array<std::uint8_t, 256> commonness{};
  for (std::uint8_t& of : commonness) of = 3;
  for (std::size_t rank = 0; rank < kLetters.size(); ++rank) {
    const auto letter = static_cast<unsigned char>(kLetters[rank]);
    commonness[letter] = commonness[letter ^ 0x20u] = static_cast<std::uint8_t>(kMost - rank);
  }
  for (char c : std::string_view(" \":,./-0123456789")) commonness[static_cast<unsigned char>(c)] = kMost;
  return commonness;
}();

constexpr std::uint32_t kPerShortGram = 100, kPerGram = 2000;

}  // namespace

LogSample::LogSample(std::string text) : text_(std::move(text)) {
  const std::size_t slots = std::bit_ceil(std::max<std::size_t>(1024, 4 * text_.size()));
  counts_.assign(slots, 0);
  shift_ = 64 - std::countr_zero(slots);
  for (std::size_t at = 0; at + kGram <= text_.size(); ++at) {
    std::uint8_t& count = counts_[slot_of(load_folded(text_.data() + at))];
    if (count < std::numeric_limits<std::uint8_t>::max()) ++count;
  }
}

const LogSample& LogSample::typical() {
  static const LogSample kTypical{std::string(kCommonText)};
  return kTypical;
}

std::size_t LogSample::slot_of(std::uint64_t gram) const { return gram * kMultiplier >> shift_; }

std::uint32_t LogSample::count(std::uint64_t gram) const { return counts_[slot_of(gram)]; }

std::size_t LogSample::rarest_window(std::string_view literal, std::size_t size) const {
  // What begins at each byte costs the windows that hold the whole of it.
  const auto cost_of_byte = [&](std::size_t at) -> std::int64_t {
    return kCommonness[static_cast<unsigned char>(literal[at])];
  };
  const auto cost_of_short_gram = [&](std::size_t at) -> std::int64_t {
    return common_short_grams()[short_gram_at(literal.data() + at)] ? kPerShortGram : 0;
  };
  const auto cost_of_gram = [&](std::size_t at) -> std::int64_t {
    return kPerGram * std::int64_t{count(load_folded(literal.data() + at))};
  };
  std::int64_t sum = 0, best_sum = std::numeric_limits<std::int64_t>::max();
  std::size_t best = 0;
  for (std::size_t end = 1; end <= literal.size(); ++end) {
    // The window takes in a byte at its end, and loses one at its begin.
    sum += cost_of_byte(end - 1);
    if (end >= kShortGram && size >= kShortGram) sum += cost_of_short_gram(end - kShortGram);
    if (end >= kGram && size >= kGram) sum += cost_of_gram(end - kGram);
    if (end > size) {
      const std::size_t lost = end - size - 1;
      sum -= cost_of_byte(lost);
      if (size >= kShortGram) sum -= cost_of_short_gram(lost);
      if (size >= kGram) sum -= cost_of_gram(lost);
    }
    if (end >= size && sum < best_sum) best_sum = sum, best = end - size;
  }
  return best;
}

bool is_common(std::string_view text) {
  static const std::string kLowered = lowered(kCommonText);
  return kLowered.find(lowered(text)) != std::string::npos;
}

}  // namespace logfix
