#include "fuzz.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "built_in_rules.h"
#include "findings/collector.h"
#include "source_scan.h"

namespace logfix::fuzz {

std::uint8_t Input::byte() {
  if (rest_.empty()) return 0;
  const auto value = static_cast<std::uint8_t>(rest_[0]);
  rest_.remove_prefix(1);
  return value;
}

std::string_view Input::until(std::string_view end) {
  const std::size_t at = rest_.find(end);
  const std::string_view head = rest_.substr(0, at);
  rest_.remove_prefix(at == std::string_view::npos ? rest_.size() : at + end.size());
  return head;
}

void require(bool holds, std::string_view claim, std::string_view detail) {
  if (holds) return;
  for (std::string_view part : {std::string_view("does not hold: "), claim, std::string_view("\n"), detail, std::string_view("\n")})
    std::fwrite(part.data(), 1, part.size(), stderr);
  std::abort();
}

void require_same(std::string_view a, std::string_view b, std::string_view claim) {
  if (a == b) return;
  const auto at = static_cast<std::size_t>(std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin());
  const std::size_t from = at - std::min<std::size_t>(at, 100);
  require(false, claim, std::string(a.substr(from, 400)) + "\n--- and\n" + std::string(b.substr(from, 400)));
}

Result<std::size_t, std::string> Pieces::read(char* to, std::size_t size) {
  seed_ = seed_ * 1103515245 + 12345;
  const std::size_t most = is_whole_ ? size : 1 + (seed_ >> 16) % 256;
  const std::size_t count = std::min({size, rest_.size(), most});
  std::copy_n(rest_.begin(), count, to);
  rest_.remove_prefix(count);
  return count;
}

RuleSet rules_named(const std::vector<std::string_view>& ids) {
  RuleSet few = built_in_rules(false);
  std::erase_if(few.rules, [&](const Rule& rule) { return std::count(ids.begin(), ids.end(), rule.id) == 0; });
  require(few.rules.size() == ids.size(), "the rules are there");
  return few;
}

Report scan(std::string_view text, std::uint8_t seed, const Matcher& matcher, bool slow, const Redactor& redactor) {
  CollectorSettings settings;
  settings.redactor = redactor;
  Collector collector(settings);
  collector.begin_source("log");
  Stats stats;
  SourceScan scan(matcher, {slow, {}, {}}, stats,
                  [&](const Record& record, const std::vector<Match>& matches) { collector.add(record, matches); });
  Pieces stream(text, seed);
  scan.read_to_end(stream);
  return collector.take_report(stats, "sha256:0");
}

std::string file_with(std::string_view name, std::string_view text) {
  // Removed when the program ends as it should.
  struct Folder {
    std::filesystem::path path = std::filesystem::temp_directory_path() / ("logfix-fuzz-" + std::to_string(getpid()));
    ~Folder() {
      std::error_code ignored;
      std::filesystem::remove_all(path, ignored);
    }
  };
  static const Folder folder;
  const std::filesystem::path path = folder.path / name;
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
  return path.string();
}

}  // namespace logfix::fuzz
