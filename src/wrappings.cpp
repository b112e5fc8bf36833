#include "wrappings.h"

#include "base/text.h"

namespace logfix {

std::string json_text(std::string_view text) {
  std::string out;
  for (char c : text) {
    static constexpr char kHex[] = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      (out += '\\') += c;
    } else if (c == '<' || c == '>' || c == '&' || byte < 0x20) {
      ((out += "\\u00") += kHex[byte >> 4]) += kHex[byte & 15];
    } else {
      out += c;
    }
  }
  return out;
}

std::string docker_line(std::string_view line) {
  return "{\"log\":\"" + json_text(line) + "\\n\",\"stream\":\"stderr\",\"time\":\"2026-11-23T02:14:07.1Z\"}";
}

namespace {

Wrap prefix(std::string text) {
  return [text](std::string_view line) { return text + std::string(line); };
}
std::string docker_with_attributes(std::string_view line) {
  return "{\"log\":\"" + json_text(line) +
         "\\n\",\"stream\":\"stdout\",\"attrs\":{\"tag\":\"api\"},\"time\":\"2026-11-23T02:14:07.1Z\"}";
}
std::string vector(std::string_view line) {
  return "{\"container_name\":\"api\",\"message\":\"" + json_text(line) + "\",\"source_type\":\"docker_logs\"}";
}
std::string journal_bytes(std::string_view line) {
  std::string out = "{\"_BOOT_ID\":\"x\",\"PRIORITY\":\"6\",\"MESSAGE\":[";
  for (char c : line) (out += std::to_string(static_cast<unsigned char>(c))) += ',';
  if (!line.empty()) out.pop_back();
  return out + "]}";
}
std::string journal(std::string_view line) {
  return "{\"__REALTIME_TIMESTAMP\":\"1764000000000000\",\"PRIORITY\":\"6\",\"MESSAGE\":\"" + json_text(line) + "\"}";
}
std::string fluent_bit(std::string_view line) {
  return "{\"date\":1764000000.5,\"log\":\"" + json_text(line) + "\",\"kubernetes\":{\"pod_name\":\"api-1\"}}";
}
std::string coloured(std::string_view line) {
  const std::size_t half = line.size() / 2;
  return "\x1b[32m" + std::string(line.substr(0, half)) + "\x1b[1;31m" + std::string(line.substr(half)) + "\x1b[0m";
}
std::string crlf(std::string_view line) { return std::string(line) + "\r"; }
std::string cri_parts(std::string_view line) {
  const std::size_t cut = line.size() / 2;
  return "2026-11-23T02:14:07.123456789Z stdout P " + std::string(line.substr(0, cut)) +
         "\n2026-11-23T02:14:07.123456789Z stdout F " + std::string(line.substr(cut));
}

}  // namespace

const std::vector<std::pair<std::string, Wrap>>& wrappings() {
  static const std::vector<std::pair<std::string, Wrap>> kWrappings = {
      {"plain", prefix("")},
      {"Docker", docker_line},
      {"Docker with attributes", docker_with_attributes},
      {"docker logs -t", prefix("2026-11-23T02:14:07.123456789Z ")},
      {"GitHub Actions", prefix("2026-11-23T02:14:07.1234567Z ")},
      {"Compose", prefix("api-1  | ")},
      {"Compose in colours", prefix("\x1b[36mapi-1  |\x1b[0m ")},
      {"Vector", vector},
      {"journal of bytes", journal_bytes},
      {"Compose of Docker", [](std::string_view l) { return "api-1  | " + docker_line(l); }},
      {"CRI", prefix("2026-11-23T02:14:07.123456789Z stderr F ")},
      {"CRI parts", cri_parts},
      {"CRI of Docker", [](std::string_view l) { return "2026-11-23T02:14:07.123456789Z stdout F " + docker_line(l); }},
      {"kubectl", prefix("[pod/api-7d9f8b6c5-x2x4z/api] ")},
      {"stern", prefix("api-7d9f8b6c5-x2x4z api ")},
      {"RFC 3164", prefix("<30>Nov 23 02:14:07 host api[12]: ")},
      {"RFC 5424", prefix("<30>1 2026-11-23T02:14:07Z host api 12 - - ")},
      {"journalctl", prefix("Nov 23 02:14:07 host api[12]: ")},
      {"journal JSON", journal},
      {"journal of Docker", [](std::string_view l) { return journal(docker_line(l)); }},
      {"Fluent Bit", fluent_bit},
      {"coloured", coloured},
      {"Docker of coloured", [](std::string_view l) { return docker_line(coloured(l)); }},
      {"CRLF", crlf},
  };
  return kWrappings;
}

std::string wrapped(std::string_view text, const Wrap& wrap) {
  std::string out;
  for (std::string_view line : split_lines(text)) (out += wrap(line)) += '\n';
  return out;
}

}  // namespace logfix
