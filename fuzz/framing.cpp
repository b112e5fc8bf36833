// Bytes to lines, lines to entries: nothing is lost, nothing is made up.
#include "base/text.h"
#include "envelope/unwrap.h"
#include "fuzz.h"
#include "match/veil.h"
#include "source/reader.h"

namespace logfix {
namespace {

// The fresh bytes of all blocks, each of whole lines or a piece of an endless one.
std::string read_all(std::string_view text, std::uint8_t seed) {
  fuzz::Pieces stream(text, seed);
  BlockReader reader(stream);
  std::string all;
  for (bool more = true; more;) {
    const auto block = reader.next();
    fuzz::require(block.has_value(), "a readable stream is read");
    const std::string_view fresh = block->bytes.substr(block->fresh);
    fuzz::require(block->offset + block->fresh == all.size(), "blocks lie end to end");
    fuzz::require(all.ends_with(block->bytes.substr(0, block->fresh)), "what is kept of the past is the past");
    const bool ends_in_line = !fresh.empty() && fresh.back() != '\n';
    fuzz::require(!ends_in_line || block->is_last || fresh.size() >= kMaxLineBytes, "only an endless line is cut");
    all += fresh;
    more = !block->is_last;
  }
  return all;
}

// What the matcher builds on when it tries a signature on a raw line.
void check_entry(const Entry& entry, std::string_view line) {
  for (std::string_view part : split_lines(entry.text)) {
    if (part == "\x1f") continue;  // of kValueBreak
    fuzz::require(line.find(part) != std::string_view::npos, "lines of an entry are parts of the raw line", part);
  }
}

}  // namespace
}  // namespace logfix

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace logfix;
  fuzz::Input input(data, size);
  const std::uint8_t seed = input.byte();
  std::string text(input.rest());
  if (seed == 255) text.insert(text.size() / 2, std::string(kMaxLineBytes - text.size() / 2 + 3, 'x'));
  fuzz::require_same(read_all(text, seed), text, "all bytes are given out once");
  static Unwrapper unwrapper, of_parts;
  for (std::string_view line : split_lines(text)) {
    const bool is_plain = is_as_it_is(line) && line.find("MESSAGE\":[") == std::string_view::npos;
    const auto entries = unwrapper.unwrap(line);
    fuzz::require(!entries.empty(), "a line has an entry");
    for (const Entry& entry : entries)
      if (is_plain) check_entry(entry, line);
    const Entry part = entries.back();
    fuzz::require(part.wrapped.size() <= line.size(), "what is wrapped is smaller");
    for (const Entry& entry : of_parts.unwrap_joined(part.wrapped, part))
      fuzz::require(entry.text.size() <= 2 * line.size() + 64, "unwrapping makes nothing larger");
  }
  return 0;
}
