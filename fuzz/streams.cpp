// Compressed files, archives and UTF-16: whatever they hold, reading them ends.
#include "base/text.h"
#include "fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace logfix;
  fuzz::Input input(data, size);
  const std::uint8_t seed = input.byte();
  fuzz::Pieces stream(input.rest(), seed);
  std::size_t left = std::size_t{4} << 20;
  std::string all;
  const std::string error = for_each_log(stream, [&](std::string_view, ByteStream& log) -> std::string {
    char buffer[4096];
    while (left > 0) {
      const auto count = log.read(buffer, sizeof buffer);
      if (!count) return count.error();
      if (*count == 0) return {};
      fuzz::require(*count <= sizeof buffer, "no more is read than fits");
      all.append(buffer, *count);
      left -= std::min(left, *count);
    }
    return "that is enough";
  });
  // Text stays what it is.
  const bool is_text = input.rest().find_first_not_of("abcdefghijklmnopqrstuvwxyz \n") == std::string_view::npos;
  if (is_text && error.empty()) fuzz::require_same(all, input.rest(), "text is passed on as it is");
  return 0;
}
