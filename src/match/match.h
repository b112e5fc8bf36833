// A rule that is verified to match a record.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "base/log_text.h"
#include "ruleset/rule.h"

namespace logfix {

struct Match {
  const Rule* rule = nullptr;
  std::vector<std::pair<std::string, LogText>> captures;  ///< in the order of the signatures
  std::size_t begin = 0, end = 0;                         ///< of the match, in Record::text
};

}  // namespace logfix
