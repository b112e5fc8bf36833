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
      {Command::kSweep, "sweep", "Reads what is new in all logs of a host, and reports on the night",
       {"PATH", "Folders of logs, or logs", &Options::files, true},
       "Examples:\n"
       "  logfix sweep /var/lib/docker/containers /var/log\n"
       "  logfix sweep /var/log/pods --mail-command 'mail -s \"logfix on $(hostname)\" ops'\n"
       "Exit codes: 75 if another sweep is at work; 3 if a log could not be read."},
      {Command::kWatch, "watch", "Sweeps again and again, and tells of findings as they come",
       {"PATH", "Folders of logs, or logs", &Options::files, true},
       "SIGHUP loads the rules anew, if they have no mistake; SIGTERM ends it.\n"
       "Example:\n"
       "  logfix watch /var/lib/docker/containers"},
      {Command::kHistory, "history", "Shows what past nights found, and a rule over time",
       {"RULE", "Ids of rules; none: the nights", &Options::ids},
       "Examples:\n"
       "  logfix history\n"
       "  logfix history postgres-too-many-connections"},
  };
  return kTable;
}

std::span<const OptionSpec> option_table() {
  using enum Command;
  static const std::vector<Command> kAll = {kScan,      kExplain,  kRulesList, kRulesShow, kRulesCheck,
                                            kRulesTest, kRulesNew, kBook,      kBacktest,  kSweep,     kWatch};
  static const std::vector<Command> kReports = {kScan, kSweep, kWatch};
  static const std::vector<Command> kSweeps = {kSweep, kWatch};
  static const std::vector<OptionSpec> kTable = {
      {"format", "FORMAT", false, {"text", "json", "jsonl", "markdown", "html", "sarif", "junit", "github", "prometheus"},
       "How to print: text (default), json, jsonl, markdown, html, sarif, junit, github or prometheus", {kScan, kSweep}},
      {"rules", "PATH", true, {}, "Rule file or folder that replaces the built-in rules", kAll},
      {"add-rules", "PATH", true, {}, "Rule file or folder beside the built-in rules", kAll},
      {"fail-on", "LEVEL", false, {"info", "warning", "error", "critical", "never"},
       "Exit with 1 if a finding is as severe as LEVEL (default: never)", {kScan, kSweep}},
      {"color", "WHEN", false, {"auto", "always", "never"}, "Colours: auto, always or never",
       {kScan, kRulesShow, kSweep, kWatch, kHistory}},
      {"brief", "", false, {"true", "false"}, "A line per finding", {kScan, kSweep, kWatch}},
      {"full", "", false, {"true", "false"}, "Everything of every finding", {kScan, kSweep, kWatch}},
      {"max-bytes", "SIZE", false, {}, "Most that a ticket may take: a number, or the limit of github, gitlab, jira or slack", {kScan, kSweep}},
      {"ticket", "SYSTEM", false, {"github", "gitlab", "jira", "slack"}, "Whose markup --format markdown has (default: github)", {kScan, kSweep}},
      {"only", "WHAT", true, {}, "Tell of these only: ids of rules (* for any text), categories or severities", {kScan, kSweep}},
      {"skip", "WHAT", true, {}, "Don't tell of these", {kScan, kSweep}},
      {"since", "TIME", false, {}, "Leave out records before TIME: 2026-11-23T22:00Z, 2026-11-23, or 2h ago", {kScan}},
      {"until", "TIME", false, {}, "Leave out records after TIME", {kScan}},
      {"accepted", "FILE", false, {}, "Findings that are known and not told of until they expire", {kScan, kSweep}},
      {"no-redact", "", false, {"true", "false"}, "Leave secrets in the report; it says so", {kScan}},
      {"recursive", "", false, {"true", "false"}, "Scan the files in directories, too", {kScan, kExplain}, "r"},
      {"follow", "", false, {"true", "false"}, "Go on reading files as they grow, as tail -F does", {kScan}, "f"},
      {"jobs", "N", false, {}, "How many workers scan side by side (default: one per processor, up to 4)",
       {kScan, kBacktest}, "j"},
      {"tz", "OFFSET", false, {}, "Zone of times without one: Z or +HH:MM (default: Z)", kReports},
      {"stats", "", false, {"true", "false"}, "Tell on standard error what each stage did and how long it took",
       {kScan}},
      {"slow", "", false, {"true", "false"}, "Parse every line and try every rule", {kScan, kBacktest, kSweep, kWatch}},
      {"strict", "", false, {"true", "false"}, "Count warnings as errors", {kRulesCheck}},
      {"from", "FILE[:LINE]", false, {}, "Log to draft from, and the line of the error; - is standard input",
       {kRulesNew}},
      {"against", "PATH", true, {}, "Second rule set, to tell the difference to", {kBacktest}},
      {"state", "FOLDER", false, {}, "Where sweeps remember what was read and found (default: $XDG_STATE_HOME/logfix or ~/.local/state/logfix)",
       {kSweep, kWatch, kHistory}},
      {"new-state", "", false, {"true", "false"}, "Begin anew although a damaged or newer state was set aside", kSweeps},
      {"keep", "DAYS", false, {}, "How long nights are remembered (default: 90)", kSweeps},
      {"settle", "SECONDS", false, {}, "How long a log must not grow for its last record to count as whole (default: 1; 0: until the next sweep)",
       {kSweep}},
      {"interval", "SECONDS", false, {}, "How long to wait between two looks (default: 2)", {kWatch}},
      {"max-rate", "SIZE", false, {}, "Read at most SIZE a second: a number of bytes, or 10k, 10M, 1G (default: no limit)", kSweeps},
      {"max-file", "SIZE", false, {}, "Pass over a log that has more than SIZE that is new (default: 64G)", kSweeps},
      {"mail-command", "COMMAND", false, {}, "Run COMMAND in a shell with the report of the night on its standard input", {kSweep}},
      {"webhook-command", "COMMAND", false, {}, "The same with the report as JSON", {kSweep}},
  };
  return kTable;
}

std::string environment_name(std::string_view option) {
  std::string name = "LOGFIX_";
  for (char c : option) name += c == '-' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  return name;
}

}  // namespace logfix
