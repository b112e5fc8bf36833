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
  if (d.line) out += fmt::format("  {:>5} | {}\n", d.line, visible(d.source_line));
  if (d.line && d.column <= d.source_line.size() + 1) {
    const std::string_view before = std::string_view(d.source_line).substr(0, d.column - 1);
    out += fmt::format("        | {}^\n", std::string(columns_of(visible(before)), ' '));
  }
  if (!d.hint.empty()) out += fmt::format("        = hint: {}\n", visible(d.hint));
  return out;
}

LineIndex::LineIndex(std::string_view text) : text_(text), begins_{0} {
  for (std::size_t at = 0; (at = text.find('\n', at)) != std::string_view::npos;) begins_.push_back(++at);
}

Diagnostic LineIndex::locate(Diagnostic diagnostic, std::size_t offset) const {
  offset = std::min(offset, text_.size());
  const auto behind = std::upper_bound(begins_.begin(), begins_.end(), offset);
  const std::size_t begin = behind[-1];
  diagnostic.line = static_cast<std::size_t>(behind - begins_.begin());
  diagnostic.column = offset - begin + 1;
  const std::string_view line = text_.substr(begin, kShownBytes);
  diagnostic.source_line = line.substr(0, line.find('\n'));
  return diagnostic;
}

}  // namespace logfix
