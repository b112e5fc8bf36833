#include "ruleset/load.h"

#include <fmt/format.h>
#include <sha2.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "base/file_text.h"
#include "base/text.h"
#include "ruleset/front_matter.h"
#include "ruleset/runbook.h"

namespace logfix {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kCategories[] = {"application", "database", "authentication",
                                            "observability", "performance", "network", "docker"};

// Of what fallback rules explain, and what that explains, ….
constexpr std::size_t kMaxOutcomeSteps = 1'000'000;

// Of what stands behind `{{`; a name that is longer is none.
constexpr std::size_t kMaxPlaceholderBytes = 200;

void add_limit(Diagnostics& diagnostics, const Place& place, std::string message) {
  diagnostics.push_back({Diagnostic::Kind::kError, "E022", std::move(message), place.file, place.line, place.column,
                         place.source_line, {}});
}

// One fenced block: its info string, its text without the indentation of its fence, its place.
struct Fence {
  std::string info, text;
  std::size_t offset = 0;
};

// One `**Name**:` part: its Markdown and the fenced blocks in it.
struct Part {
  std::string name, markdown;
  std::size_t offset = 0;
  std::vector<Fence> fences;
};

class RuleParser {
 public:
  RuleParser(const RuleFile& file, Diagnostics& diagnostics)
      : file_(file), text_(file.text), lines_(file.text), diagnostics_(diagnostics) {}

  Rule parse() {
    const fs::path path(file_.name);
    rule_.id = path.stem().string();
    rule_.category = path.parent_path().filename().string();
    if (!is_category(rule_.category)) rule_.category = "application";
    rule_.place = place_at(0);
    const std::size_t body = parse_front_matter();
    parse_parts(body);
    read_title(body);
    for (const Part& part : parts_) read_part(part);
    require(!rule_.title.empty(), "E003", "the rule has no title", "begin it with `# What is wrong`");
    require(!rule_.signatures.empty(), "E004", "the rule has no signature",
            "give it an **Error Message**: part with a fenced block");
    require(!rule_.cause.empty(), "E005", "the rule has no **Cause**: part", "");
    require(!rule_.solution.empty(), "E005", "the rule has no **Solution**: part", "");
    require(!rule_.prevention.empty(), "E005", "the rule has no **Prevention**: part", "");
    require(!rule_.examples.empty(), "E006", "the rule has no example",
            "give it a **Seen as**: part with an ```example block");
    check_placeholders();
    check_shell_quotes();
    return std::move(rule_);
  }

 private:
  void diagnose(std::size_t offset, std::string code, std::string message, std::string hint) {
    Diagnostic d{Diagnostic::Kind::kError, std::move(code), std::move(message), file_.name,
                 0, 0, {}, std::move(hint)};
    if (diagnostics_.size() < kMaxMistakes) diagnostics_.push_back(lines_.locate(std::move(d), offset));
  }
  void require(bool condition, std::string code, std::string message, std::string hint) {
    if (!condition) diagnose(0, std::move(code), std::move(message), std::move(hint));
  }
  Place place_at(std::size_t offset) const {
    const Diagnostic d = lines_.locate({}, offset);
    return {file_.name, d.line, d.column, d.source_line};
  }

  std::size_t parse_front_matter() {
    if (!text_.starts_with("---\n")) {
      diagnose(0, "E001", "the rule has no front matter", "begin it with a line `---`");
      return 0;
    }
    const std::size_t end = text_.find("\n---\n", 3);
    if (end == std::string_view::npos) {
      diagnose(0, "E001", "the front matter does not end", "end it with a line `---`");
      return 0;
    }
    const std::string yaml(text_.substr(4, end - 3));
    const YamlPlace where{file_.name, lines_, 4};
    if (yaml.size() > kMaxFrontMatterBytes) {
      diagnose(0, "E022", fmt::format("the front matter is larger than {} bytes", kMaxFrontMatterBytes), "");
      return end + 5;
    }
    if (!is_plain_yaml(yaml, where, diagnostics_)) return end + 5;
    bool has_severity = false;
    try {
      has_severity = read_keys(YAML::Load(yaml), where, rule_, diagnostics_);
    } catch (const YAML::Exception& e) {
      diagnose(where.begin + static_cast<std::size_t>(std::max(e.mark.pos, 0)), "E001",
               "the front matter is no YAML: " + e.msg, "");
    }
    require(has_severity, "E002", "the front matter has no severity",
            "add `severity: error` (or critical, warning, info)");
    return end + 5;
  }

  // Splits the body at lines `**Name**:` outside fenced blocks.
  void parse_parts(std::size_t body) {
    std::size_t blocks = 0;
    Fence* open = nullptr;
    std::size_t indent = 0;
    std::string fence_mark;
    for (std::size_t at = body; at < text_.size();) {
      const std::size_t end = std::min(text_.find('\n', at), text_.size());
      const std::string_view line = text_.substr(at, end - at);
      const std::string_view bare = trimmed(line);
      if (open) {
        if (bare.starts_with(fence_mark) && bare.find_first_not_of('`') == std::string_view::npos) {
          open = nullptr;
        } else {
          const std::size_t skip = std::min(indent, line.find_first_not_of(' ') == std::string_view::npos
                                                        ? line.size()
                                                        : line.find_first_not_of(' '));
          if (!open->text.empty() || open->offset) open->text += open->offset ? "\n" : "";
          if (!open->offset) open->offset = at + skip;
          open->text += line.substr(skip);
        }
      } else if (bare.starts_with("```") && !parts_.empty()) {
        const std::size_t ticks = std::min(bare.find_first_not_of('`'), bare.size());
        fence_mark.assign(ticks, '`');
        indent = line.find('`');
        ++blocks;
        open = &parts_.back().fences.emplace_back();
        open->info = trimmed(bare.substr(ticks));
        fence_at_ = at;
      } else if (line.starts_with("**") && line.find("**:") != std::string_view::npos) {
        const std::size_t close = line.find("**:");
        parts_.push_back({std::string(line.substr(2, close - 2)), "", at, {}});
        parts_.back().markdown = line.substr(close + 3);
        at = end + 1;
        continue;
      }
      if (!parts_.empty()) (parts_.back().markdown += "\n") += line;
      if (parts_.size() + blocks > kMaxParts)
        return diagnose(at, "E022", fmt::format("the rule has more than {} parts and blocks", kMaxParts), "make several rules of it");
      at = end + 1;
    }
    if (open) diagnose(fence_at_, "E009", "the fenced block does not end", "close it with ```");
  }

  void read_title(std::size_t body) {
    for (std::string_view line : split_lines(text_.substr(body)))
      if (line.starts_with("# ") && rule_.title.empty()) {
        rule_.title = trimmed(line.substr(2));
        rule_.places.emplace_back("title", place_at(static_cast<std::size_t>(line.data() - text_.data())));
      }
  }

  void read_part(const Part& part) {
    const std::string markdown(trimmed(part.markdown));
    rule_.places.emplace_back(part.name, place_at(part.offset));
    if (part.name == "Error Message") {
      for (const Fence& fence : part.fences) read_signature(fence);
    } else if (part.name == "Cause") {
      rule_.cause = markdown;
    } else if (part.name == "Solution") {
      rule_.solution = markdown;
    } else if (part.name == "Prevention") {
      rule_.prevention = markdown;
    } else if (part.name == "Seen as" || part.name == "Not to be confused with") {
      for (const Fence& fence : part.fences) read_example(fence);
    } else {
      diagnose(part.offset, "E013", fmt::format("unknown part `{}`", part.name),
               "the parts are Error Message, Cause, Solution, Prevention, Seen as and Not to be "
               "confused with");
    }
  }

  void read_signature(const Fence& fence) {
    const Place place = place_at(fence.offset);
    if (fence.text.size() > kMaxSignatureBytes)
      return diagnose(fence.offset, "E022", fmt::format("the signature is longer than {} bytes", kMaxSignatureBytes),
                      "keep what only this error has");
    if (fence.info != "regex") {
      rule_.signatures.push_back(compile_template(fence.text, place, diagnostics_));
      return;
    }
    rule_.signatures.push_back(compile_regex(fence.text, place));
  }

  void read_example(const Fence& fence) {
    Example example{fence.text, {}, place_at(fence.offset)};
    std::string_view info = fence.info;
    const std::string_view kind = info.substr(0, info.find(' '));
    info.remove_prefix(kind.size());
    for (info = trimmed(info); !info.empty(); info = trimmed(info)) {
      const std::size_t equals = info.find('=');
      if (equals == std::string_view::npos) break;
      const std::string name(info.substr(0, equals));
      info.remove_prefix(equals + 1);
      const bool quoted = info.starts_with('"') || info.starts_with('\'');
      const char close = quoted ? info.front() : ' ';
      if (quoted) info.remove_prefix(1);
      const std::size_t end = std::min(info.find(close), info.size());
      example.captures.emplace_back(name, info.substr(0, end));
      info.remove_prefix(std::min(end + quoted, info.size()));
    }
    if (kind == "example") {
      rule_.examples.push_back(std::move(example));
    } else if (kind == "near-miss") {
      rule_.near_misses.push_back(std::move(example));
    } else {
      diagnose(fence.offset, "E014", fmt::format("a block of unknown kind `{}`", kind),
               "the kinds are example and near-miss");
    }
  }

  void check_placeholders() {
    std::set<std::string> names;
    for (const Signature& signature : rule_.signatures)
      for (const Capture& capture : signature.captures) names.insert(capture.name);
    for (std::size_t at = 0; (at = text_.find("{{", at)) != std::string_view::npos; at += 2) {
      const std::string_view near = text_.substr(at + 2, kMaxPlaceholderBytes);
      const std::string_view inside = near.substr(0, std::min(near.find('\n'), near.find("}}")));
      const std::string name(trimmed(inside.substr(0, inside.find('|'))));
      if (!names.contains(name))
        diagnose(at, "E015", fmt::format("no signature captures `{}`", name),
                 "name a capture of the Error Message part");
    }
  }

  // A value is quoted for the shell, so quotes around its placeholder would end where it begins.
  void check_shell_quotes() {
    bool in_shell = false;
    for (std::string_view line : split_lines(text_)) {
      const std::string_view bare = trimmed(line);
      if (bare.starts_with("```")) {
        const std::string_view info = trimmed(bare.substr(3));
        in_shell = !in_shell && (info == "bash" || info == "sh" || info == "shell");
      }
      char quote = 0;
      for (std::size_t i = 0; in_shell && i < line.size(); ++i) {
        const char c = line[i];
        if (c == quote) {
          quote = 0;
        } else if (!quote && (c == '"' || c == '\'')) {
          quote = c;
        } else if (quote && line.substr(i).starts_with("{{")) {
          diagnose(static_cast<std::size_t>(line.data() - text_.data()) + i, "E019",
                   "a placeholder stands inside quotes of the shell",
                   "its value comes quoted: take the quotes away, or pass it as an argument");
        }
      }
    }
  }

  const RuleFile& file_;
  std::string_view text_;
  LineIndex lines_;
  Diagnostics& diagnostics_;
  Rule rule_;
  std::vector<Part> parts_;
  std::size_t fence_at_ = 0;
};

std::string digest_of(std::string_view text) {
  SHA2_CTX context;
  SHA256Init(&context);
  SHA256Update(&context, reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
  std::uint8_t digest[SHA256_DIGEST_LENGTH];
  SHA256Final(digest, &context);
  return {reinterpret_cast<const char*>(digest), sizeof digest};
}

std::string hash_of(const std::vector<Rule>& rules) {
  std::string all;
  for (const Rule& rule : rules) all += rule.id + '\0' + rule.digest;
  std::string hash = "sha256:";
  for (char byte : digest_of(all)) hash += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return hash;
}

void check_references(const std::vector<Rule>& rules, Diagnostics& diagnostics) {
  std::set<std::string_view> all;
  std::map<std::string_view, const Rule*> ids;
  for (const Rule& rule : rules) all.insert(rule.id);
  for (const Rule& rule : rules) {
    const auto diagnose = [&](const Place& place, std::string code, std::string message, std::string hint) {
      diagnostics.push_back({Diagnostic::Kind::kError, std::move(code), std::move(message), place.file,
                             place.line, place.column, place.source_line, std::move(hint)});
    };
    if (const auto [taken, is_free] = ids.try_emplace(rule.id, &rule); !is_free)
      diagnose(rule.place, "E016", fmt::format("the id `{}` is taken by {}", rule.id, taken->second->place.file),
               "ids are file names: give one of the two another");
    for (const std::string& symptom : rule.explains) {
      if (!all.contains(symptom))
        diagnose(rule.place_of(symptom), "E017",
                 fmt::format("`explains` names `{}`, which is no rule", symptom),
                 "`logfix rules list` lists the ids");
    }
  }
}

}  // namespace

// Goes by way of fallback rules only; each is looked at once, so a circle ends.
static void set_outcomes(std::vector<Rule>& rules, Diagnostics& diagnostics) {
  std::unordered_map<std::string_view, const Rule*> by_id;
  for (const Rule& rule : rules) by_id.emplace(rule.id, &rule);
  std::size_t steps = 0;
  for (Rule& rule : rules) {
    rule.outcomes.clear();
    std::vector<std::string_view> reached(rule.explains.begin(), rule.explains.end());
    std::unordered_set<std::string_view> seen(reached.begin(), reached.end());
    seen.insert(rule.id);
    for (std::size_t i = 0; i < reached.size(); ++i) {
      const auto found = by_id.find(reached[i]);
      if (found == by_id.end() || !found->second->fallback) continue;
      for (const std::string& id : found->second->explains)
        if (seen.insert(id).second) reached.push_back(id);
      steps += found->second->explains.size();
      if (steps > kMaxOutcomeSteps) return add_limit(diagnostics, rule.place, "`explains` of fallback rules leads to too many others");
    }
    rule.outcomes.assign(reached.begin() + static_cast<std::ptrdiff_t>(rule.explains.size()), reached.end());
  }
}

namespace {

// The ids of a runbook's entries are made of their headings, which may be the same as a rule's.
class UniqueIds {
 public:
  void take(Rule& rule) {
    if (!rule.has_own_id && taken_.contains(rule.id)) {
      const std::string id = rule.id;
      for (int& times = times_[id]; taken_.contains(rule.id);) rule.id = fmt::format("{}-{}", id, ++times + 1);
    }
    taken_.insert(rule.id);
  }

 private:
  std::unordered_set<std::string> taken_;
  std::unordered_map<std::string, int> times_;
};

}  // namespace

bool is_category(std::string_view name) {
  return std::find(std::begin(kCategories), std::end(kCategories), name) != std::end(kCategories);
}

LoadedRules load_rules(const std::vector<RuleFile>& files, RuleSet base) {
  LoadedRules loaded;
  std::vector<Rule> all = std::move(base.rules);
  UniqueIds ids;
  for (Rule& rule : all) ids.take(rule);
  std::set<std::string> broken;
  std::size_t errors = 0;
  for (const RuleFile& file : files) {
    if (errors > kMaxMistakes) {
      add_limit(loaded.diagnostics, {file.name, 0, 0, {}}, "so many mistakes that this and what follows is not read");
      broken.insert(file.name);
      break;
    }
    Diagnostics mistakes;
    std::vector<Rule> read;
    if (is_runbook(file.text)) {
      read = parse_runbook(file, mistakes);
    } else {
      read.push_back(RuleParser(file, mistakes).parse());
    }
    const std::string digest = digest_of(file.text);
    for (Rule& rule : read) {
      rule.digest = digest;
      ids.take(rule);
      all.push_back(std::move(rule));
    }
    if (has_errors(mistakes)) broken.insert(file.name), errors += mistakes.size();
    if (all.size() > kMaxRules) {
      add_limit(loaded.diagnostics, {file.name, 0, 0, {}}, fmt::format("there are more than {} rules", kMaxRules));
      break;
    }
    loaded.diagnostics.insert(loaded.diagnostics.end(), mistakes.begin(), mistakes.end());
  }
  check_references(all, loaded.diagnostics);
  for (Rule& rule : all)
    if (!broken.contains(rule.place.file)) loaded.rules.rules.push_back(std::move(rule));
  std::stable_sort(loaded.rules.rules.begin(), loaded.rules.rules.end(),
                   [](const Rule& a, const Rule& b) { return a.id < b.id; });
  set_outcomes(loaded.rules.rules, loaded.diagnostics);
  loaded.rules.hash = hash_of(loaded.rules.rules);
  return loaded;
}

// Without a byte order mark, and with a line feed alone at the end of lines.
static std::string with_plain_line_ends(std::string text) {
  if (text.starts_with("\xef\xbb\xbf")) text.erase(0, 3);
  std::size_t to = 0;
  for (std::size_t at = 0; at < text.size(); ++at)
    if (text[at] != '\r' || at + 1 == text.size() || text[at + 1] != '\n') text[to++] = text[at];
  text.resize(to);
  return text;
}

std::vector<RuleFile> read_rule_files(const std::string& path, Diagnostics& diagnostics) {
  std::vector<std::string> names;
  std::error_code error;
  if (fs::is_directory(path, error)) {
    for (auto it = fs::recursive_directory_iterator(path, error); !error && it != fs::end(it); it.increment(error))
      if (it->path().extension() == ".md") names.push_back(it->path().lexically_normal().string());
    // With a part of its rules, a set would be silent where it must not be.
    if (error)
      diagnostics.push_back({Diagnostic::Kind::kError, "E018", "the folder of rules can't be read: " + error.message(), path,
                             0, 0, {}, "check the path and its permissions"});
    std::sort(names.begin(), names.end());
  } else {
    names.push_back(path);
  }
  std::vector<RuleFile> files;
  std::size_t bytes = 0;
  for (const std::string& name : names) {
    auto text = file_text(name, kMaxRuleFileBytes);
    if (text) {
      bytes += text->size();
      files.push_back({name, with_plain_line_ends(std::move(*text))});
    } else if (text.error() == FileError::kTooLarge) {
      add_limit(diagnostics, {name, 0, 0, {}}, fmt::format("the rule file is larger than {} bytes", kMaxRuleFileBytes));
    } else {
      diagnostics.push_back({Diagnostic::Kind::kError, "E018", "the rule file can't be read", name,
                             0, 0, {}, "check the path and its permissions"});
    }
    if (bytes <= kMaxRuleBytes && files.size() <= kMaxRules) continue;
    add_limit(diagnostics, {name, 0, 0, {}}, fmt::format("there are more than {} rule files or {} bytes of them", kMaxRules, kMaxRuleBytes));
    break;
  }
  return files;
}

}  // namespace logfix
