// Template signatures to RE2 syntax. The language is described in docs/writing-rules.md.

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/text.h"
#include "ruleset/load.h"

namespace logfix {
namespace {

struct TypeName {
  std::string_view name;
  CaptureType type;
  std::string_view regex;
};

constexpr TypeName kTypes[] = {
    {"int", CaptureType::kInt, "[-+]?[0-9]+"},
    {"word", CaptureType::kWord, "[A-Za-z0-9_.-]+"},
    {"host", CaptureType::kHost,
     "(?:\\[[0-9A-Fa-f:.%]+\\]|[0-9A-Fa-f]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*|"
     "[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?)"},
    {"port", CaptureType::kPort, "[0-9]{1,5}"},
    {"path", CaptureType::kPath, "[^\\s\"'`:,;]+"},
    {"ident", CaptureType::kIdent, "[A-Za-z_][A-Za-z0-9_$]*(?:\\.[A-Za-z_][A-Za-z0-9_$]*)*"},
    {"rest", CaptureType::kRest, "[^\\n]+"},
};

constexpr std::size_t kMaxPlaceholderBytes = 200;

bool all_of(std::string_view text, std::string_view allowed) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return is_word(c) || allowed.find(c) != std::string_view::npos;
  });
}

bool is_name(std::string_view name) {
  return !name.empty() && name[0] >= 'a' && name[0] <= 'z' &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || is_digit(c) || c == '_';
         });
}

// Bytes above ASCII are parts of characters: with `ignore-case`, RE2 would take them for letters of Latin-1.
void append_literal(std::string& regex, char c) {
  if (is_word(c) || c == ' ') {
    regex += c;
  } else if (static_cast<unsigned char>(c) >= 0x80) {
    regex += fmt::format("(?-i:\\x{:02x})", static_cast<unsigned char>(c));
  } else {
    regex += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
  }
}

// Builds the regex piece by piece; literal runs are cut where a placeholder stands.
struct TemplateBuilder {
  Signature signature;
  std::string run;

  void literal(char c) {
    run += c;
    append_literal(signature.regex, c);
  }
  void end_run() {
    if (run.empty()) return;
    signature.parts.push_back({TemplatePart::Kind::kLiteral, run});
    signature.literals.push_back(std::exchange(run, {}));
  }
  void any(std::string_view regex, TemplatePart part) {
    end_run();
    signature.regex += regex;
    signature.parts.push_back(std::move(part));
  }
};

}  // namespace

bool is_of_type(std::string_view value, CaptureType type) {
  const auto digits = [](std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
  };
  switch (type) {
    case CaptureType::kText:
    case CaptureType::kRest:
      return true;
    case CaptureType::kInt:
      return digits(value.substr(value.starts_with('-') || value.starts_with('+')));
    case CaptureType::kPort:
      return digits(value) && value.size() <= 5;
    case CaptureType::kWord:
      return all_of(value, ".-");
    case CaptureType::kHost:
      return all_of(value, ".-:[]%");
    case CaptureType::kIdent:
      return all_of(value, ".$") && !is_digit(value[0]);
    case CaptureType::kPath:
      return value.find_first_of(" \t\n\"'`:,;") == std::string_view::npos;
  }
  return false;
}

Signature compile_template(std::string_view text, const Place& place, Diagnostics& diagnostics) {
  using Kind = TemplatePart::Kind;
  TemplateBuilder built;
  built.signature.source = text;
  built.signature.place = place;
  const auto diagnose = [&](std::string code, std::string message, std::string hint) {
    diagnostics.push_back({Diagnostic::Kind::kError, std::move(code), std::move(message),
                           place.file, place.line, place.column, place.source_line,
                           std::move(hint)});
  };
  std::size_t placeholders = 0;
  // Returns how many bytes of the text a placeholder takes; 0 if there is none.
  const auto placeholder = [&](std::string_view rest) -> std::size_t {
    if (rest[0] != '<') return 0;
    const std::size_t close = rest.substr(0, kMaxPlaceholderBytes).find('>');
    if (close == std::string_view::npos) return 0;
    const std::string_view inside = rest.substr(1, close - 1);
    const bool is_last = close + 1 == rest.size();
    if (++placeholders > kMaxPlaceholders) return 0;
    if (inside == "_") return built.any("\\s+", {Kind::kSpace, ""}), close + 1;
    if (inside == "…" || inside == "...") return built.any("[^\\n]*?", {Kind::kGap, ""}), close + 1;
    const std::size_t colon = inside.find(':');
    const std::string_view name = inside.substr(0, colon);
    if (!is_name(name)) return 0;
    CaptureType type = CaptureType::kText;
    std::string_view regex = is_last ? "[^\\n]+" : "[^\\n]+?";
    if (colon != std::string_view::npos) {
      const std::string_view wanted = inside.substr(colon + 1);
      const auto known = std::find_if(std::begin(kTypes), std::end(kTypes),
                                      [&](const TypeName& t) { return t.name == wanted; });
      if (known == std::end(kTypes)) {
        diagnose("E010", fmt::format("unknown capture type `{}`", wanted),
                 "the types are int, word, host, port, path, ident and rest");
        return close + 1;
      }
      type = known->type;
      regex = known->regex;
    }
    const auto& captures = built.signature.captures;
    if (std::any_of(captures.begin(), captures.end(),
                    [&](const Capture& c) { return c.name == name; })) {
      diagnose("E011", fmt::format("the capture `{}` stands twice in one signature", name),
               "give the second one another name, or use <…>");
      return close + 1;
    }
    built.any(fmt::format("(?P<{}>{})", name, regex), {Kind::kCapture, std::string(name), type});
    built.signature.captures.push_back({std::string(name), type});
    return close + 1;
  };
  for (std::size_t i = 0; i < text.size();) {
    if (const std::size_t taken = placeholder(text.substr(i))) {
      i += taken;
    } else if (text.substr(i).starts_with("\\<")) {
      built.literal('<');
      i += 2;
    } else {
      built.literal(text[i] == '\n' ? ' ' : text[i]);
      ++i;
    }
  }
  built.end_run();
  if (placeholders > kMaxPlaceholders)
    diagnose("E022", fmt::format("the signature has more than {} placeholders", kMaxPlaceholders), "keep what only this error has");
  if (built.signature.literals.empty()) diagnose("E012", "the signature has no literal text", "");
  return std::move(built.signature);
}

Signature compile_regex(std::string_view regex, const Place& place) {
  Signature signature;
  signature.is_template = false;
  signature.source = regex;
  signature.regex = fmt::format("(?m:{})", regex);
  signature.place = place;
  for (std::size_t at = 0; (at = regex.find("(?P<", at)) != std::string_view::npos; at += 4) {
    const std::string_view name = regex.substr(at + 4, regex.find('>', at) - at - 4);
    signature.captures.push_back({std::string(name), CaptureType::kText});
  }
  return signature;
}

}  // namespace logfix
