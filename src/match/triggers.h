// What can make a line matter beside the atoms of signatures: what unknown errors are told by, and what
// hides text from a raw scan. No state; from any number of threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "ruleset/rule.h"

namespace logfix {

/// A literal that a line may matter for, and what more must hold where it stands.
struct Trigger {
  /// What matters alone; the head of a JSON escape; of a level; a key of JSON; `.go:` behind klog's head.
  enum class Kind : std::uint8_t { kMark, kEscape, kLevelWord, kKey, kKlog };
  Kind kind;
  Literal literal;
};

/// All of them. Together they find no less than is_error_like().
std::vector<Trigger> triggers();

/// Whether the literal of a trigger, which stands at `at`, makes its line matter. Looks no further than it must.
bool makes_matter(const Trigger& trigger, std::string_view text, std::size_t at);

/// Appends where the priority of syslog says error, or worse, at the head of a line or of a message that a
/// wrapping is around.
void find_syslog_errors(std::string_view text, std::vector<std::size_t>& offsets);
/// Appends where lines begin that are so long that Docker may have cut a message, into parts of 16 KiB.
void find_long_docker_lines(std::string_view block, std::vector<std::size_t>& offsets);

}  // namespace logfix
