// Parses JSON objects with simdjson and flattens them. Objects inside strings need a parser of
// their own while the outer one is still being walked, so there is one for each level.
#include "envelope/json.h"

#include <simdjson.h>

#include <charconv>
#include <cstdint>

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
  dom::parser parsers[kMaxLevels];
  dom::object root;
  std::string key;

  bool parse(std::string_view text, std::size_t level, dom::object& object) {
    dom::element element;
    return parsers[level].parse(text.data(), text.size()).get(element) == SUCCESS &&
           element.get(object) == SUCCESS;
  }

  void walk_object(const dom::object& object, std::size_t level, FlatJson& flat) {
    for (const auto field : object) {
      const KeyPart part(key, field.key);
      walk(field.value, level, flat);
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
    if (level + 1 < kMaxLevels && looks_like_object(value) &&
        parse(trimmed(value), level + 1, inner))
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

bool JsonReader::read_docker(DockerLine& line) const {
  const dom::object& root = state_->root;
  line = DockerLine{};
  if (root.at_key("log").get(line.log) != SUCCESS) return false;
  const bool has_stream = root.at_key("stream").get(line.stream) == SUCCESS;
  const bool has_time = root.at_key("time").get(line.time) == SUCCESS;
  // An application may have a key "log" too; with these keys of its own it would lose them.
  return (has_stream || has_time) && !has_any(root, {"level", "message", "msg", "event"});
}

void JsonReader::flatten(FlatJson& flat) {
  flat.clear();
  state_->key.clear();
  state_->walk_object(state_->root, 0, flat);
}

}  // namespace logfix
