// The text of a small file: rules, settings.
#pragma once

#include <cstddef>
#include <string>

#include "base/result.h"

namespace logfix {

enum class FileError { kUnreadable, kTooLarge };

/// All bytes of a file, if it can be read and has no more than `most`. No more than that is read, so
/// that a device without an end is an error, too.
Result<std::string, FileError> file_text(const std::string& path, std::size_t most);

}  // namespace logfix
