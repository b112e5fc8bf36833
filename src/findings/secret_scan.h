// The parts of find_secrets(): see secrets.h.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "findings/secrets.h"

namespace logfix {

/// A line that a terminal may have wrapped has so many bytes.
constexpr std::size_t kLeastWrappedLine = 40;

/// Secrets that stand in `text` as they are, without any encoding; may overlap.
void scan_for_secrets(std::string_view text, std::vector<Secret>& found);

/// Secrets in their order, those that overlap as one.
std::vector<Secret> apart(std::vector<Secret> found);

/// What the last words of a key say of its value: "password", "secret", "token", "authorization",
/// "cookie"; empty if it is no secret. `client_secret`, `dbPassword` and `X-Api-Key` are,
/// `secretName`, `token_type` and `primary_key` aren't.
std::string_view secret_kind_of_key(std::string_view key);

/// True if the value of a secret-looking key is none: `null`, `required`, `****`, `${PASSWORD}`.
/// `is_prose` for one that stands unquoted behind a colon and a space.
bool is_no_secret(std::string_view value, std::string_view kind, bool is_prose);

/// The provider's key that begins at `at`, a word's begin; its size is 0 if there is none.
struct ProviderKey {
  std::size_t begin = 0, size = 0;
  std::string_view kind;
};
ProviderKey provider_key_at(std::string_view text, std::size_t at);

}  // namespace logfix
