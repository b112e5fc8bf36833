// The reference of the options, from the table that the command line itself is made of.

#include <fmt/format.h>

#include <algorithm>

#include "cli/option_table.h"

namespace logfix {
namespace {

// In a cell of a table.
std::string cell(std::string_view text) {
  std::string out;
  for (char c : text) c == '|' ? out += "\\|" : out += c;
  return out;
}

std::string commands_of(const OptionSpec& option) {
  std::string out;
  for (const CommandSpec& spec : command_table()) {
    const bool has_it = spec.command && std::find(option.commands.begin(), option.commands.end(), spec.command) != option.commands.end();
    if (!has_it || spec.words == "check") continue;
    (out += out.empty() ? "" : ", ") += spec.words.empty() ? "scan" : spec.words;
  }
  return out;
}

}  // namespace

std::string option_reference() {
  std::string out = "| option | environment | commands | meaning |\n|---|---|---|---|\n";
  for (const OptionSpec& option : option_table()) {
    std::string name = fmt::format("--{}", option.name);
    if (!option.letter.empty()) name = fmt::format("-{}, {}", option.letter, name);
    if (!option.value_name.empty()) name += fmt::format(" {}", option.value_name);
    out += fmt::format("| `{}` | `{}` | {} | {}{} |\n", name, environment_name(option.name), commands_of(option), cell(option.help),
                       option.repeatable ? "; may be given again" : "");
  }
  return out;
}

}  // namespace logfix
