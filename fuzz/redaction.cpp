// Secrets out of any bytes: once is enough, and a key that stands as a word is gone.
#include "base/text.h"
#include "findings/redact.h"
#include "fuzz.h"

namespace logfix {
namespace {

// Made here, so that no secret stands in the source: a token of GitHub, a key of AWS, one of Stripe.
std::string key(std::uint8_t kind) {
  static const char* const kHeads[] = {"ghp_", "AKIA", "sk_live_"};
  const std::string body = kind % 3 == 1 ? "Q7XK2MWN4TZB6HYD" : "q7XkM2wNz4TbY6hDp9Rc3VfJ8sLgA5eUo1Ki";
  return kHeads[kind % 3] + body;
}

}  // namespace
}  // namespace logfix

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace logfix;
  fuzz::Input input(data, size);
  const std::uint8_t kind = input.byte();
  const std::size_t at = input.byte() | static_cast<std::size_t>(input.byte()) << 8;
  const std::string text(input.rest());
  const Redactor redactor;
  const RedactedText once = redactor.redact(LogText(text));
  const RedactedText twice = redactor.redact(LogText(std::string(once.untrusted())));
  fuzz::require_same(twice.untrusted(), once.untrusted(), "redacting twice is redacting once");
  // A part of it is redacted as the whole is.
  const auto secrets = redactor.secrets_of(text);
  fuzz::require_same(redactor.part(text, 0, text.size(), secrets).untrusted(), once.untrusted(), "all of it is a part of it");
  const std::string_view lines = text;
  redactor.field(lines.substr(0, lines.find('\n')), LogText(text));

  const std::string secret = key(kind);
  const std::size_t place = text.empty() ? 0 : at % (text.size() + 1);
  std::string planted = text;
  planted.insert(place, " " + secret + " ");
  const RedactedText clean = redactor.redact(LogText(planted));
  // As a word: what chance makes of the key's bytes within other words is none.
  fuzz::require(clean.untrusted().find(" " + secret + " ") == std::string_view::npos, "a planted key is gone", clean.untrusted());
  return 0;
}
