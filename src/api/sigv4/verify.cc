#include "api/sigv4/verify.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "api/sigv4/authorization.h"
#include "base/digest.h"
#include "base/text.h"
#include "base/time_text.h"

namespace sesame::sigv4 {
namespace {

using Failed = std::unexpected<AuthFailure>;

Failed fail(AuthFailureKind kind, std::string text = {}) { return Failed({kind, std::move(text)}); }
Failed malformed(std::string text) { return fail(AuthFailureKind::malformed, std::move(text)); }

// What either form comes down to.
struct Presented {
  Authorization authorization;
  std::string amz_date;
  std::chrono::seconds lifetime;
  std::string session_token;
};

// The one value of a header; nullopt if absent, malformed if it comes twice.
Result<std::optional<std::string_view>, AuthFailure> only_header(const HttpFacts& facts, std::string_view name) {
  std::optional<std::string_view> value;
  for (const HeaderView& header : facts.headers) {
    if (!ascii_iequals(header.name, name)) continue;
    if (value) return malformed(fmt::format("The request has more than one '{}' header.", name));
    value = trim(header.value);
  }
  return value;
}

Result<Presented, AuthFailure> from_header(const HttpFacts& facts, std::string_view authorization_value) {
  auto authorization = parse_authorization_header(authorization_value);
  if (!authorization) return std::unexpected(std::move(authorization.error()));
  auto date_header = only_header(facts, "X-Amz-Date");
  if (!date_header) return std::unexpected(std::move(date_header.error()));
  const std::optional<std::string_view>& amz_date = *date_header;
  if (!amz_date) return malformed("Authorization header requires existence of a 'X-Amz-Date' header.");
  auto token = only_header(facts, "X-Amz-Security-Token");
  if (!token) return std::unexpected(std::move(token.error()));
  return Presented{std::move(*authorization), std::string(*amz_date), max_clock_skew,
                   std::string(token->value_or(std::string_view{}))};
}

Result<Presented, AuthFailure> from_query(const HttpFacts& facts, const std::vector<Parameter>& parameters) {
  if (facts.method != "GET") return malformed("A presigned request must be a GET.");
  auto presigned = parse_presigned_query(parameters);
  if (!presigned) return std::unexpected(std::move(presigned.error()));
  return Presented{std::move(presigned->authorization), std::move(presigned->amz_date), presigned->lifetime,
                   std::move(presigned->session_token)};
}

Result<Presented, AuthFailure> read_presented(const HttpFacts& facts, const std::vector<Parameter>& parameters) {
  const auto header = only_header(facts, "Authorization");
  if (!header) return std::unexpected(header.error());
  const std::optional<std::string_view>& authorization = *header;
  const bool presigned = is_presigned(parameters);
  if (authorization && presigned) return malformed("A request is signed in its header or in its query, not in both.");
  if (authorization) return from_header(facts, *authorization);
  if (presigned) return from_query(facts, parameters);
  return fail(AuthFailureKind::missing);
}

Result<void, AuthFailure> check_signed_headers(const HttpFacts& facts, const std::vector<std::string>& signed_headers) {
  const auto is_signed = [&](std::string_view name) {
    return std::ranges::find(signed_headers, name) != signed_headers.end();
  };
  if (!is_signed("host")) return malformed("'Host' must be a 'SignedHeader' in the AWS Authorization.");
  const auto host = only_header(facts, "Host");
  if (!host) return std::unexpected(host.error());
  for (const HeaderView& header : facts.headers) {
    const std::string name = ascii_lower(header.name);
    if (name.starts_with("x-amz-") && !is_signed(name)) {
      return malformed("Every 'X-Amz-*' header of the request must be a 'SignedHeader' in the AWS Authorization.");
    }
  }
  return {};
}

Result<void, AuthFailure> check_scope(const Scope& scope, std::string_view amz_date, const VerifyOptions& options) {
  using enum AuthFailureKind;
  const std::string_view day = amz_date.substr(0, 8);
  if (scope.date != day) {
    return fail(wrong_scope, fmt::format("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of "
                                         "date from HTTP: '{}' != '{}', from '{}'.",
                                         scope.date, day, amz_date));
  }
  if (std::ranges::find(options.services, scope.service) == options.services.end()) {
    return fail(wrong_scope, fmt::format("Credential should be scoped to correct service: '{}'.",
                                         fmt::join(options.services, "' or '")));
  }
  if (!options.regions.empty() && std::ranges::find(options.regions, scope.region) == options.regions.end()) {
    return fail(wrong_scope, "Credential should be scoped to a valid region.");
  }
  return {};
}

// X-Amz-Content-Sha256, as a header or as a presigned parameter, may only repeat what we find ourselves.
Result<void, AuthFailure> check_declared_hash(const HttpFacts& facts, const std::vector<Parameter>& parameters,
                                              std::string_view payload_hash) {
  const auto header = only_header(facts, "X-Amz-Content-Sha256");
  if (!header) return std::unexpected(header.error());
  const auto matches = [&](const Parameter& p) { return p.name != "X-Amz-Content-Sha256" || p.value == payload_hash; };
  if (header->value_or(payload_hash) == payload_hash && std::ranges::all_of(parameters, matches)) return {};
  return fail(AuthFailureKind::payload_mismatch,
              "The provided 'x-amz-content-sha256' does not match what was computed from the body.");
}

Result<std::vector<std::string>, AuthFailure> texts_to_sign(const HttpFacts& facts, const Presented& presented,
                                                            std::string_view payload_hash, bool normalize_path) {
  const Authorization& authorization = presented.authorization;
  const std::string_view path = split_target(facts.target).path;
  const CanonicalOptions on_the_wire{normalize_path, PathRule::encode_again};
  const CanonicalOptions decoded{normalize_path, PathRule::decode_and_encode_twice};
  const auto wire_path = canonical_path(path, on_the_wire);
  const auto decoded_path = canonical_path(path, decoded);

  std::vector<CanonicalOptions> readings{on_the_wire};
  if (decoded_path && decoded_path != wire_path) readings.push_back(decoded);
  std::vector<std::string> texts;
  for (const CanonicalOptions& reading : readings) {
    const auto canonical = canonical_request(facts, authorization.signed_headers, payload_hash, reading);
    if (!canonical) return malformed("The request target is not correctly percent-encoded.");
    texts.push_back(string_to_sign(presented.amz_date, authorization.scope, *canonical));
  }
  return texts;
}

Result<void, AuthFailure> check_time(const SignedRequest& request, Time now) {
  const auto words = [](std::chrono::seconds span) {
    return span.count() % 60 == 0 ? fmt::format("{} min.", span.count() / 60) : fmt::format("{} s", span.count());
  };
  const Time earliest = now - request.lifetime, latest = now + max_clock_skew;
  if (request.signed_at < earliest) {
    return fail(AuthFailureKind::expired,
                fmt::format("Signature expired: {} is now earlier than {} ({} - {})", format_amz(request.signed_at),
                            format_amz(earliest), format_amz(now), words(request.lifetime)));
  }
  if (request.signed_at > latest) {
    return fail(AuthFailureKind::not_yet_current,
                fmt::format("Signature not yet current: {} is still later than {} ({} + {})",
                            format_amz(request.signed_at), format_amz(latest), format_amz(now), words(max_clock_skew)));
  }
  return {};
}

}  // namespace

Result<SignedRequest, AuthFailure> parse_authorization(const HttpFacts& facts, const VerifyOptions& options) {
  const auto parameters = decode_query(split_target(facts.target).query);
  if (!parameters) return malformed("The request target is not correctly percent-encoded.");
  auto presented = read_presented(facts, *parameters);
  if (!presented) return std::unexpected(std::move(presented.error()));
  Authorization& authorization = presented->authorization;

  const auto signed_at = parse_amz(presented->amz_date);
  if (!signed_at) return malformed("Date must be in ISO-8601 'basic format', as 20150830T123600Z.");
  auto checked = check_signed_headers(facts, authorization.signed_headers);
  if (!checked) return std::unexpected(std::move(checked.error()));
  checked = check_scope(authorization.scope, presented->amz_date, options);
  if (!checked) return std::unexpected(std::move(checked.error()));
  const std::string payload_hash = sha256_hex(facts.body);
  checked = check_declared_hash(facts, *parameters, payload_hash);
  if (!checked) return std::unexpected(std::move(checked.error()));
  auto texts = texts_to_sign(facts, *presented, payload_hash, options.normalize_path);
  if (!texts) return std::unexpected(std::move(texts.error()));

  return SignedRequest{std::move(authorization.access_key_id),
                       std::move(authorization.scope),
                       std::move(presented->session_token),
                       *signed_at,
                       presented->lifetime,
                       std::move(authorization.signature),
                       std::move(*texts)};
}

Result<void, AuthFailure> verify(const SignedRequest& request, const Secret& secret_access_key, Time now) {
  auto in_time = check_time(request, now);
  if (!in_time) return in_time;
  for (const std::string& text : request.strings_to_sign) {
    const std::string ours = calculate_signature(secret_access_key, request.scope, text);
    if (equal_constant_time(ours, request.signature)) return {};
  }
  return fail(AuthFailureKind::signature_mismatch);
}

}  // namespace sesame::sigv4
