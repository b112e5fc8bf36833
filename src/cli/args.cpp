#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <map>
#include <thread>

#include "base/time.h"
#include "cli/options.h"
#include "cli/settings.h"

namespace logfix {

std::span<const OptionSpec> option_table() {
  static const std::vector<OptionSpec> kTable = {
      {"format", "FORMAT", false, {"text", "json"}, "How to print: text (default) or json"},
      {"rules", "PATH", true, {}, "Rule file or folder that replaces the built-in rules"},
      {"add-rules", "PATH", true, {}, "Rule file or folder beside the built-in rules"},
      {"fail-on", "LEVEL", false, {"info", "warning", "error", "critical", "never"},
       "Exit with 1 if a finding is as severe as LEVEL (default: never)"},
      {"color", "WHEN", false, {"auto", "always", "never"}, "Colours: auto, always or never"},
      {"recursive", "", false, {"true", "false"}, "Scan the files in directories, too", "r"},
      {"follow", "", false, {"true", "false"}, "Go on reading files as they grow, as tail -F does", "f"},
      {"jobs", "N", false, {}, "How many workers scan side by side (default: one per processor, up to 4)", "j"},
      {"tz", "OFFSET", false, {}, "Zone of times without one: Z or +HH:MM (default: Z)"},
      {"slow", "", false, {"true", "false"}, "Parse every line and try every rule"},
  };
  return kTable;
}

std::string environment_name(std::string_view option) {
  std::string name = "LOGFIX_";
  for (char c : option) name += c == '-' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  return name;
}

namespace {

bool parse_jobs(const std::string& text, std::size_t& jobs) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), jobs);
  return error == std::errc() && end == text.data() + text.size() && jobs >= 1 && jobs <= 64;
}

bool parse_zone(const std::string& text, std::chrono::minutes& zone) {
  const std::string probe = "2026-01-01T00:00:00" + text;
  const auto time = parse_time(probe);
  if (!time || !time->has_zone || time->length != probe.size()) return false;
  zone = std::chrono::duration_cast<std::chrono::minutes>(
      parse_time("2026-01-01T00:00:00Z")->time - time->time);
  return true;
}

void apply(const Setting& setting, Options& options, Diagnostics& diagnostics) {
  const OptionSpec& option = *setting.option;
  const auto refuse = [&](const std::string& hint) {
    diagnostics.push_back({Diagnostic::Kind::kError, "E303",
                           fmt::format("{} can't be `{}`", option.name, setting.value),
                           setting.file, setting.line, 1, {}, hint});
  };
  if (!option.choices.empty() && std::find(option.choices.begin(), option.choices.end(),
                                           setting.value) == option.choices.end()) {
    return refuse(fmt::format("choose from {}", fmt::join(option.choices, ", ")));
  }
  if (option.name == "format") options.format = setting.value;
  if (option.name == "rules") options.rules.push_back(setting.value);
  if (option.name == "add-rules") options.add_rules.push_back(setting.value);
  if (option.name == "fail-on") options.fail_on = severity_from_word(setting.value);
  if (option.name == "color") options.color = setting.value;
  if (option.name == "slow") options.slow = setting.value == "true";
  if (option.name == "recursive") options.recursive = setting.value == "true";
  if (option.name == "follow") options.follow = setting.value == "true";
  if (option.name == "jobs" && !parse_jobs(setting.value, options.jobs)) refuse("a number from 1 to 64");
  if (option.name == "tz" && !parse_zone(setting.value, options.zone)) refuse("Z or an offset such as +02:00");
}

}  // namespace

// The word behind `logfix`, if it is a command; a file of that name is `./check`.
static Command take_command(int& argc, const char* const*& argv) {
  static constexpr std::pair<std::string_view, Command> kCommands[] = {
      {"explain", Command::kExplain}, {"check", Command::kCheck}, {"book", Command::kBook}};
  for (const auto& [name, command] : kCommands) {
    if (argc < 2 || argv[1] != name) continue;
    --argc, ++argv;  // the word takes the place of the program's name
    return command;
  }
  return Command::kScan;
}

ParsedOptions parse_options(int argc, const char* const* argv, const char* const* environment) {
  ParsedOptions parsed;
  parsed.options.command = take_command(argc, argv);
  parsed.options.jobs = std::clamp(std::thread::hardware_concurrency(), 1u, 4u);
  // The values of a repeatable option in a later place replace those of the earlier ones.
  std::map<std::string_view, std::string> set_in;
  const auto from = [&](const OptionSpec& option, const std::string& place) {
    const auto [entry, is_first] = set_in.try_emplace(option.name, place);
    if (is_first || entry->second == place) return;
    entry->second = place;
    if (option.name == "rules") parsed.options.rules.clear();
    if (option.name == "add-rules") parsed.options.add_rules.clear();
  };
  for (const Setting& setting : read_settings(environment, parsed.diagnostics)) {
    from(*setting.option, setting.file);
    apply(setting, parsed.options, parsed.diagnostics);
  }
  CLI::App app{"Finds known errors in logs and prints the documented fix."};
  app.name("logfix");
  app.footer("Commands, in place of the first file:\n"
             "  explain [FILES...]   what is seen in a log, and why rules match or don't\n"
             "  check [RULES...]     whether rules are right, and their examples match\n"
             "  book                 the rules as a book (TROUBLESHOOTING.md)");
  app.add_option("FILES", parsed.options.files, "Logs to scan; - or none: standard input");
  std::map<std::string_view, std::vector<std::string>> given;
  std::map<std::string_view, bool> flags;
  for (const OptionSpec& option : option_table()) {
    std::string name = "--" + std::string(option.name);
    if (!option.letter.empty()) name = "-" + std::string(option.letter) + "," + name;
    if (option.value_name.empty()) {
      app.add_flag(name, flags[option.name], std::string(option.help));
    } else {
      app.add_option(name, given[option.name], std::string(option.help))
          ->type_name(std::string(option.value_name))
          ->expected(1)
          ->allow_extra_args(false)
          ->multi_option_policy(option.repeatable ? CLI::MultiOptionPolicy::TakeAll
                                                  : CLI::MultiOptionPolicy::TakeLast);
    }
  }
  bool wants_version = false;
  app.add_flag("--version", wants_version, "Print the version");
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    parsed.print = app.help();
    return parsed;
  } catch (const CLI::ParseError& e) {
    parsed.diagnostics.push_back({Diagnostic::Kind::kError, "E304", e.what(), "", 0, 0, {},
                                  "see logfix --help"});
  }
  if (wants_version) parsed.print = "logfix " LOGFIX_VERSION "\n";
  for (const OptionSpec& option : option_table()) {
    if (!given[option.name].empty()) from(option, "the command line");
    for (const std::string& value : given[option.name])
      apply({&option, value, "", 0}, parsed.options, parsed.diagnostics);
    if (flags[option.name]) apply({&option, "true", "", 0}, parsed.options, parsed.diagnostics);
  }
  return parsed;
}

}  // namespace logfix
