// The key formats of providers: a fixed begin, then so many bytes of an alphabet.

#include <algorithm>
#include <cstdint>
#include <iterator>

#include "base/text.h"
#include "findings/secret_scan.h"

namespace logfix {
namespace {

enum class Alphabet : std::uint8_t { kHex, kUpper, kAlnum, kToken, kPath };

struct Format {
  std::string_view prefix;
  std::size_t kept;   // bytes of the prefix that tell where it is, not what
  std::size_t least;  // bytes behind the prefix
  std::size_t most;   // 0: any number
  Alphabet alphabet;
  std::string_view kind;
};

// By their first byte, in the order of the bytes.
constexpr Format kFormats[] = {
    {"1//0", 0, 30, 0, Alphabet::kToken, "google-token"},
    {"ABIA", 0, 16, 16, Alphabet::kUpper, "aws-key"},
    {"ACCA", 0, 16, 16, Alphabet::kUpper, "aws-key"},
    {"AGE-SECRET-KEY-1", 0, 40, 0, Alphabet::kUpper, "age-key"},
    {"AIza", 0, 35, 35, Alphabet::kToken, "google-key"},
    {"AKIA", 0, 16, 16, Alphabet::kUpper, "aws-key"},
    {"ASIA", 0, 16, 16, Alphabet::kUpper, "aws-key"},
    {"ATATT3", 0, 30, 0, Alphabet::kToken, "atlassian-token"},
    {"ATCTT3", 0, 30, 0, Alphabet::kToken, "atlassian-token"},
    {"CCIPAT_", 0, 20, 0, Alphabet::kToken, "circleci-token"},
    {"GOCSPX-", 0, 20, 0, Alphabet::kToken, "google-key"},
    {"HRKU-", 0, 30, 0, Alphabet::kToken, "heroku-key"},
    {"NRAK-", 0, 27, 0, Alphabet::kUpper, "newrelic-key"},
    {"PMAK-", 0, 30, 0, Alphabet::kToken, "postman-key"},
    {"SG.", 0, 40, 0, Alphabet::kToken, "sendgrid-key"},
    {"SK", 0, 32, 32, Alphabet::kHex, "twilio-key"},
    {"api.telegram.org/bot", 20, 30, 0, Alphabet::kToken, "telegram-token"},
    {"dapi", 0, 32, 32, Alphabet::kHex, "databricks-token"},
    {"dckr_pat_", 0, 20, 0, Alphabet::kToken, "docker-token"},
    {"discord.com/api/webhooks/", 25, 20, 0, Alphabet::kPath, "discord-webhook"},
    {"discordapp.com/api/webhooks/", 28, 20, 0, Alphabet::kPath, "discord-webhook"},
    {"doo_v1_", 0, 40, 0, Alphabet::kHex, "digitalocean-token"},
    {"dop_v1_", 0, 40, 0, Alphabet::kHex, "digitalocean-token"},
    {"dor_v1_", 0, 40, 0, Alphabet::kHex, "digitalocean-token"},
    {"dp.pt.", 0, 30, 0, Alphabet::kAlnum, "doppler-token"},
    {"figd_", 0, 30, 0, Alphabet::kToken, "figma-token"},
    {"gho_", 0, 30, 0, Alphabet::kAlnum, "github-token"},
    {"ghp_", 0, 30, 0, Alphabet::kAlnum, "github-token"},
    {"ghr_", 0, 30, 0, Alphabet::kAlnum, "github-token"},
    {"ghs_", 0, 30, 0, Alphabet::kAlnum, "github-token"},
    {"ghu_", 0, 30, 0, Alphabet::kAlnum, "github-token"},
    {"github_pat_", 0, 30, 0, Alphabet::kToken, "github-token"},
    {"glagent-", 0, 20, 0, Alphabet::kToken, "gitlab-token"},
    {"glc_", 0, 30, 0, Alphabet::kToken, "grafana-token"},
    {"glcbt-", 0, 20, 0, Alphabet::kToken, "gitlab-token"},
    {"gldt-", 0, 20, 0, Alphabet::kToken, "gitlab-token"},
    {"glft-", 0, 20, 0, Alphabet::kToken, "gitlab-token"},
    {"glpat-", 0, 20, 0, Alphabet::kToken, "gitlab-token"},
    {"glptt-", 0, 20, 0, Alphabet::kToken, "gitlab-token"},
    {"glrt-", 0, 20, 0, Alphabet::kToken, "gitlab-token"},
    {"glsa_", 0, 30, 0, Alphabet::kToken, "grafana-token"},
    {"glsoat-", 0, 20, 0, Alphabet::kToken, "gitlab-token"},
    {"gsk_", 0, 40, 0, Alphabet::kAlnum, "groq-key"},
    {"hf_", 0, 30, 0, Alphabet::kAlnum, "huggingface-token"},
    {"hooks.slack.com/services/", 25, 20, 0, Alphabet::kPath, "slack-webhook"},
    {"hooks.slack.com/workflows/", 26, 20, 0, Alphabet::kPath, "slack-webhook"},
    {"hvb.", 0, 24, 0, Alphabet::kToken, "vault-token"},
    {"hvr.", 0, 24, 0, Alphabet::kToken, "vault-token"},
    {"hvs.", 0, 24, 0, Alphabet::kToken, "vault-token"},
    {"lin_api_", 0, 30, 0, Alphabet::kAlnum, "linear-key"},
    {"npm_", 0, 36, 36, Alphabet::kAlnum, "npm-token"},
    {"ntn_", 0, 40, 0, Alphabet::kAlnum, "notion-token"},
    {"outlook.office.com/webhook/", 27, 30, 0, Alphabet::kPath, "teams-webhook"},
    {"pscale_pw_", 0, 30, 0, Alphabet::kToken, "planetscale-password"},
    {"pscale_tkn_", 0, 30, 0, Alphabet::kToken, "planetscale-token"},
    {"pul-", 0, 40, 40, Alphabet::kHex, "pulumi-token"},
    {"pypi-AgE", 0, 40, 0, Alphabet::kToken, "pypi-token"},
    {"r8_", 0, 37, 0, Alphabet::kAlnum, "replicate-token"},
    {"rk_live_", 0, 20, 0, Alphabet::kAlnum, "stripe-key"},
    {"rk_test_", 0, 20, 0, Alphabet::kAlnum, "stripe-key"},
    {"rubygems_", 0, 40, 0, Alphabet::kHex, "rubygems-key"},
    {"sbp_", 0, 40, 0, Alphabet::kHex, "supabase-token"},
    {"shpat_", 0, 32, 0, Alphabet::kHex, "shopify-token"},
    {"shpca_", 0, 32, 0, Alphabet::kHex, "shopify-token"},
    {"shppa_", 0, 32, 0, Alphabet::kHex, "shopify-token"},
    {"shpss_", 0, 32, 0, Alphabet::kHex, "shopify-token"},
    {"sk-admin-", 0, 30, 0, Alphabet::kToken, "openai-key"},
    {"sk-ant-", 0, 30, 0, Alphabet::kToken, "anthropic-key"},
    {"sk-or-v1-", 0, 40, 0, Alphabet::kHex, "openrouter-key"},
    {"sk-proj-", 0, 30, 0, Alphabet::kToken, "openai-key"},
    {"sk-svcacct-", 0, 30, 0, Alphabet::kToken, "openai-key"},
    {"sk-", 0, 40, 0, Alphabet::kAlnum, "api-key"},
    {"sk_live_", 0, 20, 0, Alphabet::kAlnum, "stripe-key"},
    {"sk_test_", 0, 20, 0, Alphabet::kAlnum, "stripe-key"},
    {"sntrys_", 0, 30, 0, Alphabet::kToken, "sentry-token"},
    {"sntryu_", 0, 30, 0, Alphabet::kToken, "sentry-token"},
    {"sq0atp-", 0, 20, 0, Alphabet::kToken, "square-token"},
    {"sq0csp-", 0, 30, 0, Alphabet::kToken, "square-key"},
    {"whsec_", 0, 24, 0, Alphabet::kToken, "stripe-key"},
    {"xapp-", 0, 20, 0, Alphabet::kToken, "slack-token"},
    {"xoxa-", 0, 20, 0, Alphabet::kToken, "slack-token"},
    {"xoxb-", 0, 20, 0, Alphabet::kToken, "slack-token"},
    {"xoxc-", 0, 20, 0, Alphabet::kToken, "slack-token"},
    {"xoxd-", 0, 20, 0, Alphabet::kToken, "slack-token"},
    {"xoxe-", 0, 20, 0, Alphabet::kToken, "slack-token"},
    {"xoxe.", 0, 20, 0, Alphabet::kToken, "slack-token"},
    {"xoxo-", 0, 20, 0, Alphabet::kToken, "slack-token"},
    {"xoxp-", 0, 20, 0, Alphabet::kToken, "slack-token"},
    {"xoxr-", 0, 20, 0, Alphabet::kToken, "slack-token"},
    {"xoxs-", 0, 20, 0, Alphabet::kToken, "slack-token"},
    {"ya29.", 0, 20, 0, Alphabet::kToken, "google-token"},
};

bool is_of(Alphabet alphabet, char c) {
  switch (alphabet) {
    case Alphabet::kHex:
      return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    case Alphabet::kUpper:
      return is_digit(c) || (c >= 'A' && c <= 'Z');
    case Alphabet::kAlnum:
      return is_word(c) && c != '_';
    case Alphabet::kToken:
      return is_word(c) || c == '-' || c == '.' || c == '=';
    case Alphabet::kPath:
      return is_word(c) || c == '-' || c == '/' || c == '@';
  }
  return false;
}

// Where the formats of each first byte begin in the table.
struct Index {
  std::uint8_t first[257] = {};
  constexpr Index() {
    std::size_t at = 0;
    for (std::size_t byte = 0; byte < 257; ++byte) {
      while (at < std::size(kFormats) && static_cast<unsigned char>(kFormats[at].prefix[0]) < byte) ++at;
      first[byte] = static_cast<std::uint8_t>(at);
    }
  }
};
constexpr Index kIndex;

// A key that its text cuts short is still one: what is left of it, a few bytes at least.
constexpr std::size_t kLeastOfCut = 6;

}  // namespace

ProviderKey provider_key_at(std::string_view text, std::size_t at) {
  const auto byte = static_cast<unsigned char>(text[at]);
  for (std::size_t i = kIndex.first[byte]; i < kIndex.first[byte + 1]; ++i) {
    const Format& format = kFormats[i];
    if (text.compare(at, format.prefix.size(), format.prefix) != 0) continue;
    const std::size_t body = at + format.prefix.size();
    std::size_t end = body;
    const std::size_t limit = format.most == 0 ? text.size() : std::min(text.size(), body + format.most);
    while (end < limit && is_of(format.alphabet, text[end])) ++end;
    const std::size_t size = end - body;
    const bool is_cut = end == text.size() && size >= kLeastOfCut && format.prefix.size() > 3;
    if (size < format.least && !is_cut) continue;
    if (end < text.size() && format.most != 0 && is_word(text[end])) continue;
    return {at + format.kept, end - at - format.kept, format.kind};
  }
  return {};
}

}  // namespace logfix
