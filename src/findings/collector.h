// Matches of many records to findings.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "findings/finding.h"
#include "match/match.h"
#include "record/record.h"

namespace logfix {

/// Counts occurrences per rule, and error-like records that no rule matches per template.
///
/// Use:      add() every record that was evaluated, then take_report() once.
/// Errors:   none. Threads: one instance per thread.
/// Cost:     memory is bounded by kMaxVariants a rule and kMaxUnknowns templates; what comes
///           beyond is counted without its values.
class Collector {
 public:
  static constexpr std::size_t kMaxVariants = 1000;
  static constexpr std::size_t kShownVariants = 10;
  static constexpr std::size_t kMaxUnknowns = 500;

  /// Following records come from this source.
  void begin_source(std::string name);
  void add(const Record& record, const std::vector<Match>& matches);
  /// `others` are the counters that the collector doesn't keep: lines, bytes, sources, ….
  Report take_report(const Stats& others, std::string rule_set);

 private:
  struct Group {
    Finding finding;
    std::map<std::vector<std::pair<std::string, LogText>>, std::uint64_t> variants;
    std::uint64_t unkept_variants = 0;
  };
  void add_occurrence(const Record& record, const Match& match);
  void add_unknown(const Record& record);
  Evidence evidence(const Record& record, std::size_t begin, std::size_t end) const;

  std::string source_;
  std::map<std::string, Group> groups_;  // by rule id
  std::map<std::string, Unknown> unknowns_;
  Stats stats_;
};

/// The template of an error: its telling line with numbers, hex, quoted text, paths and addresses
/// masked, at most 200 bytes.
std::string masked_template(std::string_view line);

/// Orders findings: root causes by severity and count, each followed by what it explains.
void order_by_root_cause(std::vector<Finding>& findings);

}  // namespace logfix
