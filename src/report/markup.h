// Finished text of one output format. What is no literal of the source can't get into it, but through
// the functions of escape.h: that is what keeps text from logs harmless in code not written yet.
#pragma once

#include <fmt/format.h>

#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace logfix {

/// Words of the source itself, known when it is compiled.
struct Words {
  consteval Words(const char* words) : text(words) {}
  std::string_view text;
};

/// The formats; each is a kind of text of its own.
struct Terminal {};
struct Markdown {};
struct Jira {};
struct Xml {};  ///< HTML, too
struct Json {};
struct Ci {};   ///< workflow commands of GitHub
struct Metrics {};  ///< Prometheus' text format

template <typename Target>
class Markup {
 public:
  Markup() = default;
  explicit Markup(Words words) : text_(words.text) {}

  std::string_view text() const { return text_; }
  std::string take() && { return std::move(text_); }
  bool empty() const { return text_.empty(); }
  std::size_t size() const { return text_.size(); }

  /// A piece of printable text, cut between characters.
  Markup piece(std::size_t begin, std::size_t size) const
    requires std::same_as<Target, Terminal>
  {
    return Markup(Harmless(), text_.substr(begin, size));
  }

  Markup& operator+=(Words words) { return text_ += words.text, *this; }
  Markup& operator+=(const Markup& more) { return text_ += more.text_, *this; }

  template <typename Part>
  static constexpr bool kIsPart = std::is_arithmetic_v<Part> || std::same_as<Part, Markup> || std::same_as<Part, Words>;
  template <typename Part>
  using Raw = std::conditional_t<std::is_arithmetic_v<Part>, Part, std::string_view>;

  /// Words text with parts: numbers, literals, and markup of this target.
  template <typename... Parts>
    requires(kIsPart<Parts> && ...)
  Markup& add(fmt::format_string<std::type_identity_t<Raw<Parts>>...> format, const Parts&... parts) {
    fmt::format_to(std::back_inserter(text_), format, raw(parts)...);
    return *this;
  }

 private:
  friend struct Escaper;
  struct Harmless {};
  Markup(Harmless, std::string text) : text_(std::move(text)) {}
  template <typename Part>
  static Raw<Part> raw(const Part& part) {
    if constexpr (std::is_arithmetic_v<Part>) return part;
    else if constexpr (std::same_as<Part, Words>) return part.text;
    else return part.text();
  }
  std::string text_;
};

/// The same as Markup::add() on an empty one.
template <typename Target, typename... Parts>
Markup<Target> markup(fmt::format_string<std::type_identity_t<typename Markup<Target>::template Raw<Parts>>...> format,
                      const Parts&... parts) {
  Markup<Target> out;
  out.add(format, parts...);
  return out;
}

}  // namespace logfix
