// The command line, the environment and a settings file.
#include "cli/option_table.h"
#include "cli/options.h"
#include "fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace logfix;
  fuzz::Input input(data, size);
  const std::string_view line = input.until("\n\n"), variable = input.until("\n\n");
  const std::string text(input.rest());
  const std::string file = fuzz::file_with("logfix/logfix.conf", text);
  const std::string home = "XDG_CONFIG_HOME=" + file.substr(0, file.size() - std::string_view("/logfix/logfix.conf").size());

  std::vector<std::string> words = {"logfix"};
  fuzz::Input rest(reinterpret_cast<const std::uint8_t*>(line.data()), line.size());
  while (!rest.rest().empty()) words.emplace_back(rest.until("\n"));
  std::vector<const char*> argv;
  for (const std::string& word : words) argv.push_back(word.c_str());
  argv.push_back(nullptr);
  const std::string set = "LOGFIX_" + std::string(variable);
  const char* const environment[] = {home.c_str(), set.c_str(), nullptr};

  const ParsedOptions parsed = parse_options(static_cast<int>(words.size()), argv.data(), environment);
  for (const Diagnostic& diagnostic : parsed.diagnostics) {
    fuzz::require(!diagnostic.code.empty() && !diagnostic.message.empty(), "a mistake has a code and a message");
    for (char c : render(diagnostic)) fuzz::require(c == '\n' || static_cast<unsigned char>(c) >= ' ', "what is told is visible");
  }
  return 0;
}
