#include "base/diagnostic.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/visible.h"

namespace logfix {

bool has_errors(const Diagnostics& diagnostics) {
  return std::any_of(diagnostics.begin(), diagnostics.end(), [](const Diagnostic& d) {
    return d.kind == Diagnostic::Kind::kError;
  });
}

std::string render(const Diagnostic& d) {
  const char* kind = d.kind == Diagnostic::Kind::kError ? "error" : "warning";
  std::string out;
  if (!d.file.empty()) (out += visible(d.file)) += ':';
  if (d.line) out += fmt::format("{}:{}:", d.line, d.column);
  if (!out.empty()) out += " ";
  out += fmt::format("{}: {} [{}]\n", kind, visible(d.message), d.code);
  if (d.line) {
    const std::string_view before = std::string_view(d.source_line).substr(0, d.column - 1);
    const std::string indent(columns_of(visible(before)), ' ');
    out += fmt::format("  {:>5} | {}\n        | {}^\n", d.line, visible(d.source_line), indent);
  }
  if (!d.hint.empty()) out += fmt::format("        = hint: {}\n", visible(d.hint));
  return out;
}

Diagnostic locate(Diagnostic diagnostic, std::string_view text, std::size_t offset) {
  offset = std::min(offset, text.size());
  const std::string_view before = text.substr(0, offset);
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  diagnostic.line = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n')) + 1;
  diagnostic.column = offset - line_start + 1;
  const std::string_view line = text.substr(line_start);
  diagnostic.source_line = line.substr(0, line.find('\n'));
  return diagnostic;
}

}  // namespace logfix
