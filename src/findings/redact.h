// Secrets out of log text, before anything is kept.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/log_text.h"
#include "findings/secrets.h"

namespace logfix {

/// Log text in which `[redacted:<kind>]` stands for each secret. Still an attacker's: it can't be
/// printed; report/escape.h is the way out. Redacting twice is redacting once.
class RedactedText {
 public:
  RedactedText() = default;
  std::string_view untrusted() const { return bytes_; }
  /// How many secrets are gone.
  std::uint32_t redactions() const { return redactions_; }
  std::size_t size() const { return bytes_.size(); }
  std::vector<RedactedText> lines() const;
  /// The bytes [begin, end).
  RedactedText part(std::size_t begin, std::size_t end) const { return {bytes_.substr(begin, end - begin), redactions_}; }
  auto operator<=>(const RedactedText&) const = default;

 private:
  friend class Redactor;
  RedactedText(std::string bytes, std::uint32_t redactions)
      : bytes_(std::move(bytes)), redactions_(redactions) {}
  std::string bytes_;
  std::uint32_t redactions_ = 0;
};

/// Makes RedactedText. A secret is known by what stands around it, so parts of a text are redacted
/// by the secrets of the whole.
class Redactor {
 public:
  /// With `is_on` false, nothing is redacted: --no-redact.
  explicit Redactor(bool is_on = true) : is_on_(is_on) {}
  bool is_on() const { return is_on_; }

  RedactedText redact(const LogText& text) const;
  std::vector<Secret> secrets_of(std::string_view text) const;
  /// The text of a structured line has its values only: the names of its fields say which are secrets.
  std::vector<Secret> secrets_of(std::string_view text, const std::vector<std::pair<std::string, std::string>>& fields) const;
  /// See rest_of_secret(); 0 if nothing is redacted.
  std::size_t rest_of_secret_in(std::string_view before, std::string_view text) const;
  /// The bytes [begin, end) of `text`, whose secrets are known.
  RedactedText part(std::string_view text, std::size_t begin, std::size_t end,
                    const std::vector<Secret>& secrets) const;
  /// The value of a field by its name; all of it if the name is that of a secret.
  RedactedText field(std::string_view name, const LogText& value) const;

 private:
  bool is_on_;
};

}  // namespace logfix
