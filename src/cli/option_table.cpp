#include "cli/option_table.h"

namespace logfix {

std::span<const CommandSpec> command_table() {
  static const std::vector<CommandSpec> kTable = {
      {Command::kScan, "", "Finds known errors in logs and prints the documented fix.",
       {"FILES", "Logs to scan; - or none: standard input", &Options::files},
       "Examples:\n"
       "  docker logs api 2>&1 | logfix\n"
       "  logfix --fail-on error -r /var/log/app\n"
       "A file that is named like a command is given as ./rules, or behind --."},
      {Command::kExplain, "explain", "Shows what is seen in a log, and why rules match or don't",
       {"FILES", "Logs to explain; - or none: standard input", &Options::files},
       "Example:\n"
       "  grep -A 20 Traceback api.log | logfix explain"},
      {{}, "rules", "Works on rules: checks them"},
      {Command::kRulesCheck, "rules check", "Tells the mistakes in rules, each with its place",
       {"PATH", "Rule files or folders; none: those of --rules, or the built-in ones", &Options::rules},
       "Example:\n"
       "  logfix rules check rules/database/postgres-undefined-table.md"},
      {Command::kRulesCheck, "check", "Short for `rules check`",
       {"PATH", "Rule files or folders; none: those of --rules, or the built-in ones", &Options::rules}},
      {Command::kBook, "book", "Binds the rules into a book, as TROUBLESHOOTING.md is", {},
       "Example:\n"
       "  logfix book --rules our-rules > TROUBLESHOOTING.md"},
  };
  return kTable;
}

std::span<const OptionSpec> option_table() {
  using enum Command;
  static const std::vector<Command> kAll = {kScan, kExplain, kRulesCheck, kBook};
  static const std::vector<OptionSpec> kTable = {
      {"format", "FORMAT", false, {"text", "json"}, "How to print: text (default) or json", {kScan}},
      {"rules", "PATH", true, {}, "Rule file or folder that replaces the built-in rules", kAll},
      {"add-rules", "PATH", true, {}, "Rule file or folder beside the built-in rules", kAll},
      {"fail-on", "LEVEL", false, {"info", "warning", "error", "critical", "never"},
       "Exit with 1 if a finding is as severe as LEVEL (default: never)", {kScan}},
      {"color", "WHEN", false, {"auto", "always", "never"}, "Colours: auto, always or never", {kScan}},
      {"recursive", "", false, {"true", "false"}, "Scan the files in directories, too", {kScan, kExplain}, "r"},
      {"follow", "", false, {"true", "false"}, "Go on reading files as they grow, as tail -F does", {kScan}, "f"},
      {"jobs", "N", false, {}, "How many workers scan side by side (default: one per processor, up to 4)",
       {kScan}, "j"},
      {"tz", "OFFSET", false, {}, "Zone of times without one: Z or +HH:MM (default: Z)", {kScan}},
      {"slow", "", false, {"true", "false"}, "Parse every line and try every rule", {kScan}},
  };
  return kTable;
}

std::string environment_name(std::string_view option) {
  std::string name = "LOGFIX_";
  for (char c : option) name += c == '-' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  return name;
}

}  // namespace logfix
