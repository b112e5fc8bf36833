#include "envelope/json.h"

#include <simdjson.h>

#include <cstdint>

namespace logfix {
namespace {

constexpr int kMaxEnvelopes = 3;

void append_utf8(std::string& out, std::uint32_t code) {
  if (code >= 0xd800 && code <= 0xdfff) code = 0xfffd;
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xc0 | (code >> 6));
    out += static_cast<char>(0x80 | (code & 0x3f));
  } else {
    out += static_cast<char>(0xe0 | (code >> 12));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3f));
    out += static_cast<char>(0x80 | (code & 0x3f));
  }
}

std::optional<std::uint32_t> hex4(std::string_view text) {
  if (text.size() < 4) return std::nullopt;
  std::uint32_t code = 0;
  for (char c : text.substr(0, 4)) {
    const int digit = c >= '0' && c <= '9'   ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : -1;
    if (digit < 0) return std::nullopt;
    code = code * 16 + static_cast<std::uint32_t>(digit);
  }
  return code;
}

std::string unescaped_once(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    const char kind = text[++i];
    static constexpr std::string_view kFrom = "\"\\/bfnrt", kTo = "\"\\/\b\f\n\r\t";
    const std::size_t simple = kFrom.find(kind);
    if (simple != std::string_view::npos) {
      out += kTo[simple];
    } else if (const auto code = hex4(text.substr(i + 1)); kind == 'u' && code) {
      append_utf8(out, *code);
      i += 4;
    } else {
      (out += '\\') += kind;
    }
  }
  return out;
}

}  // namespace

struct JsonReader::State {
  simdjson::dom::parser parsers[kMaxEnvelopes];

  bool read(std::string_view text, int level, const std::string& prefix, FlatJson& flat) {
    simdjson::dom::element root;
    if (parsers[level].parse(text.data(), text.size()).get(root)) return false;
    if (!root.is_object()) return false;
    flatten(root, level, prefix, flat);
    return true;
  }

  void flatten(simdjson::dom::element element, int level, const std::string& key, FlatJson& flat) {
    using Type = simdjson::dom::element_type;
    switch (element.type()) {
      case Type::OBJECT:
        for (const auto field : simdjson::dom::object(element)) {
          std::string name(field.key);
          flatten(field.value, level, key.empty() ? name : key + "." + name, flat);
        }
        break;
      case Type::ARRAY:
        for (const auto item : simdjson::dom::array(element)) flatten(item, level, key, flat);
        break;
      case Type::STRING: {
        const std::string_view value = element;
        flat.strings.emplace_back(value);
        flat.fields.emplace_back(key, value);
        const bool is_object = value.size() > 2 && value.front() == '{' &&
                               value.find_last_not_of(" \r\n") != std::string_view::npos &&
                               value[value.find_last_not_of(" \r\n")] == '}';
        if (is_object && level + 1 < kMaxEnvelopes) read(value, level + 1, key, flat);
        break;
      }
      case Type::NULL_VALUE:
        break;
      default:
        flat.fields.emplace_back(key, simdjson::minify(element));
    }
  }
};

JsonReader::JsonReader() : state_(std::make_unique<State>()) {}
JsonReader::~JsonReader() = default;

std::optional<FlatJson> JsonReader::read(std::string_view text) {
  FlatJson flat;
  if (!state_->read(text, 0, "", flat)) return std::nullopt;
  return flat;
}

const std::string* FlatJson::find(std::string_view key) const {
  for (const auto& [name, value] : fields)
    if (name == key) return &value;
  return nullptr;
}

std::string unescaped_leniently(std::string_view text) {
  std::string out(text);
  for (int level = 0; level < kMaxEnvelopes; ++level) {
    std::string next = unescaped_once(out);
    if (next == out) break;
    out = std::move(next);
  }
  return out;
}

}  // namespace logfix
