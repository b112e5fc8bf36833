#include "record/parts.h"

#include "base/text.h"
#include "catch.h"
#include "envelope/unwrap.h"

namespace logfix {
namespace {

constexpr std::uint64_t kHorizon = 1 << 16;
constexpr std::size_t kMaxMessage = 1 << 20;

// The messages that the parts in a log make, in the order of their first lines.
std::vector<std::string> messages(std::string_view log, std::size_t max_bytes = kMaxMessage) {
  Unwrapper unwrapper;
  PartJoiner parts(kHorizon, max_bytes);
  std::vector<PartJoiner::Message> whole;
  std::uint64_t number = 0, offset = 0;
  for (std::string_view line : split_lines(log)) {
    parts.take_expired(offset, whole);
    parts.add(unwrapper.unwrap(line).back(), {++number, offset}, whole);
    offset += line.size() + 1;
  }
  parts.take_all(whole);
  std::vector<std::string> texts;
  for (const PartJoiner::Message& message : whole) texts.push_back(message.text);
  return texts;
}

std::string cri(std::string_view stream, std::string_view tag, std::string_view text) {
  return "2026-11-23T02:14:07.1Z " + std::string(stream) + " " + std::string(tag) + " " + std::string(text) + "\n";
}

using Texts = std::vector<std::string>;

TEST_CASE("a message of any number of parts is all of them") {
  std::string log, whole;
  for (int n = 0; n < 9; ++n) {
    log += cri("stdout", "P", "part " + std::to_string(n) + ", ");
    whole += "part " + std::to_string(n) + ", ";
    CHECK(messages(log + cri("stdout", "F", "end")) == Texts{whole + "end"});
  }
}

TEST_CASE("parts of two streams do not mix") {
  CHECK(messages(cri("stdout", "P", "a") + cri("stderr", "P", "x") + cri("stdout", "P", "b") + cri("stderr", "F", "y") + cri("stdout", "F", "c")) ==
        Texts{"abc", "xy"});
}

TEST_CASE("a message without its last part is given out when the log ends, or when nothing can follow") {
  CHECK(messages(cri("stdout", "P", "a") + cri("stdout", "P", "b")) == Texts{"ab"});
  std::string log = cri("stdout", "P", "a");
  while (log.size() < 3 * kHorizon) log += cri("stderr", "F", "other");
  CHECK(messages(log + cri("stdout", "F", "too late")) == Texts{"a"});
}

TEST_CASE("messages that end at once are given out in the order in which they began") {
  std::string log = cri("stdout", "P", "a") + cri("stderr", "P", "b");
  while (log.size() < 3 * kHorizon) log += "api-1  | other\n";
  CHECK(messages(log) == Texts{"a", "b"});
}

TEST_CASE("a line that the program writes ends what its runtime had cut") {
  const std::string part = R"({"__REALTIME_TIMESTAMP":"1795473000000000","CONTAINER_NAME":"api-1","CONTAINER_PARTIAL_MESSAGE":"true","MESSAGE":"a"})" "\n";
  CHECK(messages(part + "api-1  | a line of its own\n" + part) == Texts{"a", "a"});
}

TEST_CASE("a message that is too long is given out as it is") {
  CHECK(messages(cri("stdout", "P", "aaaa") + cri("stdout", "P", "bbbb") + cri("stdout", "F", "c"), 8) == Texts{"aaaabbbb"});
}

}  // namespace
}  // namespace logfix
