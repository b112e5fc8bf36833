#include "source/reader.h"

#include <unistd.h>

#include <random>
#include <thread>

#include "catch.h"

namespace logfix {
namespace {

struct Pipe {
  int ends[2];
  Pipe() { REQUIRE(pipe(ends) == 0); }
  ~Pipe() { close(ends[0]); }
};

// Reads `text` through a pipe that is written in pieces of random size, and checks each block.
std::string read_back(const std::string& text, unsigned seed) {
  Pipe p;
  std::thread writer([&] {
    std::mt19937 random(seed);
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t size = std::min<std::size_t>(1 + random() % 100'000, text.size() - at);
      at += static_cast<std::size_t>(write(p.ends[1], text.data() + at, size));
    }
    close(p.ends[1]);
  });
  const auto stream = stream_of(p.ends[0]);
  BlockReader reader(*stream);
  std::string out;
  for (bool more = true; more;) {
    const auto block = reader.next();
    REQUIRE(block);
    REQUIRE(block->offset + block->fresh == out.size());
    // What is kept of the past is what was given out before.
    REQUIRE(text.compare(block->offset, block->bytes.size(), block->bytes) == 0);
    REQUIRE(block->fresh >= std::min<std::size_t>(out.size(), 2 * kJoinHorizon));
    const std::string_view fresh = block->bytes.substr(block->fresh);
    if (!block->is_last && !fresh.ends_with('\n')) REQUIRE(fresh.size() >= kMaxLineBytes);
    out += fresh;
    more = !block->is_last;
  }
  writer.join();
  return out;
}

TEST_CASE("blocks are whole lines, and nothing is lost or doubled") {
  std::mt19937 random(7);
  std::string text;
  while (text.size() < 5'000'000) {
    text.append(random() % (random() % 50 == 0 ? 300'000 : 300), 'x');
    text += '\n';
  }
  text += "the last line has no end";
  for (unsigned seed = 1; seed <= 3; ++seed) CHECK(read_back(text, seed) == text);
}

TEST_CASE("an endless line comes in pieces, and the next line is found") {
  std::string text(3 * kMaxLineBytes + 17, 'x');
  text += "\nnext\n";
  CHECK(read_back(text, 1) == text);
}

TEST_CASE("nothing, and a descriptor that can't be read") {
  CHECK(read_back("", 1).empty());
  const auto stream = stream_of(-1);
  BlockReader reader(*stream);
  const auto block = reader.next();
  REQUIRE_FALSE(block);
  CHECK_FALSE(block.error().empty());
}

}  // namespace
}  // namespace logfix
