// Whether matching takes linear time, whatever comes. For each rule, text is made of its own signatures and
// examples that nearly matches: their heads again and again, without their tails; a head and an endless
// capture; single literals. Each is scanned at 64 KiB and at 4 MiB; what is found and reported, from 512 KiB
// on, as the first two join horizons (record/assembler.h) may be one record, and what follows many; a line
// without an end from 2 MiB on, as it is then taken in pieces.
//
//     bench_linear [--quick] [RULE…]     the slowest texts, and those that break the limits; exits with 1 for one
//
// Limits: nanoseconds a byte grow by half at most, and are 200 at most where nothing is found: lines of 20 bytes
// that all nearly match. What is done once, as soon as there is cause for it, looks like growth: what breaks the
// limits is measured again, up to four times the size. With --quick, up to 1 MiB, of every 50th rule, and with
// room for what other programs take away.
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <string>
#include <vector>

#include "base/text.h"
#include "built_in_rules.h"
#include "findings/collector.h"
#include "source_scan.h"

namespace logfix {
namespace {

struct Limits {
  std::size_t small = std::size_t{64} << 10, large = std::size_t{4} << 20;
  double growth = 1.5, nanoseconds = 200;
};

class Text : public ByteStream {
 public:
  explicit Text(std::string_view text) : rest_(text) {}
  Result<std::size_t, std::string> read(char* to, std::size_t size) override {
    const std::size_t count = std::min(size, rest_.size());
    std::copy_n(rest_.begin(), count, to);
    rest_.remove_prefix(count);
    return count;
  }

 private:
  std::string_view rest_;
};

double seconds_of_scan(std::string_view text, const Matcher& matcher, bool& matches_any) {
  const std::clock_t begin = std::clock();
  Collector collector;
  collector.begin_source("log");
  Stats stats;
  SourceScan scan(matcher, {false, {}, {}}, stats,
                  [&](const Record& record, const std::vector<Match>& matches) {
                    matches_any |= !matches.empty() || is_error_like(record);
                    collector.add(record, matches);
                  });
  Text stream(text);
  scan.read_to_end(stream);
  collector.take_report(stats, "");
  return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
}

// The least of some runs, as other programs may be busy, too.
double nanoseconds_per_byte(std::string_view text, const Matcher& matcher, int runs, bool& matches_any) {
  double least = 1e9;
  for (int n = 0; n < runs; ++n) least = std::min(least, seconds_of_scan(text, matcher, matches_any));
  return least * 1e9 / static_cast<double>(text.size());
}

// `piece` again and again; `head` before it once.
std::string repeated(std::string_view head, std::string_view piece, std::size_t size) {
  std::string text(head);
  while (text.size() < size) text += piece;
  text.resize(size);
  return text;
}

// A text that nearly matches: what stands first, and what is repeated.
struct NearMiss {
  std::string head, piece;
};

std::vector<NearMiss> near_misses_of(const Rule& rule) {
  std::vector<NearMiss> all;
  for (const Signature& signature : rule.signatures) {
    std::string filled, head;
    for (const TemplatePart& part : signature.parts) {
      if (&part == &signature.parts.back() && part.kind == TemplatePart::Kind::kLiteral) break;
      filled += part.kind == TemplatePart::Kind::kLiteral ? part.text : part.kind == TemplatePart::Kind::kSpace ? " " : "1";
      if (head.empty()) head = filled;
    }
    if (signature.parts.size() > 1) {
      all.push_back({"", filled});
      all.push_back({"", "ERROR " + filled + "\n"});
      all.push_back({head, "x1."});
      all.push_back({"", head});
    }
    for (const std::string& literal : signature.literals) all.push_back({"", literal + " "});
  }
  for (const Example& example : rule.examples) {
    const std::string_view text = example.text;
    const std::string_view cut = text.substr(0, text.size() - std::min<std::size_t>(text.size(), 3));
    all.push_back({"", std::string(cut)});
    all.push_back({"", std::string(cut) + "\n"});
    all.push_back({std::string(text.substr(0, text.size() / 2)), "y2"});
    all.push_back({std::string(text.substr(0, text.size() / 2)), "z\n"});
  }
  std::erase_if(all, [](const NearMiss& near) { return near.piece.empty(); });
  return all;
}

struct Measured {
  std::string rule, text;
  double small = 0, large = 0;
  bool matches_any = false;  // then it is reported, too: secrets are searched for, and examples kept
  bool breaks(const Limits& limits) const {
    // Below that, what is done once for a scan counts, and whether the text is one line or pieces of one.
    constexpr double kCheap = 5;
    return (!matches_any && large > limits.nanoseconds) || large > limits.growth * std::max(small, kCheap);
  }
};

std::string told(const Measured& m) {
  return fmt::format("{:7.2f} {:7.2f} ns/byte{}  {}: {}\n", m.small, m.large, m.matches_any ? " (matches)" : "", m.rule, m.text);
}

// A line that is too long to be taken whole is taken in pieces, and each piece is looked at together with the
// end of the one before: the small text has some, too.
std::size_t small_size(std::string_view large, bool matches_any, const Limits& limits) {
  const bool is_in_pieces = large.find('\n') == std::string_view::npos && large.size() > 2 * kMaxLineBytes;
  return is_in_pieces ? 2 * kMaxLineBytes : matches_any ? std::size_t{512} << 10 : limits.small;
}

Measured measured(const NearMiss& near, const Matcher& matcher, const Limits& limits) {
  Measured m;
  m.text = near.head.substr(0, 50) + "…" + near.piece.substr(0, 60);
  std::replace(m.text.begin(), m.text.end(), '\n', ' ');
  const auto measure = [&](std::size_t size, int runs) {
    const std::string text = repeated(near.head, near.piece, size);
    m.large = nanoseconds_per_byte(text, matcher, runs, m.matches_any);
    const std::size_t small = runs == 1 ? small_size(text, m.matches_any, limits) : size / 4;
    m.small = nanoseconds_per_byte(std::string_view(text).substr(0, small), matcher, 3 * runs, m.matches_any);
  };
  measure(limits.large, 1);
  if (m.breaks(limits)) measure(4 * limits.large, 3);
  return m;
}

int run(const std::vector<std::string_view>& arguments) {
  const auto is_asked = [&](std::string_view word) { return std::find(arguments.begin(), arguments.end(), word) != arguments.end(); };
  const bool is_quick = is_asked("--quick");
  const bool has_names = arguments.size() > is_quick;
  Limits limits;
  if (is_quick) limits = {limits.small, std::size_t{1} << 20, 3, 300};
  const RuleSet rules = built_in_rules(true);
  const Matcher matcher(rules);
  std::vector<Measured> all;
  for (std::size_t i = 0; i < rules.rules.size(); ++i) {
    if (has_names ? !is_asked(rules.rules[i].id) : is_quick && i % 50 != 0) continue;
    for (const NearMiss& near : near_misses_of(rules.rules[i])) {
      Measured m = measured(near, matcher, limits);
      m.rule = rules.rules[i].id;
      all.push_back(m);
      if (m.breaks(limits)) fmt::print("FAIL {}", told(m)), std::fflush(stdout);
    }
  }
  std::sort(all.begin(), all.end(), [](const Measured& a, const Measured& b) { return a.large > b.large; });
  std::size_t broken = 0;
  for (const Measured& m : all)
    broken += m.breaks(limits);
  for (std::size_t i = 0; i < std::min<std::size_t>(all.size(), 10); ++i) fmt::print("     {}", told(all[i]));
  fmt::print("linear: {} texts of {} and {} bytes, {} not linear or too slow; at most {:.1f} ns/byte\n", all.size(), limits.small,
             limits.large, broken, all.empty() ? 0 : all.front().large);
  return broken > 0 || all.empty();
}

}  // namespace
}  // namespace logfix

int main(int argc, char** argv) { return logfix::run({argv + 1, argv + argc}); }
