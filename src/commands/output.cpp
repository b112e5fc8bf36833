#include "commands/output.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace logfix {

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
  const char* no_color = std::getenv("NO_COLOR");
  if (no_color && *no_color) return false;
  return isatty(STDOUT_FILENO);
}

}  // namespace logfix
