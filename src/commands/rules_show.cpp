#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "active_rules.h"
#include "commands/commands.h"
#include "commands/output.h"
#include "report/report.h"

namespace logfix {
namespace {

// How many letters differ (Levenshtein).
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t swapped = diagonal + (a[i] != b[j]);
      diagonal = row[j + 1];
      row[j + 1] = std::min({row[j] + 1, row[j + 1] + 1, swapped});
    }
  }
  return row.back();
}

Diagnostic no_such_rule(const std::string& id, const RuleSet& rules) {
  std::vector<std::pair<std::size_t, std::string>> near;
  for (const Rule& rule : rules.rules) {
    const bool holds_it = rule.id.find(id) != std::string::npos;
    near.emplace_back(holds_it ? 0 : distance(id, rule.id), rule.id);
  }
  std::sort(near.begin(), near.end());
  std::erase_if(near, [&](const auto& n) { return n.first > 2 + id.size() / 4; });
  near.resize(std::min<std::size_t>(near.size(), 5));
  std::vector<std::string> names;
  for (const auto& [far, name] : near) names.push_back(name);
  return {Diagnostic::Kind::kError, "E306", fmt::format("`{}` is no rule", id), "", 0, 0, {},
          names.empty() ? "`logfix rules list` lists the ids" : fmt::format("did you mean {}?", fmt::join(names, ", "))};
}

}  // namespace

ExitCode show_rules(const Options& options) {
  const ActiveRules rules(options);
  Diagnostics mistakes = rules.mistakes();
  const auto& all = rules.set().rules;
  RenderOptions how;
  how.color = wants_color(options.color);
  how.width = output_width();
  std::string out;
  for (const std::string& id : options.ids) {
    const auto rule = std::find_if(all.begin(), all.end(), [&](const Rule& r) { return r.id == id; });
    if (rule == all.end()) {
      mistakes.push_back(no_such_rule(id, rules.set()));
    } else {
      if (!out.empty()) out += '\n';
      out += render_rule(*rule, rules.set(), how);
    }
  }
  if (report_mistakes(mistakes) != ExitCode::kOk) return ExitCode::kUsage;
  return write_out(out);
}

}  // namespace logfix
