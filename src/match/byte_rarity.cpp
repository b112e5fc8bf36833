#include "match/byte_rarity.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

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
    R"(succeeded in 0.01s: None ForkPoolWorker- POST PUT DELETE PATCH Mozilla/5.0 (X11; Linux x86_64) )"
    R"(AppleWebKit/537.36 (KHTML, like Gecko) Chrome/ Safari/ connection connected connecting to host )"
    R"(port database user role relation table column index query statement failed error exception retry )"
    R"(retrying timeout request response export exporting exported batch traces metrics logs signal )"
    R"(handled unhandled expires retrying worker queue pool size limit started starting stopped ready server client process running load )"
    R"(loaded password token auth callback session cache login redis postgres not does exist is the and for with from )";

constexpr std::size_t kGram = 4;

std::uint32_t folded_gram(const char* bytes) {
  std::uint32_t gram;
  std::memcpy(&gram, bytes, kGram);
  return gram | 0x20202020;
}

bool is_common_gram(std::uint32_t gram) {
  static const std::vector<std::uint32_t> kGrams = [] {
    std::vector<std::uint32_t> grams;
    for (std::size_t at = 0; at + kGram <= kCommonText.size(); ++at)
      grams.push_back(folded_gram(kCommonText.data() + at));
    std::sort(grams.begin(), grams.end());
    return grams;
  }();
  return std::binary_search(kGrams.begin(), kGrams.end(), gram);
}

// By how often letters stand in English text; spaces, digits and the marks of JSON are as common.
int commonness(char c) {
  constexpr std::string_view kLetters = "etaoinsrhldcumfpgwybvkxjqz";
  constexpr int kMost = static_cast<int>(kLetters.size());
  if (is_digit(c) || std::string_view(" \":,./-").find(c) != std::string_view::npos) return kMost;
  const std::size_t rank = kLetters.find(to_lower(c));
  return rank == std::string_view::npos ? 3 : kMost - static_cast<int>(rank);
}

constexpr int kPerCommonGram = 100;

}  // namespace

std::string_view typical_log() { return kCommonText; }

bool is_common(std::string_view text) {
  static const std::string kLowered = lowered(kCommonText);
  return kLowered.find(lowered(text)) != std::string::npos;
}

std::size_t rarest_window(std::string_view text, std::size_t size) {
  std::size_t best = 0;
  int best_sum = std::numeric_limits<int>::max();
  for (std::size_t at = 0; at + size <= text.size(); ++at) {
    const std::string_view window = text.substr(at, size);
    int sum = 0;
    for (char c : window) sum += commonness(c);
    for (std::size_t i = 0; i + kGram <= size; ++i)
      if (is_common_gram(folded_gram(window.data() + i))) sum += kPerCommonGram;
    if (sum < best_sum) best_sum = sum, best = at;
  }
  return best;
}

}  // namespace logfix
