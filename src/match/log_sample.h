// What logs look like. Decides speed only: any answer is correct.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace logfix {

/// Bit 5 of every byte set: letters of either case are the same.
inline constexpr std::uint64_t kFold = 0x2020202020202020;

/// Eight bytes of a text, folded.
inline std::uint64_t load_folded(const char* bytes) {
  std::uint64_t gram;
  std::memcpy(&gram, bytes, sizeof gram);
  return gram | kFold;
}

/// A piece of a log, and what stands in it how often. Literals are searched for by the part of them
/// that it holds least.
///
/// Use:      construct once; ask from any number of threads.
/// Cost:     some nanoseconds a byte of the text.
class LogSample {
 public:
  explicit LogSample(std::string text);
  /// A text with the words, keys and formats that healthy logs are full of.
  static const LogSample& typical();

  std::string_view text() const { return text_; }
  /// About how often eight folded bytes stand in the text.
  std::uint32_t count(std::uint64_t gram) const;
  /// Where in `literal` the `size` bytes begin that are likely the rarest in logs: those whose
  /// eight-byte pieces the text has least; among equals, those with rare letters.
  std::size_t rarest_window(std::string_view literal, std::size_t size) const;

 private:
  std::size_t slot_of(std::uint64_t gram) const;

  std::string text_;
  std::vector<std::uint8_t> counts_;  // by a hash of eight folded bytes; 255 is many
  int shift_ = 0;
};

/// True if `text` stands in the typical log, in letters of either case: then healthy logs hold it.
bool is_common(std::string_view text);

}  // namespace logfix
