// The keys of a rule's front matter.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/diagnostic.h"
#include "ruleset/rule.h"

namespace YAML {
class Node;
}

namespace logfix {

/// Where a file's YAML stands in it, for diagnostics.
struct YamlPlace {
  std::string_view file;
  const LineIndex& lines;
  std::size_t begin = 0;  ///< of the YAML in the text

  Place place_at(std::size_t offset_in_yaml) const;
};

/// Reads all keys of a map (docs/rule-front-matter.schema.json) into a rule; mistakes are told with their
/// places. True if one of the keys is a valid `severity`.
bool read_keys(const YAML::Node& map, const YamlPlace& where, Rule& rule, Diagnostics& diagnostics);

/// False, and a mistake told, if the YAML has anchors, aliases or tags: nobody needs them here, and they
/// can make a small text large.
bool is_plain_yaml(std::string_view yaml, const YamlPlace& where, Diagnostics& diagnostics);

}  // namespace logfix
