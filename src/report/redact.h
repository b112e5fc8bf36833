// Secrets out of log text, before anything else is done with it.
#pragma once

#include <cstdint>
#include <string>

#include "base/log_text.h"

namespace logfix {

/// Log text without the secrets that redact() knows. Still untrusted: see escape.h.
class RedactedText {
 public:
  const std::string& unescaped() const { return bytes_; }

 private:
  explicit RedactedText(std::string bytes) : bytes_(std::move(bytes)) {}
  friend RedactedText redact(const LogText& text, std::uint64_t& redactions);
  std::string bytes_;
};

/// Replaces passwords of URLs, values of secret-looking keys, bearer tokens and JWTs by typed
/// placeholders such as `[redacted:password]`; adds how many to `redactions`. Redacting twice is
/// redacting once. Cost: linear.
RedactedText redact(const LogText& text, std::uint64_t& redactions);

}  // namespace logfix
