// The only ways in which text may leave: one function per target, for text from logs and for our own
// text that is no literal (a rule's title) alike.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "findings/redact.h"
#include "report/markup.h"

namespace logfix {

/// Printable text on one line: control bytes, bidirectional and invisible characters become `?`,
/// what is no UTF-8 becomes U+FFFD, and a build server finds no command in it.
Markup<Terminal> for_terminal(const RedactedText& text);
Markup<Terminal> for_terminal(std::string_view own);

/// A JSON string with its quotes.
Markup<Json> for_json(const RedactedText& text);
Markup<Json> for_json(std::string_view own);
/// The same for a path as the URI of a file.
Markup<Json> for_json_uri(const RedactedText& path);

/// Text or an attribute's value, in quotes of either kind, of HTML and XML.
Markup<Xml> for_xml(const RedactedText& text);
Markup<Xml> for_xml(std::string_view own);

/// A code span that is longer than any run of backticks in it.
Markup<Markdown> for_markdown_code(const RedactedText& text);
/// A fenced block, its fence longer than any in it.
Markup<Markdown> for_markdown_block(const RedactedText& text);
/// Prose without any meaning.
Markup<Markdown> for_markdown(std::string_view own);
/// Markdown of a rule, as it is.
Markup<Markdown> own_markdown(std::string_view markdown);
/// A value in prose: a plain word as it is, else a code span; nullopt if it has control bytes.
std::optional<std::string> for_prose(const RedactedText& text);

/// Prose without any meaning in Jira's markup, and a line within {noformat}.
Markup<Jira> for_jira(const RedactedText& text);
Markup<Jira> for_jira(std::string_view own);
Markup<Jira> for_jira_code_line(const RedactedText& text);

/// The message of a workflow command, and the value of one of its properties.
Markup<Ci> for_ci(const RedactedText& text);
Markup<Ci> for_ci(std::string_view own);
Markup<Ci> for_ci_property(const RedactedText& text);
Markup<Ci> for_ci_property(std::string_view own);

/// The value of a label.
Markup<Metrics> for_metrics(std::string_view own);

/// A value in prose where no code span can stand: a plain word, or nullopt.
std::optional<std::string> for_unclear(const RedactedText& text);
/// A part of a URL, percent-encoded; nullopt if the value has control bytes.
std::optional<std::string> for_url(const RedactedText& text);

/// One shell word that is never an option; nullopt if the value can't be one safely.
std::optional<std::string> for_shell(const RedactedText& text);

/// The same where quotes don't quote: nullopt if the value needs any.
std::optional<std::string> for_bare_shell(const RedactedText& text);

/// A quoted SQL identifier, each dotted part alone.
std::optional<std::string> for_sql_identifier(const RedactedText& text);

/// Code: as it is, if it has one line and no backtick.
std::optional<std::string> for_code(const RedactedText& text);

/// A word of printable text that comes to begin a line.
Markup<Terminal> at_line_head(const Markup<Terminal>& word);

}  // namespace logfix
