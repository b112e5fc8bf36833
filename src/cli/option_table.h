// The one table that declares each option: for the command line, the environment and the settings.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace logfix {

struct OptionSpec {
  std::string_view name;        ///< `fail-on`: --fail-on, LOGFIX_FAIL_ON, fail-on=
  std::string_view value_name;  ///< empty for a flag
  bool repeatable;
  std::vector<std::string> choices;  ///< empty: any value
  std::string_view help;
  std::string_view letter = {};  ///< `r`: -r as well
};

std::span<const OptionSpec> option_table();

/// LOGFIX_FAIL_ON for fail-on.
std::string environment_name(std::string_view option);

/// A value and where it was set, for diagnostics.
struct Setting {
  const OptionSpec* option;
  std::string value;
  std::string file;
  std::size_t line = 0;
};

}  // namespace logfix
