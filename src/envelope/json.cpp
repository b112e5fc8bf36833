// Parses JSON objects with simdjson and flattens them. Objects inside strings need a parser of
// their own while the outer one is still being walked, so there is one for each level.
#include "envelope/json.h"

#include <simdjson.h>

#include <charconv>
#include <cstdint>
#include <optional>
#include <utility>

#include "base/text.h"

namespace logfix {
namespace {

namespace dom = simdjson::dom;
using simdjson::SUCCESS;

constexpr std::size_t kMaxLevels = 3;
// Bounds for hostile input: with deep nesting and long keys the dotted keys alone would grow with
// the square of the line. Strings are taken beyond them, only their fields are not.
constexpr std::size_t kMaxFields = 4096;
constexpr std::size_t kMaxKeySize = 512;

bool looks_like_object(std::string_view text) {
  text = trimmed(text);
  return text.size() > 2 && text.front() == '{' && text.back() == '}';
}

bool has_any(const dom::object& object, std::initializer_list<std::string_view> keys) {
  for (std::string_view key : keys)
    if (object.at_key(key).error() == SUCCESS) return true;
  return false;
}

// Appends `.name` and takes it away again at the end of the scope.
class KeyPart {
 public:
  KeyPart(std::string& key, std::string_view name) : key_(key), size_(key.size()) {
    if (!key.empty()) key += '.';
    // One byte over the limit is enough for FlatJson to see that the key is too long.
    key += name.substr(0, kMaxKeySize + 1 - std::min(key.size(), kMaxKeySize));
  }
  ~KeyPart() { key_.resize(size_); }
  KeyPart(const KeyPart&) = delete;
  KeyPart& operator=(const KeyPart&) = delete;

 private:
  std::string& key_;
  std::size_t size_;
};

}  // namespace

void FlatJson::clear() {
  fields.clear();
  bytes_.clear();
  strings_.clear();
}

void FlatJson::add(std::string_view key, std::string_view value, bool is_string) {
  const bool is_field = fields.size() < kMaxFields && key.size() <= kMaxKeySize;
  if (is_string) {
    strings_.push_back({bytes_.size(), value.size(), is_field ? fields.size() : kNone});
    bytes_ += value;
  }
  if (is_field) fields.emplace_back(key, value);
}

std::string_view FlatJson::string_at(std::size_t index) const {
  return std::string_view(bytes_).substr(strings_[index].begin, strings_[index].size);
}

std::size_t FlatJson::find_string(std::string_view key) const {
  for (std::size_t i = 0; i < strings_.size(); ++i)
    if (strings_[i].field != kNone && fields[strings_[i].field].first == key) return i;
  return kNone;
}

const std::string* FlatJson::find(std::string_view key) const {
  for (const auto& [name, value] : fields)
    if (name == key) return &value;
  return nullptr;
}

struct JsonReader::State {
  struct OtlpRecord {
    dom::element record;
    std::optional<dom::element> resource, scope;
  };
  dom::parser parsers[kMaxLevels];
  dom::object root;
  std::string key;
  std::string message_bytes;
  std::vector<OtlpRecord> otlp;

  bool parse(std::string_view text, std::size_t level, dom::object& object) {
    dom::element element;
    return parsers[level].parse(text.data(), text.size()).get(element) == SUCCESS &&
           element.get(object) == SUCCESS;
  }

  void walk_object(const dom::object& object, std::size_t level, FlatJson& flat) {
    if (take_attribute(object, level, flat)) return;
    for (const auto field : object) {
      const KeyPart part(key, field.key);
      walk(field.value, level, flat);
    }
    add_exception(object, flat);
  }

  // `{"key": "service.name", "value": {"stringValue": "api"}}`
  bool take_attribute(const dom::object& object, std::size_t level, FlatJson& flat) {
    std::string_view name;
    dom::object value;
    if (object.size() != 2 || object.at_key("key").get(name) != SUCCESS ||
        object.at_key("value").get(value) != SUCCESS)
      return false;
    std::string outer = std::exchange(key, std::string(name.substr(0, kMaxKeySize)));
    for (const auto field : value) walk(field.value, level, flat);
    key = std::move(outer);
    return true;
  }

  // As a traceback prints it, for signatures that hold both.
  static void add_exception(const dom::object& object, FlatJson& flat) {
    static constexpr std::pair<std::string_view, std::string_view> kPairs[] = {
        {"exc_type", "exc_value"},         {"type", "message"},
        {"type", "value"},                 {"name", "message"},
        {"class", "message"},              {"name", "localizedMessage"},
        {"error.type", "error.message"},   {"exception.type", "exception.message"},
        {"error_class", "error_message"}};
    for (const auto& [type_key, message_key] : kPairs) {
      std::string_view type, message;
      if (object.at_key(type_key).get(type) != SUCCESS || type.empty() ||
          object.at_key(message_key).get(message) != SUCCESS || message.starts_with(type))
        continue;
      std::string both(type);
      (both += ": ") += message;
      flat.add({}, both, true);
      return;
    }
  }

  void walk(const dom::element& element, std::size_t level, FlatJson& flat) {
    switch (element.type()) {
      case dom::element_type::OBJECT:
        walk_object(dom::object(element), level, flat);
        break;
      case dom::element_type::ARRAY:
        for (const dom::element item : dom::array(element)) walk(item, level, flat);
        break;
      case dom::element_type::STRING:
        take_string(std::string_view(element), level, flat);
        break;
      case dom::element_type::NULL_VALUE:
        break;
      default:
        take_scalar(element, flat);
    }
  }

  void take_string(std::string_view value, std::size_t level, FlatJson& flat) {
    flat.add(key, value, true);
    dom::object inner;
    if (level + 1 >= kMaxLevels || !looks_like_object(value) || !parse(trimmed(value), level + 1, inner))
      return;
    flat.mark_as_object();
    walk_object(inner, level + 1, flat);
  }

  void take_scalar(const dom::element& element, FlatJson& flat) {
    char digits[32];
    std::int64_t number = 0;
    if (element.get(number) == SUCCESS) {
      const char* end = std::to_chars(digits, digits + sizeof digits, number).ptr;
      flat.add(key, {digits, static_cast<std::size_t>(end - digits)}, false);
    } else {
      flat.add(key, simdjson::minify(element), false);
    }
  }
};

JsonReader::JsonReader() : state_(std::make_unique<State>()) {}
JsonReader::~JsonReader() = default;

bool JsonReader::parse(std::string_view text) { return state_->parse(text, 0, state_->root); }

namespace {

std::string_view string_at(const dom::object& object, std::string_view key) {
  std::string_view value;
  return object.at_key(key).get(value) == SUCCESS ? value : std::string_view();
}

bool has_string(const dom::object& object, std::string_view key, std::string_view& value) {
  return object.at_key(key).get(value) == SUCCESS;
}

// Docker cuts messages into parts of 16 KiB. A shorter text without a line feed is just the last
// that a program wrote; bytes that are no UTF-8 change their size on the way.
constexpr std::size_t kLeastPart = 16'000;

bool read_docker(const dom::object& root, JsonEnvelope& envelope) {
  if (!has_string(root, "log", envelope.text)) return false;
  const bool has_stream = has_string(root, "stream", envelope.stream);
  const bool has_time = has_string(root, "time", envelope.time);
  // An application may have a key "log" too; with these keys of its own it would lose them.
  if ((!has_stream && !has_time) || has_any(root, {"level", "message", "msg", "event"})) return false;
  envelope.name = "Docker json-file";
  envelope.is_runtime = true;
  dom::object attributes;  // what `--log-opt labels` and `tag` add
  if (root.at_key("attrs").get(attributes) == SUCCESS) {
    envelope.service = string_at(attributes, "com.docker.compose.service");
    envelope.container = string_at(attributes, "tag");
  }
  if (envelope.text.ends_with('\n')) {
    envelope.text.remove_suffix(1);
  } else {
    envelope.is_partial = envelope.text.size() >= kLeastPart;
  }
  return true;
}

bool read_journal(const dom::object& root, JsonEnvelope& envelope, std::string& bytes) {
  dom::array message;
  if (root.at_key("MESSAGE").get(message) == SUCCESS) {
    bytes.clear();
    for (const dom::element item : message) {
      std::int64_t byte = 0;
      if (item.get(byte) == SUCCESS) bytes += static_cast<char>(byte);
    }
    envelope.text = bytes;
  } else if (!has_string(root, "MESSAGE", envelope.text) ||
             !has_any(root, {"__REALTIME_TIMESTAMP", "_SOURCE_REALTIME_TIMESTAMP", "PRIORITY",
                             "SYSLOG_IDENTIFIER", "_BOOT_ID"})) {
    return false;
  }
  envelope.name = "journal JSON";
  envelope.container = string_at(root, "CONTAINER_NAME");
  envelope.logger = string_at(root, "SYSLOG_IDENTIFIER");
  envelope.service = string_at(root, "_SYSTEMD_UNIT");
  envelope.process = string_at(root, "_PID");
  envelope.time = string_at(root, "__REALTIME_TIMESTAMP");
  // Docker's journald driver calls all of stderr an error, which it is not.
  if (envelope.container.empty()) envelope.priority = string_at(root, "PRIORITY");
  envelope.is_runtime = !envelope.container.empty();
  envelope.is_partial = string_at(root, "CONTAINER_PARTIAL_MESSAGE") == "true";
  return true;
}

std::string_view string_within(const dom::object& object, std::string_view outer, std::string_view inner) {
  dom::object found;
  return object.at_key(outer).get(found) == SUCCESS ? string_at(found, inner) : std::string_view();
}

// Fluent Bit, Vector, Filebeat and Loki's logcli put what they know of a line beside it.
bool read_shipper(const dom::object& root, JsonEnvelope& envelope, std::string& bytes) {
  const bool is_loki = has_any(root, {"labels"}) && has_string(root, "line", envelope.text);
  const bool is_beat = !string_within(root, "agent", "type").empty();
  if (!is_loki && !is_beat &&
      !has_any(root, {"kubernetes", "source_type", "container_name", "container_id", "docker"}))
    return false;
  if (has_any(root, {"level", "severity", "log.level"})) return false;
  if (!is_loki && !has_string(root, "log", envelope.text) && !has_string(root, "message", envelope.text))
    return false;
  if (envelope.text.ends_with('\n')) envelope.text.remove_suffix(1);
  envelope.name = "shipper JSON";
  envelope.stream = string_at(root, "stream");
  envelope.container = string_at(root, "container_name");
  dom::object kubernetes;
  if (root.at_key("kubernetes").get(kubernetes) == SUCCESS) {
    envelope.container = string_at(kubernetes, "pod_name");
    envelope.service = string_at(kubernetes, "container_name");
    if (envelope.container.empty()) envelope.container = string_within(kubernetes, "pod", "name");
    if (envelope.service.empty()) envelope.service = string_within(kubernetes, "container", "name");
  }
  if (envelope.container.empty()) envelope.container = string_within(root, "container", "name");
  if (is_loki) {
    envelope.container = string_within(root, "labels", "pod");
    envelope.service = string_within(root, "labels", "container");
    if (envelope.service.empty()) envelope.service = string_within(root, "labels", "app");
  }
  for (std::string_view key : {"timestamp", "time", "@timestamp"})
    if (envelope.time.empty()) envelope.time = string_at(root, key);
  dom::element date;  // Fluent Bit's, in seconds
  if (envelope.time.empty() && root.at_key("date").get(date) == SUCCESS) {
    bytes = simdjson::minify(date);
    envelope.time = bytes;
  }
  return true;
}

}  // namespace

bool JsonReader::read_envelope(JsonEnvelope& envelope) {
  envelope = {};
  return read_shipper(state_->root, envelope, state_->message_bytes) ||
         (envelope = {}, read_docker(state_->root, envelope)) ||
         (envelope = {}, read_journal(state_->root, envelope, state_->message_bytes));
}

std::size_t JsonReader::read_otlp() {
  state_->otlp.clear();
  dom::array resources;
  if (state_->root.at_key("resourceLogs").get(resources) != SUCCESS) return 0;
  for (const dom::element resource_logs : resources) {
    dom::array scopes;
    if (resource_logs["scopeLogs"].get(scopes) != SUCCESS) continue;
    for (const dom::element scope_logs : scopes) {
      dom::array records;
      if (scope_logs["logRecords"].get(records) != SUCCESS) continue;
      for (const dom::element record : records) {
        State::OtlpRecord& found = state_->otlp.emplace_back();
        found.record = record;
        dom::element outer;
        if (resource_logs["resource"].get(outer) == SUCCESS) found.resource = outer;
        if (scope_logs["scope"].get(outer) == SUCCESS) found.scope = outer;
      }
    }
  }
  return state_->otlp.size();
}

void JsonReader::flatten_otlp(std::size_t index, FlatJson& flat) {
  flat.clear();
  state_->key.clear();
  const State::OtlpRecord& of = state_->otlp[index];
  state_->walk(of.record, 0, flat);
  if (of.scope) {
    const KeyPart part(state_->key, "scope");
    state_->walk(*of.scope, 0, flat);
  }
  if (of.resource) state_->walk(*of.resource, 0, flat);
}

void JsonReader::flatten(FlatJson& flat) {
  flat.clear();
  state_->key.clear();
  state_->walk_object(state_->root, 0, flat);
}

}  // namespace logfix
