// Which lines could matter, and which signatures could match: one scan for literals, then a look around
// what it found.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "match/compiled_rule.h"
#include "match/literal_scan.h"
#include "match/triggers.h"

namespace logfix {

/// The atoms of all signatures, and the triggers. May over-report, never under-report.
///
/// Use:      construct once; then everything from any number of threads.
/// Lifetime: the rules outlive it.
/// Errors:   none.
/// Cost:     about that of LiteralScan; a line that holds an atom is looked at once for each.
class Candidates {
 public:
  explicit Candidates(const std::vector<CompiledRule>& rules);

  /// Appends offsets of bytes in `block` whose line may hold something, as Matcher says; ascending.
  void find(std::string_view block, std::vector<std::size_t>& offsets) const;
  /// Appends the signatures of which an atom stands in a text, in no order, once for each of their atoms.
  void find_signatures(std::string_view text, std::vector<SignatureIndex>& found) const;
  /// By rule, an atom of it that stands in the text; empty if none does.
  std::vector<std::string_view> atoms_in(std::string_view text) const;

  /// What follows is found faster, and the same: see Matcher.
  void tune(std::string_view sample) const;

 private:
  class Line;
  struct Atom {
    std::size_t size;
    int escaped;                         // escaped_character()
    bool stays_in_line = true;           // all its signatures do
    std::vector<SignatureIndex> owners;  // signatures share atoms (` does not exist`)
  };
  std::shared_ptr<const LiteralScan> scan() const {
    const std::lock_guard lock(mutex_);
    return scan_;
  }
  const Pattern& pattern_of(const SignatureIndex& at) const { return *rules_[at.rule].signatures[at.signature]; }
  void find_wanted(std::string_view text, std::vector<std::size_t>& offsets, std::vector<std::size_t>& veils) const;
  void find_veiled(std::string_view block, const std::vector<std::size_t>& veils,
                   std::vector<std::size_t>& offsets) const;
  bool may_match_in_line(const Occurrence& occurrence, std::string_view text, Line& line) const;

  const std::vector<CompiledRule>& rules_;
  // A trigger makes its line matter alone, so it stays apart from the same text as an atom, whose line must
  // hold the rest of a signature too. The literals of the scan are those of the atoms, then the triggers'.
  std::vector<Atom> atoms_;
  std::vector<Trigger> triggers_ = triggers();
  mutable std::shared_ptr<const LiteralScan> scan_;
  mutable std::mutex mutex_;  // of scan_
  mutable std::atomic_flag is_tuned_ = ATOMIC_FLAG_INIT;
};

}  // namespace logfix
