// Takes one envelope after the other off a line, until the application's own text is left. Each
// docker layer is copied to a buffer of its own, as the parser's is overwritten by the next one.
#include "envelope/unwrap.h"

#include <array>
#include <string>
#include <utility>

#include "base/text.h"
#include "envelope/compose.h"
#include "envelope/json.h"
#include "envelope/lenient.h"
#include "envelope/structured.h"

namespace logfix {
namespace {

constexpr std::size_t kMaxLayers = 3;
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

bool has_escape(std::string_view text) { return text.find('\x1b') != std::string_view::npos; }

// Not every `{` opens JSON: dicts of Python and code do as well.
bool looks_like_json(std::string_view text) {
  if (!text.starts_with('{')) return false;
  std::size_t at = 1;
  while (at < text.size() && is_space(text[at])) ++at;
  return at < text.size() && (text[at] == '"' || text[at] == '}');
}

// A time at the head of a line may be the application's. It is only if taking it off would leave
// no level where there is one now (`2026-11-23T10:00:00Z ERROR text`).
bool time_belongs_to_text(std::string_view with_time, std::string_view without_time) {
  const Head head = parse_head(with_time);
  if (head.level == Level::kUnknown && !head.is_pg_detail) return false;
  const Head rest = parse_head(without_time);
  return rest.level != head.level || head.is_pg_detail;
}

}  // namespace

struct Unwrapper::State {
  JsonReader json;
  FlatJson flat;
  Entry entry;
  std::array<std::string, kMaxLayers + 1> lines;  // by layer, without colours
  std::string text;

  void reset() {
    std::vector<std::pair<std::string, std::string>> fields = std::move(entry.fields);
    fields.clear();
    entry = Entry{};
    entry.fields = std::move(fields);
  }

  // Unwraps `line`, from which `layer` envelopes were taken.
  void unwrap(std::string_view line, std::size_t layer) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (has_escape(line)) {
      lines[layer] = without_ansi(line);
      line = lines[layer];
    }
    const bool has_prefix = layer == 0 && take_prefix(line);
    if (!looks_like_json(line)) take_time(line);
    if (looks_like_json(line)) {
      take_json(line, layer + has_prefix);
    } else {
      take_plain(line);
    }
  }

  bool take_prefix(std::string_view& line) {
    entry.container = take_compose_prefix(line);
    return !entry.container.empty();
  }

  void take_time(std::string_view& line) {
    std::string_view rest = line;
    const auto time = take_docker_time(rest);
    if (!time || time_belongs_to_text(line, rest)) return;
    entry.time = time;
    line = rest;
  }

  void take_plain(std::string_view line) {
    const Head head = parse_head(line);
    entry.text = line;
    entry.is_head = head.is_head;
    entry.is_pg_detail = head.is_pg_detail;
    entry.level = head.level;
    if (head.time) entry.time = head.time;
  }

  void take_json(std::string_view line, std::size_t layer) {
    DockerLine docker;
    if (!json.parse(line)) {
      take_malformed(line);
    } else if (layer < kMaxLayers && json.read_docker(docker)) {
      take_docker(docker, layer);
    } else {
      take_structured();
    }
  }

  void take_docker(const DockerLine& docker, std::size_t layer) {
    for (std::string_view name : {"stdout", "stderr"})
      if (docker.stream == name) entry.stream = name;
    if (const auto time = parse_time(docker.time)) entry.time = time;
    std::string& inner = lines[layer + 1];
    inner.assign(docker.log);
    if (inner.ends_with('\n')) {
      inner.pop_back();
    } else {
      entry.is_partial = true;
    }
    unwrap(inner, layer + 1);
  }

  void take_structured() {
    json.flatten(flat);
    join_strings(flat, text);
    entry.is_structured = true;
    entry.text = text;
    entry.level = structured_level(flat);
    if (const auto time = structured_time(flat)) entry.time = time;
    entry.logger = structured_logger(flat);
    entry.service = structured_service(flat);
    entry.fields.swap(flat.fields);
  }

  // It begins a record: nobody writes the next line of a stack trace that way.
  void take_malformed(std::string_view line) {
    text = unescaped_leniently(line);
    if (has_escape(text)) text = without_ansi(text);
    entry.is_malformed = true;
    entry.is_head = true;
    entry.text = text;
    entry.level = level_leniently(text);
  }
};

Unwrapper::Unwrapper() : state_(std::make_unique<State>()) {}
Unwrapper::~Unwrapper() = default;

const Entry& Unwrapper::unwrap(std::string_view line) {
  state_->reset();
  if (line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
  state_->unwrap(line, 0);
  return state_->entry;
}

}  // namespace logfix
