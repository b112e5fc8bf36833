#include "cli/option_table.h"

namespace logfix {

static constexpr std::string_view kPathHelp =
    "Rule files or folders; none: those of --rules, or the built-in ones";

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
      {{}, "rules", "Lists, shows, checks, tests and drafts rules"},
      {Command::kRulesList, "rules list", "Lists the rules: id, severity, category, title",
       {}, "Example:\n"
       "  logfix rules list | grep redis"},
      {Command::kRulesShow, "rules show", "Shows a rule: what it matches, and its fix",
       {"ID", "Ids of rules", &Options::ids, true},
       "Example:\n"
       "  logfix rules show postgres-undefined-table"},
      {Command::kRulesCheck, "rules check", "Tells the mistakes in rules, each with its place",
       {"PATH", kPathHelp, &Options::rules},
       "A file or folder of a category is checked among the rules that it lies with.\n"
       "Example:\n"
       "  logfix rules check rules/database/postgres-undefined-table.md"},
      {Command::kRulesCheck, "check", "Short for `rules check`", {"PATH", kPathHelp, &Options::rules}},
      {Command::kRulesTest, "rules test", "Looks for every example in every wrapping of a log line",
       {"PATH", kPathHelp, &Options::rules},
       "An example must be found first, with its captures, by all rules together, and the same in the\n"
       "wrappings of Docker, Compose, Kubernetes, syslog, the journal and others; a near miss never.\n"
       "Example:\n"
       "  logfix rules test rules/database"},
      {Command::kRulesNew, "rules new", "Drafts a rule from an error in a log, to standard output", {},
       "Without LINE: from the first error that no rule knows. Redacted as reports are.\n"
       "Example:\n"
       "  logfix rules new --from api.log:17 > rules/database/my-error.md"},
      {Command::kBook, "book", "Binds the rules into a book, as TROUBLESHOOTING.md is", {},
       "Example:\n"
       "  logfix book --rules our-rules > TROUBLESHOOTING.md"},
      {Command::kBacktest, "backtest", "Says what a rule set finds in a folder of logs, and what it misses",
       {"PATH", "Logs, or folders of logs", &Options::files, true},
       "Examples:\n"
       "  logfix backtest /var/log/app --rules our-rules\n"
       "  logfix backtest incidents --rules rules --against old-rules"},
  };
  return kTable;
}

std::span<const OptionSpec> option_table() {
  using enum Command;
  static const std::vector<Command> kAll = {kScan,      kExplain,  kRulesList, kRulesShow, kRulesCheck,
                                            kRulesTest, kRulesNew, kBook,      kBacktest};
  static const std::vector<OptionSpec> kTable = {
      {"format", "FORMAT", false, {"text", "json", "jsonl", "markdown", "html", "sarif", "junit", "github", "prometheus"},
       "How to print: text (default), json, jsonl, markdown, html, sarif, junit, github or prometheus", {kScan}},
      {"rules", "PATH", true, {}, "Rule file or folder that replaces the built-in rules", kAll},
      {"add-rules", "PATH", true, {}, "Rule file or folder beside the built-in rules", kAll},
      {"fail-on", "LEVEL", false, {"info", "warning", "error", "critical", "never"},
       "Exit with 1 if a finding is as severe as LEVEL (default: never)", {kScan}},
      {"color", "WHEN", false, {"auto", "always", "never"}, "Colours: auto, always or never",
       {kScan, kRulesShow}},
      {"brief", "", false, {"true", "false"}, "A line per finding", {kScan}},
      {"full", "", false, {"true", "false"}, "Everything of every finding", {kScan}},
      {"max-bytes", "SIZE", false, {}, "Most that a ticket may take: a number, or the limit of github, gitlab, jira or slack", {kScan}},
      {"ticket", "SYSTEM", false, {"github", "gitlab", "jira", "slack"}, "Whose markup --format markdown has (default: github)", {kScan}},
      {"only", "WHAT", true, {}, "Tell of these only: ids of rules (* for any text), categories or severities", {kScan}},
      {"skip", "WHAT", true, {}, "Don't tell of these", {kScan}},
      {"since", "TIME", false, {}, "Leave out records before TIME: 2026-11-23T22:00Z, 2026-11-23, or 2h ago", {kScan}},
      {"until", "TIME", false, {}, "Leave out records after TIME", {kScan}},
      {"accepted", "FILE", false, {}, "Findings that are known and not told of until they expire", {kScan}},
      {"no-redact", "", false, {"true", "false"}, "Leave secrets in the report; it says so", {kScan}},
      {"recursive", "", false, {"true", "false"}, "Scan the files in directories, too", {kScan, kExplain}, "r"},
      {"follow", "", false, {"true", "false"}, "Go on reading files as they grow, as tail -F does", {kScan}, "f"},
      {"jobs", "N", false, {}, "How many workers scan side by side (default: one per processor, up to 4)",
       {kScan, kBacktest}, "j"},
      {"tz", "OFFSET", false, {}, "Zone of times without one: Z or +HH:MM (default: Z)", {kScan}},
      {"stats", "", false, {"true", "false"}, "Tell on standard error what each stage did and how long it took",
       {kScan}},
      {"slow", "", false, {"true", "false"}, "Parse every line and try every rule", {kScan, kBacktest}},
      {"strict", "", false, {"true", "false"}, "Count warnings as errors", {kRulesCheck}},
      {"from", "FILE[:LINE]", false, {}, "Log to draft from, and the line of the error; - is standard input",
       {kRulesNew}},
      {"against", "PATH", true, {}, "Second rule set, to tell the difference to", {kBacktest}},
  };
  return kTable;
}

std::string environment_name(std::string_view option) {
  std::string name = "LOGFIX_";
  for (char c : option) name += c == '-' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  return name;
}

}  // namespace logfix
