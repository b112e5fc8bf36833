// The two tables of the command line: which commands there are, and each option with its commands.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/options.h"

namespace logfix {

/// A command as it is typed and told about. The one without words is what `logfix FILES…` does, and
/// the first of the table. A word that only begins others stands before them, without a command.
struct CommandSpec {
  std::optional<Command> command;
  std::string_view words;  ///< `rules check`
  std::string_view about;  ///< one line
  /// What stands behind the words, and where it goes; no name: nothing may stand there.
  struct Operands {
    std::string_view name = {};
    std::string_view help = {};
    std::vector<std::string> Options::*to = nullptr;
    bool required = false;
  } operands = {};
  std::string_view examples = {};  ///< lines below the options
};

std::span<const CommandSpec> command_table();

/// One option: on the command line of its commands, in the environment and in the settings.
struct OptionSpec {
  std::string_view name;        ///< `fail-on`: --fail-on, LOGFIX_FAIL_ON, fail-on=
  std::string_view value_name;  ///< empty for a flag
  bool repeatable;
  std::vector<std::string> choices;  ///< empty: any value
  std::string_view help;
  std::vector<Command> commands;  ///< those that have it
  std::string_view letter = {};   ///< `r`: -r as well
};

std::span<const OptionSpec> option_table();

/// LOGFIX_FAIL_ON for fail-on.
std::string environment_name(std::string_view option);

/// A table in Markdown of all options: their environment variables, their commands, what they mean.
std::string option_reference();

/// A value and where it was set, for diagnostics.
struct Setting {
  const OptionSpec* option;
  std::string value;
  std::string file;
  std::size_t line = 0;
};

}  // namespace logfix
