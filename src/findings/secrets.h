// Where secrets stand in a text.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace logfix {

/// A secret: its bytes in the text, without what tells where it stood (a key, a user, a scheme).
struct Secret {
  std::size_t begin, end;
  std::string_view kind;  ///< "jwt", "password", …; a string literal
};

/// The secrets of `text`, ascending and apart from each other: passwords of URLs and connection
/// strings, values of secret-looking keys (JSON, key=value, environment, Python, Node, XML, options of
/// a command), Authorization and Cookie headers, JWTs, private keys, and the key formats of the big
/// providers. It sees them through JSON's and URL's escapes, base64, and lines that a terminal wrapped.
/// Cost: linear. Hashes, UUIDs, digests and trace ids are none.
std::vector<Secret> find_secrets(std::string_view text);

/// How many bytes of `text` are the rest of a secret that `before` begins, if a terminal's wrap is all
/// that parts the two.
std::size_t rest_of_secret(std::string_view before, std::string_view text);

}  // namespace logfix
