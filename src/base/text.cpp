#include "base/text.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace logfix {

// The eight bytes at `from`, A to Z in lower case. In seven bits, adding what is missing to 0x80 sets the highest
// bit of those that are large enough: of A and what is above it, and of what is above Z.
static std::uint64_t lowered_word(const char* from) {
  constexpr std::uint64_t kEach = 0x0101010101010101, kHighest = 0x80 * kEach;
  std::uint64_t word;
  std::memcpy(&word, from, sizeof word);
  const std::uint64_t low = word & ~kHighest;
  const std::uint64_t from_a = low + (0x80 - 'A') * kEach, above_z = low + (0x7f - 'Z') * kEach;
  const std::uint64_t is_upper = from_a & ~above_z & ~word & kHighest;
  return word | is_upper >> 2;
}

bool contains(std::string_view text, std::string_view piece) {
  return memmem(text.data(), text.size(), piece.data(), piece.size()) != nullptr;
}

// Eight bytes at a time: the scan compares each atom that may stand somewhere, and some ten share a place.
bool equals_ignoring_case(std::string_view a, std::string_view b) {
  constexpr std::size_t kWord = sizeof(std::uint64_t);
  if (a.size() != b.size()) return false;
  if (a.size() < kWord) {
    return std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return to_lower(x) == to_lower(y); });
  }
  const auto is_same_at = [&](std::size_t at) { return lowered_word(a.data() + at) == lowered_word(b.data() + at); };
  for (std::size_t at = 0; at + kWord <= a.size(); at += kWord)
    if (!is_same_at(at)) return false;
  return is_same_at(a.size() - kWord);
}

std::string lowered(std::string_view text) {
  std::string out;
  copy_lowered(text, out);
  return out;
}

void copy_lowered(std::string_view text, std::string& to) {
  to.resize(text.size());
  std::transform(text.begin(), text.end(), to.begin(), to_lower);
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::vector<std::string_view> split_lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

std::size_t line_begin(std::string_view text, std::size_t at) {
  const void* feed = memrchr(text.data(), '\n', at);
  return feed ? static_cast<std::size_t>(static_cast<const char*>(feed) - text.data()) + 1 : 0;
}

std::size_t line_end(std::string_view text, std::size_t at) { return std::min(text.find('\n', at), text.size()); }

// Sums of bytes in 64 lanes of a byte each, so that compilers turn it into vector code; a lane is
// full after 255 rounds. (std::count sums in 64 bits and takes eight times as long.)
std::size_t count_line_feeds(std::string_view text) {
  constexpr std::size_t kLanes = 64, kRounds = 255;
  std::size_t count = 0, at = 0;
  while (text.size() - at >= kLanes) {
    unsigned char sums[kLanes] = {};
    for (std::size_t round = 0; round < kRounds && text.size() - at >= kLanes; ++round) {
      for (std::size_t lane = 0; lane < kLanes; ++lane) sums[lane] += text[at + lane] == '\n';
      at += kLanes;
    }
    for (unsigned char sum : sums) count += sum;
  }
  for (; at < text.size(); ++at) count += text[at] == '\n';
  return count;
}

namespace {

constexpr char kEscape = '\x1b';

// The length of the control sequence at the head of `text`, which begins with ESC (ECMA-48):
// CSI parameters and its final byte; a string (OSC, DCS, …) up to BEL or ST; else two bytes.
std::size_t sequence_length(std::string_view text) {
  if (text.size() < 2) return text.size();
  if (text[1] == '[') {
    std::size_t i = 2;
    while (i < text.size() && text[i] >= 0x20 && text[i] <= 0x3f) ++i;
    return i < text.size() && text[i] >= 0x40 && text[i] <= 0x7e ? i + 1 : i;
  }
  if (text[1] == ']' || text[1] == 'P' || text[1] == '^' || text[1] == '_') {
    for (std::size_t i = 2; i < text.size() && text[i] != '\n'; ++i) {
      if (text[i] == '\a') return i + 1;
      if (text[i] == kEscape && i + 1 < text.size() && text[i + 1] == '\\') return i + 2;
    }
    return 2;  // never ends: drop only its introducer, the rest may be text
  }
  return 2;
}

}  // namespace

std::string without_ansi(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    std::size_t at = text.find(kEscape);
    out.append(text.substr(0, at));
    if (at == std::string_view::npos) break;
    text.remove_prefix(at);
    text.remove_prefix(sequence_length(text));
  }
  return out;
}

}  // namespace logfix
