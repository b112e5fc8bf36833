#include "commands/output.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "report/escape.h"

namespace logfix {

std::string shown(const RedactedText& text) { return for_terminal(text).take(); }
std::string shown(const LogText& text) { return shown(Redactor().redact(text)); }

ExitCode write_out(std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = write(STDOUT_FILENO, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EPIPE) return ExitCode::kOk;
    if (count < 0) {
      spdlog::error("standard output: {}", std::strerror(errno));
      return ExitCode::kUsage;
    }
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return ExitCode::kOk;
}

ExitCode report_mistakes(const Diagnostics& diagnostics) {
  for (const Diagnostic& diagnostic : diagnostics) fmt::print(stderr, "{}", render(diagnostic));
  return has_errors(diagnostics) ? ExitCode::kUsage : ExitCode::kOk;
}

std::string counted(std::uint64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

bool wants_color(std::string_view when) {
  if (when != "auto") return when == "always";
  const auto is_set = [](const char* name) {
    const char* value = std::getenv(name);
    return value && *value;
  };
  if (is_set("NO_COLOR")) return false;
  if (is_set("CLICOLOR_FORCE") && std::string_view(std::getenv("CLICOLOR_FORCE")) != "0") return true;
  const char* term = std::getenv("TERM");
  return isatty(STDOUT_FILENO) && !(term && std::string_view(term) == "dumb");
}

std::size_t output_width() {
  constexpr std::size_t kDefault = 100;
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  const char* columns = std::getenv("COLUMNS");
  const long wanted = columns ? std::strtol(columns, nullptr, 10) : 0;
  return wanted >= 20 && wanted <= 1000 ? static_cast<std::size_t>(wanted) : kDefault;
}

}  // namespace logfix
