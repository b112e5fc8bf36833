#include "sweep/digest.h"

#include <sha256.h>
#include <sys/types.h>

#include <algorithm>

namespace logfix {

Digest digest_of(std::string_view bytes) {
  SHA2_CTX context;
  SHA256Init(&context);
  SHA256Update(&context, reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  Digest digest;
  SHA256Final(digest.data(), &context);
  return digest;
}

Mark mark_of(std::uint64_t offset, std::string_view head, std::string_view before) {
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(offset, kMarkBytes));
  return {offset, digest_of(head.substr(0, size)), digest_of(before.substr(before.size() - std::min(before.size(), size)))};
}

}  // namespace logfix
