// The border type: text that came from a log.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace logfix {

/// Bytes of a log, or a file name: anything an attacker may have chosen. It can't be printed,
/// formatted or converted; findings/redact.h and report/escape.h are the way out.
class LogText {
 public:
  LogText() = default;
  explicit LogText(std::string bytes) : bytes_(std::move(bytes)) {}
  /// The bytes as they are, for matching, grouping and the two headers above only.
  std::string_view untrusted() const { return bytes_; }
  auto operator<=>(const LogText&) const = default;

 private:
  std::string bytes_;
};

}  // namespace logfix
