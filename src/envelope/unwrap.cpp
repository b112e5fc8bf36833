// Takes one envelope after the other off a line, until the application's own text is left. Each
// layer is copied to a buffer of its own, as the parser's is overwritten by the next one.
#include "envelope/unwrap.h"

#include <array>
#include <deque>
#include <string>
#include <utility>

#include "base/text.h"
#include "envelope/json.h"
#include "envelope/keyvalue.h"
#include "envelope/lenient.h"
#include "envelope/prefix.h"
#include "envelope/structured.h"

namespace logfix {
namespace {

constexpr std::size_t kMaxLayers = 3;
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

bool has_escape(std::string_view text) { return text.find('\x1b') != std::string_view::npos; }

// The journal and syslog call "info" whatever a program just writes.
bool tells_level(Level of_envelope) { return of_envelope >= Level::kWarning; }

// Not every `{` opens JSON: dicts of Python and code do as well.
bool looks_like_json(std::string_view text) {
  if (!text.starts_with('{')) return false;
  std::size_t at = 1;
  while (at < text.size() && is_space(text[at])) ++at;
  return at < text.size() && (text[at] == '"' || text[at] == '}');
}

}  // namespace

struct Unwrapper::State {
  TimeDefaults defaults;
  JsonReader json;
  FlatJson flat;
  std::vector<Entry> entries;
  std::size_t count = 0;
  std::array<std::string, kMaxLayers + 1> lines;  // by layer, what was in an envelope
  std::array<std::string, kMaxLayers + 1> plain;  // by layer, without colours
  std::deque<std::string> texts;                  // by entry
  std::deque<std::string> names;                  // by entry: logger and service

  Entry& begin_entry() {
    if (count == entries.size()) {
      entries.emplace_back();
      texts.emplace_back();
      names.emplace_back(), names.emplace_back();
    }
    Entry& entry = entries[count++];
    std::vector<std::pair<std::string, std::string>> fields = std::move(entry.fields);
    std::vector<std::string_view> envelopes = std::move(entry.envelopes);
    fields.clear(), envelopes.clear();
    entry = Entry{};
    entry.fields = std::move(fields);
    entry.envelopes = std::move(envelopes);
    return entry;
  }
  Entry& entry() { return entries[count - 1]; }
  std::string& text() { return texts[count - 1]; }

  // Unwraps `line`, from which `layer` envelopes were taken.
  void unwrap(std::string_view line, std::size_t layer) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (has_escape(line)) {
      plain[layer] = without_ansi(line);
      line = plain[layer];
    }
    if (layer < kMaxLayers) {
      if (const auto prefix = take_prefix(line, defaults)) return take_prefixed(*prefix, line, layer);
    }
    if (looks_like_json(line)) return take_json(line, layer);
    take_plain(line);
  }

  void set_time(std::optional<ParsedTime> time) {
    if (!time) return;
    entry().time = time->time;
    entry().has_zone = time->has_zone;
  }

  void take_prefixed(const Prefix& prefix, std::string_view rest, std::size_t layer) {
    Entry& e = entry();
    e.envelopes.push_back(prefix.name);
    if (!prefix.container.empty()) e.container = prefix.container;
    if (!prefix.stream.empty()) e.stream = prefix.stream;
    if (!prefix.process.empty()) e.process = prefix.process;
    if (!prefix.logger.empty()) e.logger = prefix.logger;
    if (tells_level(prefix.level)) e.level = prefix.level;
    if (prefix.time) e.time = prefix.time, e.has_zone = prefix.has_zone;
    take_wrapped(rest, layer, prefix.is_runtime, prefix.is_partial);
  }

  void take_wrapped(std::string_view inner, std::size_t layer, bool is_runtime, bool is_partial) {
    Entry& e = entry();
    if (is_runtime) {
      e.wrapped = inner;
      e.wrapped_container = e.container, e.wrapped_stream = e.stream, e.wrapped_process = e.process;
    }
    if (is_partial) {
      e.is_partial = true;
      e.text = inner;
      return;
    }
    unwrap(inner, layer + 1);
  }

  void take_json(std::string_view line, std::size_t layer) {
    JsonEnvelope envelope;
    if (!json.parse(line)) return take_malformed(line);
    if (layer < kMaxLayers && json.read_envelope(envelope)) return take_envelope(envelope, layer);
    if (const std::size_t records = json.read_otlp()) return take_otlp(records);
    json.flatten(flat);
    take_structured("JSON");
  }

  void take_envelope(const JsonEnvelope& envelope, std::size_t layer) {
    Entry& e = entry();
    e.envelopes.push_back(envelope.name);
    for (std::string_view name : {"stdout", "stderr"})
      if (envelope.stream == name) e.stream = name;
    // The parser's buffer does not outlive the next layer.
    std::string& inner = lines[layer + 1];
    inner.assign(envelope.text);
    const std::size_t text_size = inner.size();
    for (std::string_view part : {envelope.container, envelope.logger, envelope.service, envelope.process})
      inner += part;
    std::string_view rest = std::string_view(inner).substr(text_size);
    const auto next = [&](std::size_t size, std::string_view& to) {
      if (size) to = rest.substr(0, size);
      rest.remove_prefix(size);
    };
    next(envelope.container.size(), e.container);
    next(envelope.logger.size(), e.logger);
    next(envelope.service.size(), e.service);
    next(envelope.process.size(), e.process);
    set_time(parse_time(envelope.time));
    if (const auto epoch = parse_epoch(envelope.time)) set_time(ParsedTime{*epoch, 0, true});
    if (envelope.priority.size() == 1 && is_digit(envelope.priority[0])) {
      const Level level = level_from_syslog(static_cast<unsigned>(envelope.priority[0] - '0'));
      if (tells_level(level)) e.level = level;
    }
    take_wrapped(std::string_view(inner).substr(0, text_size), layer, envelope.is_runtime,
                 envelope.is_partial);
  }

  void take_otlp(std::size_t records) {
    const Entry outer = entry();
    for (std::size_t i = 0; i < records; ++i) {
      if (i > 0) {
        Entry& e = begin_entry();
        e.container = outer.container, e.stream = outer.stream, e.process = outer.process;
        e.time = outer.time;
      }
      json.flatten_otlp(i, flat);
      take_structured("OTLP");
    }
  }

  void take_structured(std::string_view format) {
    Entry& e = entry();
    e.envelopes.push_back(format);
    join_strings(flat, text());
    e.is_structured = true;
    e.text = text();
    if (const Level level = structured_level(flat); level != Level::kUnknown) e.level = level;
    set_time(structured_time(flat, defaults));
    // Views into `flat` would not outlive the next entry.
    std::string& logger = names[2 * (count - 1)];
    std::string& service = names[2 * (count - 1) + 1];
    logger.assign(structured_logger(flat));
    service.assign(structured_service(flat));
    if (!logger.empty()) e.logger = logger;
    if (!service.empty()) e.service = service;
    e.fields.swap(flat.fields);
  }

  void take_plain(std::string_view line) {
    const Head head = parse_head(line, defaults);
    if (head.is_logfmt) {
      read_logfmt(line, flat);
      return take_structured("logfmt");
    }
    if (head.time && line[0] != '[' && read_csvlog(line, flat))
      return take_structured("PostgreSQL csvlog");
    Entry& e = entry();
    e.envelopes.push_back("text");
    e.text = line;
    if (has_escaped_quotes(line)) {  // text that quotes JSON
      text().assign(line);
      add_unescaped(line, text());
      e.text = text();
    }
    e.is_head = head.is_head;
    e.is_access = head.is_access;
    e.is_pg_detail = head.is_pg_detail;
    if (head.level != Level::kUnknown) e.level = head.level;
    if (head.time) e.time = head.time, e.has_zone = head.has_zone;
  }

  // It begins a record: nobody writes the next line of a stack trace that way.
  void take_malformed(std::string_view line) {
    Entry& e = entry();
    e.envelopes.push_back("broken JSON");
    text() = unescaped_leniently(line);
    if (has_escape(text())) text() = without_ansi(text());
    e.is_malformed = true;
    e.is_head = true;
    e.text = text();
    e.level = level_leniently(text());
  }

  std::span<const Entry> found() const { return {entries.data(), count}; }
};

Unwrapper::Unwrapper(TimeDefaults defaults) : state_(std::make_unique<State>()) {
  state_->defaults = defaults;
}
Unwrapper::~Unwrapper() = default;

std::span<const Entry> Unwrapper::unwrap(std::string_view line) {
  state_->count = 0;
  state_->begin_entry();
  if (line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
  state_->unwrap(line, 0);
  return state_->found();
}

std::span<const Entry> Unwrapper::unwrap_joined(std::string_view text, const Entry& part) {
  const Entry copy = part;
  state_->count = 0;
  Entry& entry = state_->begin_entry();
  entry.container = copy.container;
  entry.stream = copy.stream;
  entry.process = copy.process;
  entry.time = copy.time;
  entry.has_zone = copy.has_zone;
  // Layer 0 holds nothing that the views of a part point to.
  state_->unwrap(text, kMaxLayers - 1);
  return state_->found();
}

}  // namespace logfix
