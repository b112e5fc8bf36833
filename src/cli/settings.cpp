#include "cli/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <map>
#include <sstream>

#include "base/file_text.h"
#include "base/text.h"

namespace logfix {
namespace {

namespace po = boost::program_options;

constexpr std::size_t kMaxBytes = 64'000;

const OptionSpec* find_option(std::string_view name) {
  for (const OptionSpec& option : option_table())
    if (option.name == name) return &option;
  return nullptr;
}

std::size_t line_of(const std::string& text, const std::string& key) {
  std::size_t number = 0;
  for (std::string_view line : split_lines(text)) {
    ++number;
    if (trimmed(line.substr(0, line.find('='))) == key) return number;
  }
  return 0;
}

void read_file(const std::string& name, std::vector<Setting>& settings, Diagnostics& diagnostics) {
  const auto diagnose = [&](std::string message, std::size_t line, std::string source) {
    diagnostics.push_back({Diagnostic::Kind::kError, "E301", std::move(message), name, line, 1,
                           std::move(source), "the settings are the long options without dashes"});
  };
  const auto content = file_text(name, kMaxBytes);
  if (!content && content.error() == FileError::kTooLarge) diagnose(fmt::format("the settings are larger than {} bytes", kMaxBytes), 0, "");
  if (!content) return;
  const std::string& text = *content;
  std::istringstream lines(text);
  try {
    const auto parsed = po::parse_config_file(lines, po::options_description(), true);
    for (const auto& given : parsed.options) {
      const std::size_t line = line_of(text, given.string_key);
      const OptionSpec* option = find_option(given.string_key);
      if (!option) {
        diagnose(fmt::format("unknown setting `{}`", given.string_key), line, given.string_key);
        continue;
      }
      for (const std::string& value : given.value)
        settings.push_back({option, value, name, line});
    }
  } catch (const po::error& e) {
    diagnose(e.what(), 0, "");
  }
}

}  // namespace

std::vector<Setting> read_settings(const char* const* environment, Diagnostics& diagnostics) {
  std::map<std::string, std::string> variables;
  for (; environment && *environment; ++environment) {
    const std::string_view both = *environment;
    const std::size_t equals = both.find('=');
    if (equals != std::string_view::npos)
      variables.emplace(both.substr(0, equals), both.substr(equals + 1));
  }
  std::vector<Setting> settings;
  read_file("/etc/logfix/logfix.conf", settings, diagnostics);
  if (!variables["XDG_CONFIG_HOME"].empty()) {
    read_file(variables["XDG_CONFIG_HOME"] + "/logfix/logfix.conf", settings, diagnostics);
  } else if (!variables["HOME"].empty()) {
    read_file(variables["HOME"] + "/.config/logfix/logfix.conf", settings, diagnostics);
  }
  for (const OptionSpec& option : option_table()) {
    const auto found = variables.find(environment_name(option.name));
    if (found != variables.end()) settings.push_back({&option, found->second, found->first, 0});
  }
  for (const auto& [name, value] : variables) {
    const bool is_ours = name.starts_with("LOGFIX_");
    const auto table = option_table();
    if (is_ours && std::none_of(table.begin(), table.end(), [&, &n = name](const OptionSpec& o) {
          return environment_name(o.name) == n;
        }))
      diagnostics.push_back({Diagnostic::Kind::kWarning, "W302", "unknown variable " + name, "", 0,
                             0, {}, "it has no effect"});
  }
  return settings;
}

}  // namespace logfix
