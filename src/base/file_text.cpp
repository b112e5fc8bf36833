#include "base/file_text.h"

#include <fstream>

namespace logfix {

Result<std::string, FileError> file_text(const std::string& path, std::size_t most) {
  std::ifstream in(path, std::ios::binary);
  std::string text;
  char piece[std::size_t{16} << 10];
  while (in && text.size() <= most) {
    in.read(piece, sizeof piece);
    text.append(piece, static_cast<std::size_t>(in.gcount()));
  }
  if (text.size() > most) return Unexpected{FileError::kTooLarge};
  // A folder can be opened, and not be read.
  if (in.bad() || !in.eof()) return Unexpected{FileError::kUnreadable};
  return text;
}

}  // namespace logfix
