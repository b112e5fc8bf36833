#include "findings/collector.h"

#include <algorithm>

#include "base/text.h"
#include "findings/root_cause.h"
#include "findings/secret_scan.h"

namespace logfix {
namespace {

constexpr std::size_t kMaxEvidence = 2000;
constexpr std::size_t kMaxTemplate = 200;
constexpr std::size_t kLeadOfMatch = 200;  // shown of a long line before what matched

// The begin of the UTF-8 character that the byte at `at` belongs to.
std::size_t character_at(std::string_view text, std::size_t at) {
  for (int i = 0; i < 3 && at > 0 && at < text.size() && (text[at] & 0xc0) == 0x80; ++i) --at;
  return at;
}

std::string_view line_around(std::string_view text, std::size_t begin, std::size_t end) {
  const std::size_t from = line_begin(text, begin);
  return text.substr(from, line_end(text, std::max(begin, end ? end - 1 : 0)) - from);
}

// FNV-1a: the same on every machine.
std::uint64_t hash_of(std::string_view bytes) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

}  // namespace

std::size_t telling_line(std::string_view text) {
  if (text.find("Traceback (most recent call last)") == std::string_view::npos) return 0;
  std::size_t best = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    const bool names_exception = !line.empty() && is_alpha(line[0]) &&
                                 line.substr(0, line.find(' ')).find_first_of(".:E") !=
                                     std::string_view::npos;
    if (names_exception && !line.starts_with("Traceback") && !line.starts_with("During")) best = at;
    at = end + 1;
  }
  return best;
}

std::string masked_template(std::string_view line) {
  std::string out;
  for (std::size_t i = 0; i < line.size() && out.size() < kMaxTemplate;) {
    const char c = line[i];
    if (c == '"' || c == '\'') {
      const std::size_t close = line.find(c, i + 1);
      const bool opens = i == 0 || !is_word(line[i - 1]);
      if (opens && close != std::string_view::npos) {
        out += "<*>";
        i = close + 1;
        continue;
      }
    }
    if (is_word(c) || c == '/') {
      std::size_t end = i;
      bool has_digit = false, has_slash = false;
      for (; end < line.size() && (is_word(line[end]) || line[end] == '/' || line[end] == '-' ||
                                   line[end] == '.' || line[end] == ':');
           ++end) {
        has_digit |= is_digit(line[end]);
        has_slash |= line[end] == '/';
      }
      while (end > i + 1 && (line[end - 1] == '.' || line[end - 1] == ':' || line[end - 1] == '-'))
        --end;
      if (has_digit || has_slash) {
        out += "<*>";
      } else {
        out += line.substr(i, end - i);
      }
      i = end;
      continue;
    }
    out += c;
    ++i;
  }
  return out;
}

void Collector::begin_source(std::string name) { source_ = redactor_.redact(LogText(std::move(name))); }

// A record and its secrets, which are looked for once and only if they matter.
class Collector::Subject {
 public:
  Subject(const Record& record, const Redactor& redactor) : record(record), redactor_(redactor) {}
  const Record& record;

  const std::vector<Secret>& secrets() {
    if (!secrets_) secrets_ = find();
    return *secrets_;
  }
  RedactedText part(std::size_t begin, std::size_t end) {
    return redactor_.part(record.text, begin, end, secrets());
  }
  RedactedText capture(const LogText& value, const Match& match) {
    const std::string_view bytes = value.untrusted();
    if (secrets().empty() || bytes.empty()) return redactor_.part(bytes, 0, bytes.size(), {});
    // Captures come without their places: the one that touches a secret is meant, if any is.
    const std::string_view within = std::string_view(record.text).substr(0, match.end);
    for (std::size_t at = within.find(bytes, match.begin), n = 0; at != std::string_view::npos && n < 16;
         at = within.find(bytes, at + 1), ++n) {
      RedactedText redacted = part(at, at + bytes.size());
      if (redacted.redactions()) return redacted;
    }
    return redactor_.redact(value);
  }

  const RedactedText& service(const RedactedText& source) {
    const std::string& name = record.container.empty() ? record.service : record.container;
    if (!service_) service_ = name.empty() ? source : redactor_.redact(LogText(name));
    return *service_;
  }

 private:
  std::vector<Secret> find() const {
    std::vector<Secret> secrets = redactor_.secrets_of(record.text, record.fields);
    const std::size_t rest = redactor_.rest_of_secret_in(record.lead, record.text);
    if (rest == 0) return secrets;
    secrets.push_back({0, rest, "secret"});
    return apart(std::move(secrets));
  }
  const Redactor& redactor_;
  std::optional<std::vector<Secret>> secrets_;
  std::optional<RedactedText> service_;
};

void Collector::set_evidence(Evidence& to, Subject& subject, std::size_t begin, std::size_t end) const {
  const std::string& text = subject.record.text;
  const std::string_view line = line_around(text, begin, end);
  const auto line_begin = static_cast<std::size_t>(line.data() - text.data());
  const std::size_t line_end = line_begin + line.size();
  end = std::clamp(end, begin, line_end);
  // Of a line that is too long, the part around what matched.
  std::size_t from = line_begin;
  if (end - line_begin > kMaxEvidence) from = character_at(text, begin - std::min(begin - line_begin, kLeadOfMatch));
  const std::size_t to_byte = line_end - from > kMaxEvidence ? character_at(text, from + kMaxEvidence) : line_end;
  end = std::min(end, to_byte);
  to.source = source_;
  to.line = subject.record.line_at(begin);
  to.truncated = from > line_begin || to_byte < line_end;
  to.text = subject.part(from, to_byte);
  to.mark_begin = subject.part(from, begin).untrusted().size();
  to.mark_end = std::min(subject.part(from, end).untrusted().size(), to.text.untrusted().size());
}

void Collector::add(const Record& record, const std::vector<Match>& matches) {
  const bool error_like = is_error_like(record);
  if (matches.empty() && !error_like) return;
  if (settings_ && !settings_->filter.shows(record.time)) {
    ++stats_.outside;
    return;
  }
  stats_.records += 1;
  stats_.zoneless_times += record.time && !record.has_zone;
  stats_.malformed += record.malformed_lines;
  stats_.error_records += error_like;
  stats_.explained_records += error_like && !matches.empty();
  Subject subject(record, redactor_);
  for (const Match& match : matches) (add_occurrence(subject, match) ? stats_.matches : stats_.hidden) += 1;
  if (matches.empty()) add_unknown(subject);
}

// Records of interleaved streams end in another order than they begin: the earliest line counts.
static bool is_earlier(const Evidence& a, const Evidence& b) {
  return a.source == b.source && a.line < b.line;
}

static void count_times(Finding& finding, const std::optional<Time>& first,
                        const std::optional<Time>& last) {
  if (first && (!finding.first_seen || *first < *finding.first_seen)) finding.first_seen = first;
  if (last && (!finding.last_seen || *last > *finding.last_seen)) finding.last_seen = last;
}

static void count_source(Finding& finding, const RedactedText& name, std::uint64_t count) {
  if (finding.sources.empty() || finding.sources.back().name != name)
    finding.sources.push_back({name, 0});
  finding.sources.back().count += count;
}

void Collector::add_variant(Group& group, const Captures& captures, std::uint64_t count) {
  std::string bytes;
  for (const auto& [name, value] : captures) {
    ((bytes += name) += '\0') += value.untrusted();
    bytes += '\0';
  }
  group.variants[{hash_of(bytes), captures}] += count;
  if (group.variants.size() <= kMaxVariants) return;
  group.variants.erase(std::prev(group.variants.end()));
  group.has_dropped = true;
}

// Also counts what is accepted; an entry that has expired hides nothing.
bool Collector::is_hidden(const Rule& rule, const Captures& captures) {
  if (!settings_) return false;
  const Filter& filter = settings_->filter;
  if (!filter.shows(rule)) return true;
  const std::optional<std::size_t> entry = filter.accepted_by(rule, captures);
  if (!entry) return false;
  ++accepted_[*entry];
  return !filter.has_expired(*entry);
}

// False if the occurrence is hidden.
bool Collector::add_occurrence(Subject& subject, const Match& match) {
  Captures captures;
  for (const auto& [name, value] : match.captures) captures.emplace_back(name, subject.capture(value, match));
  if (is_hidden(*match.rule, captures)) return false;
  const std::optional<Time>& time = subject.record.time;
  if (settings_ && settings_->on_occurrence) {
    Finding one;
    one.rule = match.rule;
    one.count = 1;
    one.first_seen = one.last_seen = time;
    one.services = {{subject.service(source_), 1}};
    one.variants = {{captures, 1}};
    set_evidence(one.evidence, subject, match.begin, match.end);
    settings_->on_occurrence(one);
  }
  Group& group = groups_[match.rule->id];
  Finding& finding = group.finding;
  finding.rule = match.rule;
  const Evidence place{source_, subject.record.line_at(match.begin), {}, 0, 0, false};
  if (finding.count == 0 || is_earlier(place, finding.evidence))
    set_evidence(finding.evidence, subject, match.begin, match.end);
  ++finding.count;
  count_times(finding, time, time);
  count_source(finding, source_, 1);
  group.moments.add(subject.service(source_), time);
  if (!captures.empty()) add_variant(group, captures, 1);
  return true;
}

void Collector::add_unknown(Subject& subject) {
  const std::string& text = subject.record.text;
  const std::size_t at = telling_line(text);
  Unknown unknown;
  unknown.count = 1;
  unknown.level = subject.record.level;
  set_evidence(unknown.evidence, subject, at, at);
  const std::string pattern = masked_template(unknown.evidence.text.untrusted());
  unknown.pattern = redactor_.redact(LogText(pattern));
  if (settings_ && settings_->on_unknown) settings_->on_unknown(unknown);
  add_unknown(pattern, std::move(unknown));
}

static void add_up(Unknown& to, Unknown&& more) {
  to.count += more.count;
  to.level = std::max(to.level, more.level);
  if (is_earlier(more.evidence, to.evidence)) to.evidence = std::move(more.evidence);
}

void Collector::add_unknown(const std::string& pattern, Unknown&& more) {
  const auto [known, is_new] = unknowns_.try_emplace({hash_of(pattern), pattern}, std::move(more));
  if (!is_new) add_up(known->second, std::move(more));
  if (unknowns_.size() <= kMaxUnknowns) return;
  const auto last = std::prev(unknowns_.end());
  Unknown dropped = std::move(last->second);
  unknowns_.erase(last);
  dropped.pattern = Redactor(false).redact(LogText("(other errors)"));
  if (other_unknowns_) {
    add_up(*other_unknowns_, std::move(dropped));
  } else {
    other_unknowns_ = std::move(dropped);
  }
}

void Collector::merge(Collector&& later, std::uint64_t lines_before) {
  for (auto& [id, from] : later.groups_) {
    Finding& more = from.finding;
    more.evidence.line += lines_before;
    Group& group = groups_[id];
    Finding& finding = group.finding;
    if (finding.count == 0 || is_earlier(more.evidence, finding.evidence))
      finding.evidence = std::move(more.evidence);
    finding.rule = more.rule;
    finding.count += more.count;
    count_times(finding, more.first_seen, more.last_seen);
    for (const SourceCount& source : more.sources) count_source(finding, source.name, source.count);
    group.moments.merge(from.moments);
    for (const auto& [key, count] : from.variants) add_variant(group, key.second, count);
    group.has_dropped |= from.has_dropped;
  }
  for (auto& [key, unknown] : later.unknowns_) {
    unknown.evidence.line += lines_before;
    add_unknown(key.second, std::move(unknown));
  }
  if (later.other_unknowns_) {
    later.other_unknowns_->evidence.line += lines_before;
    if (other_unknowns_) {
      add_up(*other_unknowns_, std::move(*later.other_unknowns_));
    } else {
      other_unknowns_ = std::move(later.other_unknowns_);
    }
  }
  for (const auto& [entry, count] : later.accepted_) accepted_[entry] += count;
  stats_ += later.stats_;
}

// Counts the secrets of all that a report may show, and of which kinds they are.
class RedactionCount {
 public:
  explicit RedactionCount(Report& report) : report_(report) {
    for (const Finding& finding : report.findings) {
      add(finding.evidence);
      for (const SourceCount& source : finding.sources) add(source.name);
      for (const Variant& variant : finding.variants)
        for (const auto& [name, value] : variant.captures) add(value);
    }
    for (const Unknown& unknown : report.unknowns) add(unknown.evidence), add(unknown.pattern);
  }

 private:
  void add(const Evidence& evidence) { add(evidence.source), add(evidence.text); }
  void add(const RedactedText& text) {
    report_.stats.redactions += text.redactions();
    if (text.redactions() == 0) return;
    static constexpr std::string_view kBegin = "[redacted:";
    const std::string_view bytes = text.untrusted();
    for (std::size_t at = bytes.find(kBegin); at != std::string_view::npos; at = bytes.find(kBegin, at)) {
      at += kBegin.size();
      const std::string_view kind = bytes.substr(at, bytes.find(']', at) - at);
      const bool is_ours = kind.size() < 30 && std::all_of(kind.begin(), kind.end(), [](char c) { return is_alpha(c) || c == '-'; });
      if (is_ours) ++report_.redacted[std::string(kind)];
    }
  }

  Report& report_;
};

std::vector<SourceCount> services_of(const std::vector<Moment>& moments) {
  std::vector<SourceCount> services;
  for (const Moment& moment : moments) {
    if (services.empty() || services.back().name != moment.service) services.push_back({moment.service, 0});
    services.back().count += moment.count;
  }
  std::stable_sort(services.begin(), services.end(), [](const auto& a, const auto& b) { return a.count > b.count; });
  return services;
}

Report Collector::take_report(const Stats& others, std::string rule_set) {
  Report report;
  report.rule_set = std::move(rule_set);
  report.stats = others;
  report.stats += stats_;
  for (auto& [id, group] : groups_) {
    Finding& finding = group.finding;
    for (const auto& [key, count] : group.variants) finding.variants.push_back({key.second, count});
    std::sort(finding.variants.begin(), finding.variants.end(), [](const Variant& a, const Variant& b) {
      return a.count != b.count ? a.count > b.count : a.captures < b.captures;
    });
    const std::size_t shown = settings_ ? settings_->shown_variants : CollectorSettings().shown_variants;
    if (finding.variants.size() > shown) {
      finding.variants_omitted = finding.variants.size() - shown;
      finding.variants.resize(shown);
    }
    finding.variants_omitted += group.has_dropped;
    finding.moments = group.moments.list();
    finding.services = services_of(finding.moments);
    report.findings.push_back(std::move(finding));
  }
  order_by_root_cause(report.findings);
  for (auto& [key, unknown] : unknowns_) report.unknowns.push_back(std::move(unknown));
  if (other_unknowns_) report.unknowns.push_back(std::move(*other_unknowns_));
  std::sort(report.unknowns.begin(), report.unknowns.end(), [](const Unknown& a, const Unknown& b) {
    return a.count != b.count ? a.count > b.count : a.pattern < b.pattern;
  });
  report.is_redacted = redactor_.is_on();
  for (const auto& [entry, count] : accepted_)
    report.accepted.push_back({settings_->filter.accepted[entry], count, settings_->filter.has_expired(entry)});
  const RedactionCount counted(report);
  return report;
}

}  // namespace logfix
