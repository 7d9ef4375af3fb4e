#include "api/sigv4/sign.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "api/sigv4/authorization.h"
#include "api/sigv4/signature.h"
#include "base/digest.h"
#include "base/text.h"
#include "base/time_text.h"

namespace sesame::sigv4 {
namespace {

// Fields a hop may add, change or drop.
constexpr std::array<std::string_view, 13> unsignable_headers = {
    "cache-control", "connection", "expect",  "from",    "keep-alive",        "max-forwards", "pragma",
    "referer",       "te",         "trailer", "upgrade", "transfer-encoding", "user-agent"};

std::vector<std::string> names_to_sign(const std::vector<HeaderView>& headers) {
  std::vector<std::string> names;
  for (const HeaderView& header : headers) {
    std::string name = ascii_lower(header.name);
    if (std::ranges::find(unsignable_headers, name) == unsignable_headers.end()) names.push_back(std::move(name));
  }
  std::ranges::sort(names);
  names.erase(std::ranges::unique(names).begin(), names.end());
  return names;
}

bool has_header(const HttpFacts& facts, std::string_view name) {
  return std::ranges::any_of(facts.headers, [&](const HeaderView& h) { return ascii_iequals(h.name, name); });
}

// What both forms ask of the request.
Result<void, SignError> check(const HttpFacts& facts) {
  const auto is_host = [](const HeaderView& header) { return ascii_iequals(header.name, "host"); };
  if (std::ranges::count_if(facts.headers, is_host) != 1) return std::unexpected(SignError::no_host);
  const auto parameters = decode_query(split_target(facts.target).query);
  if (!parameters) return std::unexpected(SignError::bad_escape);
  if (is_presigned(*parameters) || has_header(facts, "Authorization") || has_header(facts, "X-Amz-Date") ||
      has_header(facts, "X-Amz-Security-Token")) {
    return std::unexpected(SignError::reserved);
  }
  return {};
}

Result<std::string, SignError> signature_of(const HttpFacts& facts, const std::vector<std::string>& signed_headers,
                                            const SigningCredentials& credentials, const SigningOptions& options,
                                            const Scope& scope) {
  const auto canonical = canonical_request(facts, signed_headers, sha256_hex(facts.body),
                                           {options.normalize_path, PathRule::encode_again});
  if (!canonical) return std::unexpected(SignError::bad_escape);
  return calculate_signature(credentials.secret_access_key, scope,
                             string_to_sign(format_amz(options.at), scope, *canonical));
}

Scope scope_of(const SigningOptions& options) {
  return {format_amz(options.at).substr(0, 8), options.region, options.service};
}

}  // namespace

Result<std::vector<OwnedHeader>, SignError> sign(const HttpFacts& facts, const SigningCredentials& credentials,
                                                 const SigningOptions& options) {
  const auto checked = check(facts);
  if (!checked) return std::unexpected(checked.error());
  std::vector<OwnedHeader> added{{"X-Amz-Date", format_amz(options.at)}};
  if (!credentials.session_token.empty()) added.push_back({"X-Amz-Security-Token", credentials.session_token});

  HttpFacts complete = facts;
  for (const OwnedHeader& header : added) complete.headers.push_back({header.name, header.value});
  Authorization authorization{credentials.access_key_id, scope_of(options), names_to_sign(complete.headers), {}};
  auto signature = signature_of(complete, authorization.signed_headers, credentials, options, authorization.scope);
  if (!signature) return std::unexpected(signature.error());
  authorization.signature = std::move(*signature);
  added.push_back({"Authorization", authorization_header(authorization)});
  return added;
}

Result<std::string, SignError> presign(const HttpFacts& facts, const SigningCredentials& credentials,
                                       const SigningOptions& options, std::chrono::seconds lifetime) {
  const auto checked = check(facts);
  if (!checked) return std::unexpected(checked.error());
  if (lifetime.count() < 1 || lifetime > max_presigned_lifetime) return std::unexpected(SignError::bad_lifetime);

  const Scope scope = scope_of(options);
  const std::vector<std::string> signed_headers = names_to_sign(facts.headers);
  const std::string credential = fmt::format("{}/{}", credentials.access_key_id, scope_text(scope));
  std::string target = fmt::format(
      "{}{}X-Amz-Algorithm={}&X-Amz-Credential={}&X-Amz-Date={}&X-Amz-SignedHeaders={}&X-Amz-Expires={}", facts.target,
      facts.target.contains('?') ? '&' : '?', algorithm_name, percent_encode(credential), format_amz(options.at),
      percent_encode(fmt::format("{}", fmt::join(signed_headers, ";"))), lifetime.count());
  if (!credentials.session_token.empty()) {
    target += fmt::format("&X-Amz-Security-Token={}", percent_encode(credentials.session_token));
  }
  HttpFacts complete = facts;
  complete.target = target;
  const auto signature = signature_of(complete, signed_headers, credentials, options, scope);
  if (!signature) return std::unexpected(signature.error());
  return fmt::format("{}&X-Amz-Signature={}", target, *signature);
}

}  // namespace sesame::sigv4
