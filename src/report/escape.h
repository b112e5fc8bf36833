// The only ways in which text from a log may leave: one function per target.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "findings/redact.h"

namespace logfix {

/// Printable text: control bytes, bidirectional and invisible characters become `?`, what is no
/// UTF-8 becomes U+FFFD.
std::string for_terminal(const RedactedText& text);

/// A JSON string with its quotes.
std::string for_json(const RedactedText& text);
/// The same for our own text.
std::string json_string(std::string_view text);

/// One shell word that is never an option; nullopt if the value can't be one safely.
std::optional<std::string> for_shell(const RedactedText& text);

/// A quoted SQL identifier, each dotted part alone.
std::optional<std::string> for_sql_identifier(const RedactedText& text);

/// Markdown prose in which the value has no meaning.
std::optional<std::string> for_markdown(const RedactedText& text);

/// Code: as it is, if it has one line and no backtick.
std::optional<std::string> for_code(const RedactedText& text);

}  // namespace logfix
