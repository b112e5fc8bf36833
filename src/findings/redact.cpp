#include "findings/redact.h"

#include <algorithm>

#include "base/text.h"
#include "findings/secret_scan.h"

namespace logfix {

std::vector<RedactedText> RedactedText::lines() const {
  std::vector<RedactedText> lines;
  for (std::string_view line : split_lines(bytes_)) lines.push_back({std::string(line), redactions_});
  return lines;
}

std::vector<Secret> Redactor::secrets_of(std::string_view text) const {
  return is_on_ ? find_secrets(text) : std::vector<Secret>();
}

std::vector<Secret> Redactor::secrets_of(std::string_view text,
                                         const std::vector<std::pair<std::string, std::string>>& fields) const {
  std::vector<Secret> secrets = secrets_of(text);
  const std::size_t before = secrets.size();
  for (const auto& [name, value] : fields) {
    if (value.size() < 4 || !field(name, LogText(value)).redactions()) continue;
    const std::string_view kind = secret_kind_of_key(name);
    if (kind.empty() || kind == "auth" || kind == "signature" || is_no_secret(value, kind, false)) continue;
    for (std::size_t at = text.find(value), n = 0; at != std::string_view::npos && n < 16;
         at = text.find(value, at + value.size()), ++n)
      secrets.push_back({at, at + value.size(), kind});
  }
  return secrets.size() > before ? apart(std::move(secrets)) : secrets;
}

std::size_t Redactor::rest_of_secret_in(std::string_view before, std::string_view text) const {
  return is_on_ && !before.empty() ? rest_of_secret(before, text) : 0;
}

RedactedText Redactor::redact(const LogText& text) const {
  const std::string_view bytes = text.untrusted();
  return part(bytes, 0, bytes.size(), secrets_of(bytes));
}

RedactedText Redactor::part(std::string_view text, std::size_t begin, std::size_t end,
                            const std::vector<Secret>& secrets) const {
  std::string out;
  std::uint32_t redactions = 0;
  for (const Secret& secret : secrets) {
    if (secret.end <= begin || secret.begin >= end) continue;
    if (secret.begin > begin) out += text.substr(begin, secret.begin - begin);
    ((out += "[redacted:") += secret.kind) += ']';
    begin = std::min(secret.end, end);
    ++redactions;
  }
  out += text.substr(begin, end - begin);
  return {std::move(out), redactions};
}

RedactedText Redactor::field(std::string_view name, const LogText& value) const {
  const std::string_view bytes = value.untrusted();
  const std::string_view kind = is_on_ ? secret_kind_of_key(name) : std::string_view();
  const bool is_whole = !kind.empty() && kind != "auth" && kind != "signature" && !is_no_secret(bytes, kind, false);
  if (!is_whole) return redact(value);
  return part(bytes, 0, bytes.size(), {{0, bytes.size(), kind}});
}

}  // namespace logfix
