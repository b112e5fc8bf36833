#include "ruleset/freeze.h"

#include "catch.h"

namespace logfix {
namespace {

TEST_CASE("a rule set is the same behind freezing and thawing") {
  Rule rule;
  rule.id = "broken-thing";
  rule.severity = Level::kWarning;
  rule.references = {"https://example.com/a", ""};
  rule.fallback = true;
  Signature signature;
  signature.regex = std::string("a\0b", 3);
  signature.captures = {{"host", CaptureType::kHost}};
  signature.place = {"rules/network/broken-thing.md", 7, 3, "line"};
  signature.atoms = Atoms{{{"thing is broken", true}}, {"thing", "broken"}};
  rule.signatures = {signature, {}};
  rule.when = {{"level", ">=error"}};
  rule.examples = {{"the thing is broken", {{"host", "db"}}, {}}};
  RuleSet rules;
  rules.rules = {rule, {}};
  rules.hash = "sha256:00";

  const std::string frozen = freeze(rules);
  const RuleSet thawed = thaw(frozen, true);
  CHECK(freeze(thawed) == frozen);
  REQUIRE(thawed.rules.size() == 2);
  const Rule& same = thawed.rules[0];
  CHECK(same.id == rule.id);
  CHECK(same.severity == Level::kWarning);
  CHECK(same.references == rule.references);
  CHECK((same.fallback && !same.ignore_case));
  REQUIRE(same.signatures.size() == 2);
  CHECK(same.signatures[0].regex == signature.regex);
  CHECK(same.signatures[0].captures[0].type == CaptureType::kHost);
  CHECK(same.signatures[0].place.line == 7);
  REQUIRE(same.signatures[0].atoms);
  CHECK(same.signatures[0].atoms->any_of.at(0).text == "thing is broken");
  CHECK(same.signatures[0].atoms->any_of.at(0).ignores_case);
  CHECK(same.signatures[0].atoms->all_of == signature.atoms->all_of);
  CHECK(same.signatures[0].atoms->stays_in_line == signature.atoms->stays_in_line);
  CHECK(!same.signatures[1].atoms);
  CHECK(same.when[0].pattern == ">=error");
  CHECK(same.examples[0].captures == rule.examples[0].captures);
  CHECK(thawed.hash == rules.hash);
}

}  // namespace
}  // namespace logfix
