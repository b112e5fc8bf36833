#include "catch.h"
#include "report/escape.h"
#include "report/fix_text.h"
#include "report/shell_place.h"

namespace logfix {
namespace {

RedactedText as_is(std::string text) {
  return Redactor(false).redact(LogText(std::move(text)));
}

TEST_CASE("nothing from a log can move a terminal's cursor or hide text") {
  CHECK(for_terminal(as_is("a\x1b[2Jb\x07\r\x7f")).text() == "a?[2Jb???");
  CHECK(for_terminal(as_is("bad \xff\xc3( utf-8")).text() == "bad \xef\xbf\xbd\xef\xbf\xbd( utf-8");
  CHECK(for_terminal(as_is("right-to-left \u202e override")).text() == "right-to-left ? override");
  CHECK(for_terminal(as_is("Zoë 漢字")).text() == "Zoë 漢字");
  CHECK(for_terminal(as_is("\xc0\xaf")).text() == "\xef\xbf\xbd\xef\xbf\xbd");
}

TEST_CASE("JSON strings") {
  CHECK(for_json(as_is("a\"b\\c\n\x01\x7f\xff")).text() == "\"a\\\"b\\\\c\\n\\u0001\\u007f\xef\xbf\xbd\"");
}

TEST_CASE("a shell word is one argument and no option") {
  CHECK(for_shell(as_is("plain-1.2")) == "plain-1.2");
  CHECK(for_shell(as_is("a b")) == "'a b'");
  CHECK(for_shell(as_is("it's $(x) `y` !z")) == "'it'\\''s $(x) `y` !z'");
  CHECK_FALSE(for_shell(as_is("-rf")));
  CHECK_FALSE(for_shell(as_is("")));
  CHECK_FALSE(for_shell(as_is("a\nb")));
}

TEST_CASE("where a value would stand in a shell's code") {
  using enum ShellPlace;
  for (const char* code : {"ls ", "ls --at=", "ls 'a b' ", "A=", "A=1 ls ", "echo \"x\" | cat ", "ls $(pwd) ", "ls # isn't ", "ls \\\n  ", "a;b ", "ls 2>&1 "})
    CHECK(shell_place_behind(code) == kArgument);
  for (const char* code : {"ls '", "ls \"a ", "ls `cat ", "ls $", "ls \\", "cat <<E\n", "python -c 'a\nb ", "ls \"\\\" "})
    CHECK(shell_place_behind(code) == kQuoted);
  for (const char* code : {"", "ls; ", "ls | ", "ls\n", "sudo ", "A=1 ", "ls $(", "ls > ", "ls >>", "./", "if "})
    CHECK(shell_place_behind(code) == kCommand);
}

TEST_CASE("SQL identifiers, code and Markdown") {
  CHECK(for_sql_identifier(as_is("public.us\"ers")) == "\"public\".\"us\"\"ers\"");
  CHECK_FALSE(for_sql_identifier(as_is("a\x1b")));
  CHECK(for_code(as_is("a b")) == "a b");
  CHECK_FALSE(for_code(as_is("a`b")));
  CHECK(for_prose(as_is("warehouses")) == "warehouses");
  CHECK(for_prose(as_is("*a* [b](c) <d>")) == "`*a* [b](c) <d>`");
  CHECK(for_prose(as_is("a`b``c")) == "```a`b``c```");
  CHECK(for_prose(as_is("deadbeef")) == "`deadbeef`");  // a commit
  CHECK_FALSE(for_prose(as_is("a\nb")));
}

TEST_CASE("values go into a fix by what they stand in") {
  Rule rule;
  Signature signature;
  signature.captures = {{"name", CaptureType::kText}, {"port", CaptureType::kPort}};
  rule.signatures.push_back(signature);
  Finding finding;
  finding.rule = &rule;
  finding.variants.push_back({{{"name", as_is("a*b")}, {"port", as_is("no port")}}, 1});
  const auto filled = [&](std::string_view text) { return fill(text, finding); };
  CHECK(filled("{{name}} and `{{name}}`") == "`a*b` and `a*b`");
  CHECK(filled("```bash\nls {{name}}\n```\n{{name}}") == "```bash\nls 'a*b'\n```\n`a*b`");
  CHECK(filled("```sql\nDROP {{name}};\n```") == "```sql\nDROP \"a*b\";\n```");
  CHECK(filled("{{port|5432}} {{gone}} {{gone|x}}") == "5432 `<gone>` x");
  CHECK(filled("```bash\nls {{gone}}\n```") == "```bash\nls '<gone>'\n```");
}

TEST_CASE("no value ends the link, the code span or the cell that it stands in") {
  Rule rule;
  Finding finding;
  finding.rule = &rule;
  finding.variants.push_back({{{"x", as_is("a) | <b>")}, {"word", as_is("warehouses")}}, 1});
  const auto filled = [&](std::string_view text) { return fill(text, finding); };
  CHECK(filled("[y](https://h/{{x}}/z)") == "[y](https://h/a%29%20%7C%20%3Cb%3E/z)");
  CHECK(filled("<https://h/{{x}}> or https://h/{{gone}}") == "<https://h/a%29%20%7C%20%3Cb%3E> or https://h/{gone}");
  CHECK(filled("[{{x}}](https://h/)") == "[`a) | <b>`](https://h/)");
  CHECK(filled("| {{x}} | `{{x|y}}` |") == "| `a) \\| <b>` | `a) \\| <b>` |");
  CHECK(filled("{{x|y}}") == "`a) | <b>`");
  // Whether the lone backtick opens a code span, other lines tell.
  CHECK(filled("a ` b {{x|y}}\nc {{x|y}} and {{word}}\n\n{{x}}") == "a ` b y\nc y and warehouses\n\n`a) | <b>`");
  CHECK(filled("``a ` {{x}}`` {{x}}") == "``a ` a) | <b>`` `a) | <b>`");
  CHECK(filled("<b title=\"{{x|y}}\"> {{x}}") == "<b title=\"y\"> `a) | <b>`");
  CHECK(filled("[a](b \"{{x|y}}\")") == "[a](b \"y\")");
}

}  // namespace
}  // namespace logfix
