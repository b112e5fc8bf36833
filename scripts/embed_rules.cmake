# Writes OUTPUT, a C++ source that holds every rule file below ROOT/rules as text.
# A string literal may be 64 KiB long; rule files are far below that, the whole set is not.
file(GLOB_RECURSE files RELATIVE ${ROOT} ${ROOT}/rules/*.md)
list(SORT files)
set(entries "")
foreach(file IN LISTS files)
  file(READ ${ROOT}/${file} text)
  string(APPEND entries "      {\"${file}\", R\"logfix_rule(${text})logfix_rule\"},\n")
endforeach()
file(WRITE ${OUTPUT} "// Generated from rules/ by scripts/embed_rules.cmake.
#include \"ruleset/load.h\"

namespace logfix {

std::vector<RuleFile> built_in_rule_files() {
  return {
${entries}  };
}

}  // namespace logfix
")
