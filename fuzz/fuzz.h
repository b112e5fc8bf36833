// What the fuzz targets share. A target defines LLVMFuzzerTestOneInput(), which must hold for any bytes;
// what doesn't hold is said and ends the program, so that libFuzzer keeps the input.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "findings/finding.h"
#include "match/matcher.h"
#include "ruleset/rule.h"
#include "source/stream.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace logfix::fuzz {

/// What a target needs to choose (sizes of reads, options), from the head of an input; the rest is text.
class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size) : rest_(reinterpret_cast<const char*>(data), size) {}
  /// The next byte; 0 when there is none.
  std::uint8_t byte();
  std::string_view rest() const { return rest_; }
  /// Up to the first of `end`, which is left out; all if it isn't there.
  std::string_view until(std::string_view end);

 private:
  std::string_view rest_;
};

/// Ends the program, saying so, if a claim doesn't hold.
void require(bool holds, std::string_view claim, std::string_view detail = {});
/// The same for two texts; says where they differ.
void require_same(std::string_view a, std::string_view b, std::string_view claim);

/// A stream that gives out a text in pieces of one to 256 bytes or, for `seed` 0, at once.
class Pieces : public ByteStream {
 public:
  Pieces(std::string_view text, std::uint8_t seed) : rest_(text), seed_(seed), is_whole_(seed == 0) {}
  Result<std::size_t, std::string> read(char* to, std::size_t size) override;

 private:
  std::string_view rest_;
  std::uint32_t seed_;
  bool is_whole_;
};

/// The built-in rules with these ids.
RuleSet rules_named(const std::vector<std::string_view>& ids);

/// The report on a text that is read in pieces.
Report scan(std::string_view text, std::uint8_t seed, const Matcher& matcher, bool slow,
            const Redactor& redactor = Redactor());

/// A file of this program's own with this text, overwritten by the next call with the same name.
std::string file_with(std::string_view name, std::string_view text);

}  // namespace logfix::fuzz
