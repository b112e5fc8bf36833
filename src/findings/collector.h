// Matches of many records to findings.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "findings/filter.h"
#include "findings/finding.h"
#include "match/match.h"
#include "record/record.h"

namespace logfix {

/// What a collector keeps and tells of. The functions, if any, are called for each occurrence and each
/// unknown error as it comes: a finding with the count of one.
struct CollectorSettings {
  Redactor redactor{};
  Filter filter;
  std::size_t shown_variants = 10;  ///< of each rule, in a report
  std::function<void(const Finding&)> on_occurrence;
  std::function<void(const Unknown&)> on_unknown;
};

/// Counts occurrences per rule, and error-like records that no rule matches per template.
///
/// Collectors add up: two that each saw a part of a log, merged in its order, give the report of one
/// that saw it all. So what is kept when there is too much must not depend on who saw it first: of
/// variants and templates those with the smallest hashes are kept. One that is among them in the end
/// was among them all the time, and has its full count.
///
/// Use:      add() every record that was evaluated, merge() those of later parts, then
///           take_report() once.
/// Errors:   none. Threads: one instance per thread.
/// Cost:     memory is bounded by kMaxVariants a rule and kMaxUnknowns templates.
class Collector {
 public:
  static constexpr std::size_t kMaxVariants = 1000;
  static constexpr std::size_t kMaxUnknowns = 500;

  Collector() = default;
  /// The settings outlive it.
  explicit Collector(const CollectorSettings& settings) : settings_(&settings), redactor_(settings.redactor) {}

  /// Following records come from this source.
  void begin_source(std::string name);
  void add(const Record& record, const std::vector<Match>& matches);
  /// Adds what another one saw of the next part of the input. If that part begins within a source
  /// that this one has seen, `lines_before` is how many lines of it came before.
  void merge(Collector&& later, std::uint64_t lines_before);
  /// `others` are the counters that the collector doesn't keep: lines, bytes, sources, ….
  Report take_report(const Stats& others, std::string rule_set);

 private:
  class Subject;
  using Captures = std::vector<std::pair<std::string, RedactedText>>;
  struct Group {
    Finding finding;
    std::map<std::pair<std::uint64_t, Captures>, std::uint64_t> variants;  // by hash
    Moments moments;
    bool has_dropped = false;
  };
  using Unknowns = std::map<std::pair<std::uint64_t, std::string>, Unknown>;  // by hash
  bool add_occurrence(Subject& subject, const Match& match);
  bool is_hidden(const Rule& rule, const Captures& captures);
  void add_unknown(Subject& subject);
  static void add_variant(Group& group, const Captures& captures, std::uint64_t count);
  void add_unknown(const std::string& pattern, Unknown&& more);
  void set_evidence(Evidence& evidence, Subject& subject, std::size_t begin, std::size_t end) const;

  const CollectorSettings* settings_ = nullptr;
  Redactor redactor_;
  RedactedText source_;
  std::map<std::string, Group> groups_;  // by rule id
  Unknowns unknowns_;
  std::optional<Unknown> other_unknowns_;  // those whose templates are not kept
  std::map<std::size_t, std::uint64_t> accepted_;  // occurrences by the entries of the filter
  Stats stats_;
};

/// The services of moments, the most frequent first.
std::vector<SourceCount> services_of(const std::vector<Moment>& moments);

/// Where the line of an error's text begins that says most: a trace's last unindented line, else the
/// first.
std::size_t telling_line(std::string_view text);

/// The template of an error: its telling line with numbers, hex, quoted text, paths and addresses
/// masked, at most 200 bytes.
std::string masked_template(std::string_view line);

}  // namespace logfix
