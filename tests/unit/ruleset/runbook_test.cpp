#include "ruleset/runbook.h"

#include <random>

#include "catch.h"
#include "ruleset/outline.h"

namespace logfix {
namespace {

std::vector<Rule> rules_of(const std::string& text, Diagnostics& diagnostics) {
  return parse_runbook({"guide.md", text}, diagnostics);
}

std::string entry(std::string_view message, std::string_view fix) {
  return "## Full\n\n" + std::string(message) + "\n\n" + std::string(fix) + "\n";
}

TEST_CASE("the outline knows headings and labels from what looks like them") {
  const std::string text =
      "Title\n=====\n\n**Error**: `a b`\n**Fix**: c\n\n```log\n# no heading\n**Cause**: none\n```\n<!-- ## hidden -->\n\n"
      "- **Note** d\n";
  std::string kinds;
  for (const Piece& piece : outline_of(text)) {
    kinds += "HLTCBX"[static_cast<int>(piece.kind)];
    if (piece.kind != Piece::Kind::kComment && piece.kind != Piece::Kind::kBlock)
      CHECK(text.substr(piece.offset, piece.text.size()) == piece.text);
  }
  CHECK(kinds == "HLTCLTBXLT");
}

TEST_CASE("parts of an entry by any of their names") {
  for (std::string_view message : {"**Error Message**:\n```\nblorg 12 is full\n```", "**Symptom** `blorg 12 is full`",
                                   "**Issue:** blorg 12 is full", "__Problem__: blorg 12 is full", "Error: `blorg 12 is full`",
                                   "### Log output\n\n    blorg 12 is full", "#### Symptoms:\n- blorg 12 is full",
                                   "1. **Error:** \"blorg 12 is full\"", "### Error: blorg 12 is full"}) {
    for (std::string_view fix : {"**Fix**: Empty it.", "**Resolution:**\nEmpty it.", "### How to fix\nEmpty it.",
                                 "Solution:\n\nEmpty it.", "### Workaround\n\nEmpty it.", "* **Solution** - Empty it."}) {
      CAPTURE(message, fix);
      Diagnostics diagnostics;
      const std::vector<Rule> rules = rules_of(entry(message, fix), diagnostics);
      CHECK(diagnostics.empty());
      REQUIRE(rules.size() == 1);
      REQUIRE(rules[0].signatures.size() == 1);
      CHECK(rules[0].signatures[0].source == "blorg <blorg:int> is full");
      CHECK(rules[0].solution == "Empty it.");
    }
  }
}

TEST_CASE("blocks of several messages, traces and context") {
  const auto sources = [](std::string_view block) {
    Diagnostics diagnostics;
    std::vector<std::string> out;
    for (const Rule& rule : rules_of(entry("**Error**:\n```\n" + std::string(block) + "\n```", "**Fix**: x"), diagnostics))
      for (const Signature& signature : rule.signatures) out.push_back(signature.source);
    return out;
  };
  using Sources = std::vector<std::string>;
  CHECK(sources("blorg is full\n\nor\n\nglarp is empty") == Sources{"blorg is full", "glarp is empty"});
  CHECK(sources("Traceback (most recent call last):\n  File \"x.py\", line 3, in run\n    blorg()\nacme.BlorgError: blorg is full") ==
        Sources{"acme.BlorgError: blorg is full"});
  CHECK(sources("10:00:00 INFO blorg starts up\n10:00:01 ERROR blorg is full\n10:00:02 INFO blorg is gone") == Sources{"blorg is full"});
  CHECK(sources("{\"level\":\"error\",\"msg\":\"blorg \\\"a\\\" is full\"}") == Sources{"blorg \"<blorg>\" is full"});
  CHECK(sources("$ blorgctl status\nblorg is full") == Sources{"blorg is full"});
}

TEST_CASE("rule files are no runbooks, and files of other programs are no rule files") {
  CHECK_FALSE(is_runbook("---\nseverity: error\n---\n# X\n"));
  CHECK_FALSE(is_runbook("# X\n\n**Seen as**:\n```example\nx\n```\n"));
  CHECK(is_runbook("---\ntitle: X\n---\n# X\n"));
  CHECK(is_runbook("# X\n"));
}

TEST_CASE("any text is read, whatever it holds") {
  static constexpr std::string_view kParts[] = {
      "#", "##", " ", "\n", "\n\n", "**", "Error", "Fix", ":", "`", "```", "```\n", "-", "> ", "|", "<!--", "-->", "---\n",
      "<!-- logfix\n", "- id: x\n", "Rule `x`, error", "blorg is full", "\"", "<a>", "=\n", "\t", "\\", "1. ", "&lt;", "%s", "…", "{a}"};
  std::mt19937 random(7);
  for (int round = 0; round < 20'000; ++round) {
    std::string text = round % 2 ? "## Full\n\n**Error**: `blorg is full`\n\n**Fix**: x\n" : "";
    for (unsigned n = random() % 30; n > 0; --n) text += kParts[random() % std::size(kParts)];
    Diagnostics diagnostics;
    for (const Rule& rule : rules_of(text, diagnostics)) {
      CAPTURE(text);
      CHECK_FALSE(rule.signatures.empty());
    }
  }
}

}  // namespace
}  // namespace logfix
