// JSON lines of containers and applications.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace logfix {

/// A JSON object, flattened: every string value, and every scalar by its dotted key.
struct FlatJson {
  std::vector<std::string> strings;  ///< in document order, duplicates included
  std::vector<std::pair<std::string, std::string>> fields;
  const std::string* find(std::string_view key) const;
};

/// Parses and flattens one object at a time. A string that is itself an object is descended into,
/// three levels deep. Errors: nullopt for what simdjson refuses. Cost: linear.
class JsonReader {
 public:
  JsonReader();
  ~JsonReader();
  std::optional<FlatJson> read(std::string_view text);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Undoes the escapes of JSON strings wherever they stand, for text that is no valid JSON.
std::string unescaped_leniently(std::string_view text);

}  // namespace logfix
