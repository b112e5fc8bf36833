#include "findings/secrets.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

#include "base/text.h"
#include "findings/secret_scan.h"

namespace logfix {
namespace {

constexpr std::size_t kLeastBase64 = 16;
constexpr int kMaxBase64Depth = 2;

// A text decoded, and for each of its bytes the one that it came from.
struct View {
  std::string text;
  std::vector<std::uint32_t> origin;  // one more than there are bytes

  void push(char c, std::size_t from) {
    text += c;
    origin.push_back(static_cast<std::uint32_t>(from));
  }
};

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  c = to_lower(c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// The value of `count` hex digits at `at`; -1 if they are none.
int hex_at(std::string_view text, std::size_t at, std::size_t count) {
  if (at + count > text.size()) return -1;
  int value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    const int digit = hex_value(text[i]);
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

// Decoders return nothing if there is nothing to decode.
using Decoder = std::optional<View> (*)(std::string_view);

// True if the line feed at `feed` behind [line, end) may be a terminal's: the line is long, and at most
// one blank stands at the cut.
bool is_wrap(std::string_view text, std::size_t line, std::size_t end, std::size_t feed) {
  if (end - line < kLeastWrappedLine || feed + 1 >= text.size()) return false;
  const auto shows = [&](std::size_t at) { return at < text.size() && static_cast<unsigned char>(text[at]) > ' '; };
  if (shows(end - 1)) return shows(feed + 1) || (text[feed + 1] == ' ' && shows(feed + 2));
  return text[end - 1] == ' ' && shows(end - 2) && shows(feed + 1);
}

std::optional<View> without_wraps(std::string_view text) {
  if (text.find('\n', kLeastWrappedLine) == std::string_view::npos) return std::nullopt;
  View out;
  std::size_t line = 0;
  bool has_changed = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const std::size_t feed = text[at] == '\r' && at + 1 < text.size() ? at + 1 : at;
    if (text[feed] == '\n') {
      const bool goes_on = is_wrap(text, line, at, feed);
      line = feed + 1;
      if (goes_on) {
        has_changed = true;
        at = feed;
        continue;
      }
    }
    out.push(text[at], at);
  }
  if (!has_changed) return std::nullopt;
  return out;
}

// Backslash escapes of JSON, Python and shells, however often they were applied.
std::optional<View> without_backslashes(std::string_view text) {
  if (text.find('\\') == std::string_view::npos) return std::nullopt;
  View out;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t escaped = at;
    while (escaped < text.size() && text[escaped] == '\\') ++escaped;
    if (escaped == at) {
      out.push(text[at], at);
      ++at;
      continue;
    }
    if (escaped == text.size()) break;
    const char c = text[escaped];
    int code = -1;
    std::size_t size = 1;
    if (c == 'n') code = '\n';
    if (c == 'r') code = '\r';
    if (c == 't') code = '\t';
    if (c == '"' || c == '\'' || c == '/' || c == '`') code = c;
    if (c == 'u' && (code = hex_at(text, escaped + 1, 4)) >= 0) size = 5;
    if (c == 'x' && (code = hex_at(text, escaped + 1, 2)) >= 0) size = 3;
    if (code < 0) {
      out.push('\\', at);
      at = escaped;
    } else {
      out.push(code < 0x80 ? static_cast<char>(code) : '?', at);
      at = escaped + size;
    }
  }
  return out;
}

std::optional<View> without_percents(std::string_view text) {
  if (text.find('%') == std::string_view::npos) return std::nullopt;
  View out;
  bool has_changed = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const int code = text[at] == '%' ? hex_at(text, at + 1, 2) : -1;
    out.push(code < 0 ? text[at] : static_cast<char>(code), at);
    if (code >= 0) at += 2, has_changed = true;
  }
  if (!has_changed) return std::nullopt;
  return out;
}

int base64_value(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (is_digit(c)) return c - '0' + 52;
  if (c == '+' || c == '-') return 62;
  return c == '/' || c == '_' ? 63 : -1;
}

// What a run of base64 holds, if that is text.
std::optional<std::string> decoded_text(std::string_view run) {
  std::string out;
  std::uint32_t bits = 0;
  int count = 0;
  for (char c : run) {
    bits = (bits << 6) | static_cast<std::uint32_t>(base64_value(c));
    count += 6;
    if (count < 8) continue;
    count -= 8;
    const auto byte = static_cast<unsigned char>(bits >> count);
    if (byte < 0x20 && byte != '\n' && byte != '\r' && byte != '\t') return std::nullopt;
    if (byte == 0x7f || byte >= 0xf5 || byte == 0xc0 || byte == 0xc1) return std::nullopt;
    out += static_cast<char>(byte);
  }
  return out;
}

void scan_decoded(std::string_view text, int depth, std::vector<Secret>& found);

void scan_base64(std::string_view text, int depth, std::vector<Secret>& found) {
  if (depth >= kMaxBase64Depth) return;
  for (std::size_t at = 0; at < text.size();) {
    if (base64_value(text[at]) < 0) {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < text.size() && base64_value(text[end]) >= 0) ++end;
    // A path may stand before it: try it from each of the first slashes on.
    std::size_t begin = at;
    for (int tries = 0; tries < 4 && end - begin >= kLeastBase64; ++tries) {
      const auto decoded = decoded_text(text.substr(begin, end - begin));
      std::vector<Secret> inside;
      if (decoded) scan_decoded(*decoded, depth + 1, inside);
      if (!inside.empty()) {
        while (end < text.size() && text[end] == '=') ++end;
        found.push_back({begin, end, inside.front().kind});
        break;
      }
      const std::size_t slash = text.substr(0, end).find_first_of("/-_", begin + 1);
      if (slash == std::string_view::npos) break;
      begin = slash + 1;
    }
    at = end;
  }
}

void scan_decoded(std::string_view text, int depth, std::vector<Secret>& found) {
  static constexpr Decoder kDecoders[] = {without_wraps, without_backslashes, without_percents,
                                          without_backslashes};
  scan_for_secrets(text, found);
  scan_base64(text, depth, found);
  View view;
  for (const Decoder decode : kDecoders) {
    std::optional<View> next = decode(view.text.empty() ? text : std::string_view(view.text));
    if (!next) continue;
    next->origin.push_back(static_cast<std::uint32_t>(
        view.text.empty() ? text.size() : view.text.size()));
    if (!view.text.empty())
      for (std::uint32_t& from : next->origin) from = view.origin[from];
    view = std::move(*next);
    std::vector<Secret> inside;
    scan_for_secrets(view.text, inside);
    scan_base64(view.text, depth, inside);
    for (const Secret& secret : inside)
      found.push_back({view.origin[secret.begin], view.origin[secret.end], secret.kind});
  }
}

}  // namespace

std::vector<Secret> apart(std::vector<Secret> found) {
  std::stable_sort(found.begin(), found.end(), [](const Secret& a, const Secret& b) {
    return a.begin != b.begin ? a.begin < b.begin : a.end > b.end;
  });
  std::vector<Secret> out;
  for (const Secret& secret : found) {
    if (out.empty() || secret.begin >= out.back().end) {
      out.push_back(secret);
    } else {
      out.back().end = std::max(out.back().end, secret.end);
    }
  }
  return out;
}

namespace {

constexpr std::string_view kPlaceholderHead = "[redacted:";
constexpr int kMaxRounds = 8;

// `[redacted:<kind>]` as it stands in a text.
std::vector<Secret> placeholders_in(std::string_view text) {
  std::vector<Secret> found;
  for (std::size_t at = 0; (at = text.find(kPlaceholderHead, at)) != std::string_view::npos;) {
    std::size_t end = at + kPlaceholderHead.size();
    while (end < text.size() && ((text[end] >= 'a' && text[end] <= 'z') || text[end] == '-')) ++end;
    if (end < text.size() && text[end] == ']') found.push_back({at, end + 1, "placeholder"});
    at = end;
  }
  return found;
}

// A placeholder is whole or none: what lies in one is no secret, what overlaps one takes all of it.
std::vector<Secret> around_placeholders(std::vector<Secret> found, std::string_view text) {
  const std::vector<Secret> placeholders = placeholders_in(text);
  const auto placeholder_behind = [&](std::size_t at) {
    return std::partition_point(placeholders.begin(), placeholders.end(), [&](const Secret& p) { return p.end <= at; });
  };
  std::erase_if(found, [&](Secret& secret) {
    const auto first = placeholder_behind(secret.begin);
    if (first == placeholders.end()) return false;
    if (first->begin <= secret.begin && secret.end <= first->end) return true;
    if (first->begin < secret.begin) secret.begin = first->begin;
    const auto last = placeholder_behind(secret.end);
    if (last != placeholders.end() && last->begin < secret.end) secret.end = last->end;
    return false;
  });
  return found;
}

std::vector<Secret> find_once(std::string_view text) {
  std::vector<Secret> found;
  scan_decoded(text, 0, found);
  return apart(around_placeholders(std::move(found), text));
}

View without_secrets(std::string_view text, const std::vector<Secret>& secrets) {
  View out;
  std::size_t at = 0;
  const auto copy_until = [&](std::size_t end) {
    for (; at < end; ++at) out.push(text[at], at);
  };
  for (const Secret& secret : secrets) {
    copy_until(secret.begin);
    for (std::string_view part : {kPlaceholderHead, secret.kind, std::string_view("]")})
      for (char c : part) out.push(c, secret.begin);
    at = secret.end;
  }
  copy_until(text.size());
  out.origin.push_back(static_cast<std::uint32_t>(text.size()));
  return out;
}

}  // namespace

// What is beside a secret may look like one when that is gone; so it goes on until nothing does, and
// redacting twice is redacting once. A text that is made so that this takes long is a secret as a whole.
std::vector<Secret> find_secrets(std::string_view text) {
  std::vector<Secret> all = find_once(text);
  if (all.empty()) return all;
  for (int round = 0; round < kMaxRounds; ++round) {
    const View rest = without_secrets(text, all);
    const std::vector<Secret> more = find_once(rest.text);
    if (more.empty()) return all;
    for (const Secret& secret : more) all.push_back({rest.origin[secret.begin], rest.origin[secret.end], secret.kind});
    all = apart(std::move(all));
  }
  return {{0, text.size(), "secret"}};
}

std::size_t rest_of_secret(std::string_view before, std::string_view text) {
  const std::string both = std::string(before) + '\n' + std::string(text.substr(0, text.find('\n')));
  const std::size_t begin = before.size() + 1;
  for (const Secret& secret : find_secrets(both))
    if (secret.begin < before.size() && secret.end > begin) return secret.end - begin;
  return 0;
}

}  // namespace logfix
