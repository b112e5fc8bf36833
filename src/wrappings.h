// Log lines as runtimes and shippers write them: to see that a rule is found through all of it.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace logfix {

/// One line of a program to what stands in the log for it, without the line feed at its end.
using Wrap = std::function<std::string(std::string_view)>;

/// Those that keep lines as they are, so that a message of several lines is still one; by name, the
/// first is "plain".
const std::vector<std::pair<std::string, Wrap>>& wrappings();

/// `text` as it stands between the quotes of a JSON string that Go's encoder wrote (Docker's own).
std::string json_text(std::string_view text);

/// The wrapping of Docker's json-file driver.
std::string docker_line(std::string_view line);

/// Every line of `text` in the wrapping.
std::string wrapped(std::string_view text, const Wrap& wrap);

}  // namespace logfix
