#include "cli/options.h"

#include <filesystem>
#include <fstream>

#include <unistd.h>

#include "catch.h"

namespace logfix {
namespace {

namespace fs = std::filesystem;

ParsedOptions parse(std::vector<const char*> arguments, std::vector<std::string> environment = {}) {
  arguments.insert(arguments.begin(), "logfix");
  std::vector<const char*> variables;
  for (const std::string& variable : environment) variables.push_back(variable.c_str());
  variables.push_back(nullptr);
  return parse_options(static_cast<int>(arguments.size()), arguments.data(), variables.data());
}

struct SettingsFile {
  fs::path root = fs::temp_directory_path() / ("logfix-test-" + std::to_string(getpid()));
  explicit SettingsFile(const std::string& text) {
    fs::create_directories(root / "logfix");
    std::ofstream(root / "logfix" / "logfix.conf") << text;
  }
  ~SettingsFile() { fs::remove_all(root); }
  std::string variable() const { return "XDG_CONFIG_HOME=" + root.string(); }
};

TEST_CASE("the command line over the environment over the settings file") {
  const SettingsFile file("format = json\nfail-on = error\nrules = a\nrules = b\n");
  ParsedOptions p = parse({"x.log"}, {file.variable()});
  CHECK(p.diagnostics.empty());
  CHECK(p.options.files == std::vector<std::string>{"x.log"});
  CHECK(p.options.format == "json");
  CHECK(p.options.fail_on == Level::kError);
  CHECK(p.options.rules == std::vector<std::string>{"a", "b"});
  p = parse({}, {file.variable(), "LOGFIX_FORMAT=text", "LOGFIX_RULES=c"});
  CHECK(p.options.format == "text");
  CHECK(p.options.rules == std::vector<std::string>{"c"});
  p = parse({"--rules", "d", "--rules", "e", "--fail-on", "never"}, {file.variable(), "LOGFIX_RULES=c"});
  CHECK(p.options.rules == std::vector<std::string>{"d", "e"});
  CHECK_FALSE(p.options.fail_on);
}

TEST_CASE("all mistakes are told, with their place") {
  const SettingsFile file("fail-on = often\nunknown = 1\n");
  const ParsedOptions p = parse({"--color", "pink"}, {file.variable(), "LOGFIX_FORMAT=pdf", "LOGFIX_X=1"});
  REQUIRE(p.diagnostics.size() == 5);
  std::vector<std::string> codes;
  for (const Diagnostic& d : p.diagnostics) codes.push_back(d.code);
  std::sort(codes.begin(), codes.end());
  CHECK(codes == std::vector<std::string>{"E301", "E303", "E303", "E303", "W302"});
}

TEST_CASE("help, version and unknown options") {
  CHECK(parse({"--help"}).print->find("--fail-on") != std::string::npos);
  CHECK(parse({"--version"}).print->starts_with("logfix "));
  CHECK(has_errors(parse({"--colour"}).diagnostics));
}

TEST_CASE("commands, their operands and options") {
  ParsedOptions p = parse({"--rules", "a", "rules", "check", "rules", "--add-rules", "b"}, {"LOGFIX_RULES=c"});
  CHECK(p.diagnostics.empty());
  CHECK(p.options.command == Command::kRulesCheck);
  CHECK(p.options.rules == std::vector<std::string>{"rules"});
  CHECK(p.options.add_rules == std::vector<std::string>{"b"});
  p = parse({"rules", "check"}, {"LOGFIX_RULES=c"});
  CHECK(p.options.rules == std::vector<std::string>{"c"});
  p = parse({"explain", "book", "rules"});
  CHECK(p.options.command == Command::kExplain);
  CHECK(p.options.files == std::vector<std::string>{"book", "rules"});
  p = parse({"a.log", "--", "book", "-x"});
  CHECK(p.options.command == Command::kScan);
  CHECK(p.options.files == std::vector<std::string>{"a.log", "book", "-x"});
  CHECK(has_errors(parse({"a.log", "book"}).diagnostics));
  CHECK(has_errors(parse({"rules"}).diagnostics));
}

}  // namespace
}  // namespace logfix
