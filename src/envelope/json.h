// JSON objects of containers and applications, read with simdjson.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace logfix {

/// What a JSON envelope says of the line in it. Views live until the next parse().
struct JsonEnvelope {
  std::string_view name;  ///< of the format; a literal
  std::string_view text;
  std::string_view container, stream, logger, service, process;
  std::string_view time;      ///< as written
  std::string_view priority;  ///< a syslog severity, as a digit
  bool is_partial = false;    ///< the runtime cut the message here
  bool is_runtime = false;    ///< of a container runtime, which may cut messages
};

/// A JSON object, flattened: every string value, and every scalar but null by its dotted key (the
/// items of an array under the key of the array).
class FlatJson {
 public:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  std::vector<std::pair<std::string, std::string>> fields;

  void clear();
  void add(std::string_view key, std::string_view value, bool is_string);

  std::size_t string_count() const { return strings_.size(); }
  /// The string at `index` in document order. Lives until the next change.
  std::string_view string_at(std::size_t index) const;
  /// Says that the last string is an object itself, whose strings are added next.
  void mark_as_object() { strings_.back().is_object = true; }
  bool is_object(std::size_t index) const { return strings_[index].is_object; }
  /// The first string with this key, kNone if there is none.
  std::size_t find_string(std::string_view key) const;
  /// The first scalar with this key, null if there is none.
  const std::string* find(std::string_view key) const;

 private:
  struct Span {
    std::size_t begin, size, field;  // field is kNone for a string that has none
    bool is_object = false;
  };
  std::string bytes_;  // all strings, end to end: one buffer to keep instead of one per value
  std::vector<Span> strings_;
};

/// Parses one object at a time. Errors: parse() is false for what simdjson refuses. Cost: linear;
/// buffers are kept.
class JsonReader {
 public:
  JsonReader();
  ~JsonReader();
  bool parse(std::string_view text);
  /// True if the parsed object is an envelope: a line of Docker's json-file driver
  /// (docs.docker.com, "JSON File logging driver"), of the systemd journal (its JSON export format,
  /// MESSAGE as text or as bytes), of Fluent Bit or of Vector.
  bool read_envelope(JsonEnvelope& envelope);
  /// How many log records the parsed object holds if it is OTLP (an ExportLogsServiceRequest in
  /// JSON, opentelemetry-proto); 0 if it isn't.
  std::size_t read_otlp();
  /// Flattens one of them, with the attributes of its resource and its scope.
  void flatten_otlp(std::size_t index, FlatJson& flat);
  /// Flattens the parsed object. A string that is itself an object is descended into as well, so
  /// that there are up to three levels. Two strings that tell the class and the message of an
  /// exception make one more, `class: message`, behind them; a pair of OTLP's attributes becomes a
  /// field of its key.
  void flatten(FlatJson& flat);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace logfix
