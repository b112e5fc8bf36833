#include "ruleset/freeze.h"

#include <cstdint>
#include <cstring>
#include <optional>
#include <type_traits>
#include <utility>

namespace logfix {
namespace {

// The fields of each struct, once for both directions. A field that is missing here does not compile.
template <typename Archive>
void exchange(Archive& archive, Capture& capture) {
  auto& [name, type] = capture;
  archive(name, type);
}
template <typename Archive>
void exchange(Archive& archive, Place& place) {
  auto& [file, line, column, source_line] = place;
  archive(file, line, column, source_line);
}
template <typename Archive>
void exchange(Archive& archive, Literal& literal) {
  auto& [text, ignores_case] = literal;
  archive(text, ignores_case);
}
template <typename Archive>
void exchange(Archive& archive, Atoms& atoms) {
  auto& [any_of, all_of, stays_in_line] = atoms;
  archive(any_of, all_of, stays_in_line);
}
template <typename Archive>
void exchange(Archive& archive, TemplatePart& part) {
  auto& [kind, text, type] = part;
  archive(kind, text, type);
}
template <typename Archive>
void exchange(Archive& archive, Signature& signature) {
  auto& [source, regex, is_template, literals, parts, captures, place, atoms] = signature;
  archive(source, regex, is_template, literals, parts, captures, place, atoms);
}
template <typename Archive>
void exchange(Archive& archive, Condition& condition) {
  auto& [field, pattern] = condition;
  archive(field, pattern);
}
template <typename Archive>
void exchange(Archive& archive, Example& example) {
  auto& [text, captures, place] = example;
  archive(text, captures, place);
}
template <typename Archive>
void exchange(Archive& archive, Rule& rule) {
  auto& [id, category, title, severity, applies_to, explains, references, outcomes, ignore_case, fallback,
         unindexed, signatures, unless, when, cause, solution, prevention, examples, near_misses,
         is_plain, has_own_id, place, digest, places] = rule;
  // Examples come behind all rules: see exchange_examples().
  archive(id, category, title, severity, applies_to, explains, references, outcomes, ignore_case, fallback,
          unindexed, signatures, unless, when, cause, solution, prevention, is_plain, has_own_id, place,
          digest, places);
}
template <typename Archive>
void exchange(Archive& archive, RuleSet& rules) {
  auto& [all, hash] = rules;
  archive(all, hash);
}
template <typename Archive>
void exchange_examples(Archive& archive, RuleSet& rules) {
  for (Rule& rule : rules.rules) archive(rule.examples, rule.near_misses);
}

class Writer {
 public:
  template <typename... Fields>
  void operator()(Fields&... fields) {
    (put(fields), ...);
  }
  std::string bytes;

 private:
  template <typename Field>
  void put(Field& field) {
    if constexpr (std::is_enum_v<Field> || std::is_integral_v<Field>) {
      const auto number = static_cast<std::uint32_t>(field);
      bytes.append(reinterpret_cast<const char*>(&number), sizeof number);
    } else {
      exchange(*this, field);
    }
  }
  void put(std::string& text) {
    std::size_t size = text.size();
    put(size);
    bytes += text;
  }
  template <typename Value>
  void put(std::vector<Value>& values) {
    std::size_t size = values.size();
    put(size);
    for (Value& value : values) put(value);
  }
  template <typename Value>
  void put(std::optional<Value>& value) {
    bool has_value = value.has_value();
    put(has_value);
    if (value) put(*value);
  }
  template <typename First, typename Second>
  void put(std::pair<First, Second>& pair) {
    (*this)(pair.first, pair.second);
  }
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}
  template <typename... Fields>
  void operator()(Fields&... fields) {
    (get(fields), ...);
  }

 private:
  template <typename Field>
  void get(Field& field) {
    if constexpr (std::is_enum_v<Field> || std::is_integral_v<Field>) {
      std::uint32_t number;
      std::memcpy(&number, bytes_.data(), sizeof number);
      bytes_.remove_prefix(sizeof number);
      field = static_cast<Field>(number);
    } else {
      exchange(*this, field);
    }
  }
  std::size_t get_size() {
    std::size_t size = 0;
    get(size);
    return size;
  }
  void get(std::string& text) {
    const std::size_t size = get_size();
    text.assign(bytes_.substr(0, size));
    bytes_.remove_prefix(size);
  }
  template <typename Value>
  void get(std::vector<Value>& values) {
    values.resize(get_size());
    for (Value& value : values) get(value);
  }
  template <typename Value>
  void get(std::optional<Value>& value) {
    bool has_value = false;
    get(has_value);
    if (has_value) get(value.emplace());
  }
  template <typename First, typename Second>
  void get(std::pair<First, Second>& pair) {
    (*this)(pair.first, pair.second);
  }

  std::string_view bytes_;
};

}  // namespace

std::string freeze(const RuleSet& rules) {
  RuleSet copy = rules;
  Writer writer;
  exchange(writer, copy);
  exchange_examples(writer, copy);
  return std::move(writer.bytes);
}

RuleSet thaw(std::string_view bytes, bool with_examples) {
  RuleSet rules;
  Reader reader(bytes);
  exchange(reader, rules);
  if (with_examples) exchange_examples(reader, rules);
  return rules;
}

}  // namespace logfix
