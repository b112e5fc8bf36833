#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <map>
#include <thread>

#include "base/time.h"
#include "cli/option_table.h"
#include "cli/options.h"
#include "cli/settings.h"

namespace logfix {

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

bool parse_max_bytes(const std::string& text, std::size_t& bytes) {
  static constexpr std::pair<std::string_view, std::size_t> kLimits[] = {
      {"github", 65'536}, {"gitlab", 1'048'576}, {"jira", 32'767}, {"slack", 4'000}};
  for (const auto& [name, limit] : kLimits)
    if (text == name) return bytes = limit, true;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bytes);
  return error == std::errc() && end == text.data() + text.size() && bytes >= 200;
}

// A time, a day, or how long ago: `90s`, `30m`, `2h`, `7d`.
bool parse_moment(const std::string& text, std::chrono::minutes zone, std::optional<Time>& moment) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  const std::size_t kind = unit.size() == 1 ? std::string_view("smhd").find(unit[0]) : std::string_view::npos;
  if (error == std::errc() && number >= 0 && number < 1'000'000 && kind != std::string_view::npos) {
    static constexpr std::int64_t kSeconds[] = {1, 60, 3600, 86400};
    moment = Time(std::chrono::system_clock::now()) - std::chrono::seconds(number * kSeconds[kind]);
    return true;
  }
  for (const char* rest : {"", ":00", "T00:00:00"}) {
    std::string probe = text + rest;
    if (*rest == ':' && text.ends_with('Z')) probe = text.substr(0, text.size() - 1) + rest + "Z";
    const auto time = parse_time(probe, {zone, std::nullopt});
    if (time && time->length == probe.size()) return moment = time->time, true;
  }
  return false;
}

// `500`, `10k`, `2M`, `1G`.
bool parse_size(const std::string& text, std::uint64_t& bytes) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bytes);
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  const std::size_t power = unit.empty() ? 0 : std::string_view("kMGT").find(unit) + 1;  // npos + 1 is 0
  if (error != std::errc() || unit.size() > 1 || bytes == 0 || unit.empty() != (power == 0) || bytes > (std::uint64_t{1} << 62) >> 10 * power) return false;
  bytes <<= 10 * power;
  return true;
}

bool parse_seconds(const std::string& text, unsigned& milliseconds) {
  double seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc() || end != text.data() + text.size() || !(seconds >= 0 && seconds <= 3600)) return false;
  milliseconds = static_cast<unsigned>(seconds * 1000);
  return true;
}

bool parse_days(const std::string& text, unsigned& days) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), days);
  return error == std::errc() && end == text.data() + text.size() && days >= 1 && days <= 100'000;
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
  if (option.name == "from") options.from = setting.value;
  if (option.name == "against") options.against.push_back(setting.value);
  if (option.name == "strict") options.strict = setting.value == "true";
  if (option.name == "brief") options.brief = setting.value == "true";
  if (option.name == "full") options.full = setting.value == "true";
  if (option.name == "ticket") options.ticket = setting.value;
  if (option.name == "only") options.only.push_back(setting.value);
  if (option.name == "skip") options.skip.push_back(setting.value);
  if (option.name == "accepted") options.accepted = setting.value;
  if (option.name == "no-redact") options.redact = setting.value != "true";
  if (option.name == "max-bytes" && !parse_max_bytes(setting.value, options.max_bytes))
    refuse("a number from 200 on, or one of github, gitlab, jira, slack");
  if (option.name == "since" && !parse_moment(setting.value, options.zone, options.since))
    refuse("a time such as 2026-11-23T22:00Z, a day, or 90s, 30m, 2h or 7d for so long ago");
  if (option.name == "until" && !parse_moment(setting.value, options.zone, options.until))
    refuse("a time such as 2026-11-23T22:00Z, a day, or 90s, 30m, 2h or 7d for so long ago");
  if (option.name == "slow") options.slow = setting.value == "true";
  if (option.name == "stats") options.stats = setting.value == "true";
  if (option.name == "recursive") options.recursive = setting.value == "true";
  if (option.name == "follow") options.follow = setting.value == "true";
  if (option.name == "state") options.state = setting.value;
  if (option.name == "new-state") options.new_state = setting.value == "true";
  if (option.name == "mail-command") options.mail_command = setting.value;
  if (option.name == "webhook-command") options.webhook_command = setting.value;
  if (option.name == "keep" && !parse_days(setting.value, options.keep_days)) refuse("a number of days from 1 on");
  if (option.name == "settle" && !parse_seconds(setting.value, options.settle_ms)) refuse("a number of seconds up to 3600");
  if (option.name == "interval" && !parse_seconds(setting.value, options.interval_ms)) refuse("a number of seconds up to 3600");
  if (option.name == "max-rate" && !parse_size(setting.value, options.max_rate)) refuse("a number of bytes, or 10k, 10M or 1G");
  if (option.name == "max-file" && !parse_size(setting.value, options.max_file)) refuse("a number of bytes, or 10k, 10M or 1G");
  if (option.name == "jobs" && !parse_jobs(setting.value, options.jobs)) refuse("a number from 1 to 64");
  if (option.name == "tz" && !parse_zone(setting.value, options.zone)) refuse("Z or an offset such as +02:00");
}

// The command line: a CLI::App for each command, and the options that each of them was given.
class CommandLine {
 public:
  CommandLine() : root_(std::string(command_table().front().about), "logfix") {
    root_.require_subcommand(0, 1);
    const std::string version_help = "Print the version";
    version_ = root_.add_flag("--version", version_help);
    reference_ = root_.add_flag("--option-reference")->group("");  // for the documentation
    for (const CommandSpec& spec : command_table()) add(spec);
  }

  /// Throws CLI::ParseError, for --help as well.
  void parse(int argc, const char* const* argv) { root_.parse(argc, argv); }
  std::string help() const { return root_.help(); }
  bool wants_version() const { return version_->count() > 0; }
  bool wants_reference() const { return reference_->count() > 0; }

  const CommandSpec& chosen() const {
    const CommandSpec* chosen = &command_table().front();
    for (const Parsed& command : commands_)
      if (command.app->parsed() && command.spec->command) chosen = command.spec;
    return *chosen;
  }

  /// What was given, options before the command's words included.
  std::vector<Setting> settings(Diagnostics& diagnostics) const {
    std::vector<Setting> settings;
    for (const Parsed& parsed : commands_) {
      for (const auto& [option, given] : parsed.options) {
        if (given->count() == 0) continue;
        if (!has(*option, chosen()))
          diagnostics.push_back(mistake(fmt::format("`--{}` is no option of `logfix {}`", option->name,
                                                    chosen().words), ""));
        std::vector<std::string> values = given->results();
        if (!option->repeatable) values.erase(values.begin(), values.end() - 1);
        for (std::string& value : values) settings.push_back({option, std::move(value), "", 0});
      }
    }
    return settings;
  }

  void take_operands(Options& options, Diagnostics& diagnostics) const {
    for (const Parsed& parsed : commands_) {
      if (!parsed.operands || parsed.operands->count() == 0) continue;
      if (parsed.spec != &chosen()) {
        diagnostics.push_back(mistake(
            fmt::format("`{}` stands before the command `{}`", parsed.operands->results().front(),
                        chosen().words),
            fmt::format("; a file of that name is ./{}",
                        chosen().words.substr(0, chosen().words.find(' ')))));
      }
      options.*(parsed.spec->operands.to) = parsed.operands->results();
    }
  }

  Diagnostic mistake(std::string message, std::string_view more_hint) const {
    std::string words;
    for (const Parsed& command : commands_)
      if (command.app->parsed() && !command.spec->words.empty())
        words = fmt::format(" {}", command.spec->words);
    return {Diagnostic::Kind::kError, "E304", std::move(message), "", 0, 0, {},
            fmt::format("see logfix{} --help{}", words, more_hint)};
  }

  /// CLI11's own words for what it did not expect have it backwards.
  Diagnostic mistake(const CLI::ParseError& e) const {
    const std::vector<std::string> extra = root_.remaining(true);
    if (!dynamic_cast<const CLI::ExtrasError*>(&e) || extra.empty()) return mistake(e.what(), "");
    return mistake(fmt::format("`{}` is not expected here", extra.front()), "");
  }

  static bool has(const OptionSpec& option, const CommandSpec& spec) {
    return std::find(option.commands.begin(), option.commands.end(), spec.command) !=
           option.commands.end();
  }

 private:
  struct Parsed {
    const CommandSpec* spec;
    const CLI::App* app;
    const CLI::Option* operands = nullptr;
    std::vector<std::pair<const OptionSpec*, const CLI::Option*>> options = {};
  };

  // The app of `words`; a group stands before its commands in the table.
  CLI::App& app_of(std::string_view words) {
    CLI::App* app = &root_;
    while (!words.empty()) {
      const std::string word(words.substr(0, words.find(' ')));
      words.remove_prefix(std::min(word.size() + 1, words.size()));
      app = words.empty() ? app->add_subcommand(word)->group("Commands") : app->get_subcommand(word);
    }
    return *app;
  }

  void add(const CommandSpec& spec) {
    CLI::App& app = app_of(spec.words);
    app.description(std::string(spec.about));
    app.footer(std::string(spec.examples));
    if (!spec.command) app.require_subcommand(1);
    Parsed& parsed = commands_.emplace_back(Parsed{&spec, &app});
    if (!spec.operands.name.empty()) {
      parsed.operands = app.add_option(std::string(spec.operands.name), CLI::callback_t(),
                                       std::string(spec.operands.help))
                            ->required(spec.operands.required)
                            ->type_name("")
                            ->expected(1, -1)
                            ->allow_extra_args();
    }
    for (const OptionSpec& option : option_table())
      if (has(option, spec)) parsed.options.emplace_back(&option, add(option, app));
  }

  static const CLI::Option* add(const OptionSpec& option, CLI::App& app) {
    std::string name = "--" + std::string(option.name);
    if (!option.letter.empty()) name = "-" + std::string(option.letter) + "," + name;
    const std::string help(option.help);
    if (option.value_name.empty()) return app.add_flag(name, help);
    return app.add_option(name, CLI::callback_t(), help)
        ->type_name(std::string(option.value_name))
        ->expected(1)
        ->allow_extra_args(false)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  }

  CLI::App root_;
  const CLI::Option* version_;
  const CLI::Option* reference_;
  std::vector<Parsed> commands_;
};

}  // namespace

ParsedOptions parse_options(int argc, const char* const* argv, const char* const* environment) {
  ParsedOptions parsed;
  Options& options = parsed.options;
  options.jobs = std::clamp(std::thread::hardware_concurrency(), 1u, 4u);
  CommandLine line;
  try {
    line.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    parsed.print = line.help();
    return parsed;
  } catch (const CLI::ParseError& e) {
    parsed.diagnostics.push_back(line.mistake(e));
  }
  options.command = *line.chosen().command;
  // The values of a repeatable option in a later place replace those of the earlier ones.
  std::map<std::string_view, std::string> set_in;
  const auto take = [&](const Setting& setting, const std::string& place) {
    const auto [entry, is_first] = set_in.try_emplace(setting.option->name, place);
    if (!is_first && entry->second != place) {
      entry->second = place;
      if (setting.option->name == "rules") options.rules.clear();
      if (setting.option->name == "add-rules") options.add_rules.clear();
      if (setting.option->name == "against") options.against.clear();
      if (setting.option->name == "only") options.only.clear();
      if (setting.option->name == "skip") options.skip.clear();
    }
    apply(setting, options, parsed.diagnostics);
  };
  for (const Setting& setting : read_settings(environment, parsed.diagnostics)) take(setting, setting.file);
  for (const Setting& setting : line.settings(parsed.diagnostics)) take(setting, "the command line");
  line.take_operands(options, parsed.diagnostics);
  if (line.wants_reference()) parsed.print = option_reference();
  if (line.wants_version()) parsed.print = "logfix " LOGFIX_VERSION "\n";
  return parsed;
}

}  // namespace logfix
