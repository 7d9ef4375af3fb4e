#include "api/sigv4/authorization.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "base/text.h"

namespace sesame::sigv4 {
namespace {

using Failed = std::unexpected<AuthFailure>;

Failed malformed(std::string text) { return Failed({AuthFailureKind::malformed, std::move(text)}); }

bool is_visible(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; });
}

// RFC 9110 §5.6.2 tchar, lower case only.
bool is_lower_token(std::string_view text) {
  constexpr std::string_view others = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || others.contains(c);
  });
}

struct Credential {
  std::string access_key_id;
  Scope scope;
};

Result<Credential, AuthFailure> parse_credential(std::string_view text) {
  const std::vector<std::string_view> parts = split(text, '/');
  const bool whole = parts.size() == 5 && std::ranges::none_of(parts, &std::string_view::empty);
  if (!whole || !is_visible(text) || text.contains(',') || parts[0].size() > max_access_key_id_octets) {
    return malformed(
        "Credential must have exactly 5 slash-delimited elements: keyid/date/region/service/aws4_request.");
  }
  if (parts[4] != scope_terminator) {
    return Failed({AuthFailureKind::wrong_scope,
                   fmt::format("Credential should be scoped with a valid terminator: '{}'.", scope_terminator)});
  }
  return Credential{std::string(parts[0]), {std::string(parts[1]), std::string(parts[2]), std::string(parts[3])}};
}

Result<std::vector<std::string>, AuthFailure> parse_signed_headers(std::string_view text) {
  std::vector<std::string> names;
  for (std::string_view name : split(text, ';')) {
    if (!is_lower_token(name)) return malformed("SignedHeaders must be lower-case header names separated by ';'.");
    if (names.size() == max_signed_headers) return malformed("SignedHeaders names too many headers.");
    if (std::ranges::find(names, name) != names.end()) return malformed("SignedHeaders names a header more than once.");
    names.emplace_back(name);
  }
  return names;
}

// The three texts both forms have in common.
Result<Authorization, AuthFailure> assemble(std::string_view credential_text, std::string_view signed_headers_text,
                                            std::string_view signature) {
  auto credential = parse_credential(credential_text);
  if (!credential) return std::unexpected(std::move(credential.error()));
  auto signed_headers = parse_signed_headers(signed_headers_text);
  if (!signed_headers) return std::unexpected(std::move(signed_headers.error()));
  if (signature.empty() || !is_visible(signature) || signature.contains(',')) {
    return malformed("Signature must be hexadecimal digits.");
  }
  return Authorization{std::move(credential->access_key_id), std::move(credential->scope), std::move(*signed_headers),
                       std::string(signature)};
}

struct Part {
  std::string_view name;
  std::string_view value{};
  bool present = false;
};

// One sentence for each part that is absent, every one followed by a blank.
std::string lacking(std::span<const Part> parts, std::string_view before, std::string_view after) {
  std::string text;
  for (const Part& part : parts) {
    if (!part.present) text += fmt::format("{} '{}'{} ", before, part.name, after);
  }
  return text;
}

}  // namespace

Result<Authorization, AuthFailure> parse_authorization_header(std::string_view value) {
  if (value.size() > max_authorization_octets) return malformed("Authorization header is too long.");
  const std::string_view text = trim(value);
  const std::size_t blank = std::min(text.find(' '), text.size());
  if (text.substr(0, blank) != algorithm_name) {
    return malformed(fmt::format("Authorization header must begin with '{}'.", algorithm_name));
  }
  std::array<Part, 3> parts{{{"Credential"}, {"Signature"}, {"SignedHeaders"}}};
  const auto& [credential, signature, signed_headers] = parts;
  for (std::string_view piece : split(text.substr(blank), ',')) {
    piece = trim(piece);
    if (piece.empty()) continue;
    const std::size_t equals = piece.find('=');
    if (equals == std::string_view::npos) {
      return malformed("Not a valid key=value pair (missing equal-sign) in Authorization header.");
    }
    const auto part = std::ranges::find(parts, piece.substr(0, equals), &Part::name);
    if (part == parts.end()) return malformed("Authorization header has a parameter that is not known.");
    if (part->present) return malformed(fmt::format("Authorization header repeats '{}'.", part->name));
    part->value = piece.substr(equals + 1);
    part->present = true;
  }
  const std::string absent = lacking(parts, "Authorization header requires", " parameter.");
  if (!absent.empty()) return malformed(std::string(trim(absent)));
  return assemble(credential.value, signed_headers.value, signature.value);
}

std::string authorization_header(const Authorization& authorization) {
  return fmt::format("{} Credential={}/{}, SignedHeaders={}, Signature={}", algorithm_name, authorization.access_key_id,
                     scope_text(authorization.scope), fmt::join(authorization.signed_headers, ";"),
                     authorization.signature);
}

bool is_presigned(const std::vector<Parameter>& parameters) {
  return std::ranges::any_of(parameters, [](const Parameter& parameter) {
    return parameter.name == "X-Amz-Algorithm" || parameter.name == "X-Amz-Credential" ||
           parameter.name == "X-Amz-Signature";
  });
}

Result<PresignedAuthorization, AuthFailure> parse_presigned_query(const std::vector<Parameter>& parameters) {
  std::array<Part, 6> parts{{{"X-Amz-Algorithm"},
                             {"X-Amz-Credential"},
                             {"X-Amz-Signature"},
                             {"X-Amz-SignedHeaders"},
                             {"X-Amz-Date"},
                             {"X-Amz-Expires"}}};
  const auto& [algorithm, credential, signature, signed_headers, amz_date, expires] = parts;
  Part session_token{"X-Amz-Security-Token"};
  for (const Parameter& parameter : parameters) {
    const auto found = std::ranges::find(parts, parameter.name, &Part::name);
    if (found == parts.end() && parameter.name != session_token.name) continue;
    Part& part = found == parts.end() ? session_token : *found;
    if (part.present) return malformed(fmt::format("AWS query-string parameters repeat '{}'.", part.name));
    part.value = parameter.value;
    part.present = true;
  }
  const std::string absent = lacking(parts, "AWS query-string parameters must include", ".");
  if (!absent.empty()) return malformed(absent + "Re-examine the query-string parameters.");
  if (algorithm.value != algorithm_name) return malformed(fmt::format("X-Amz-Algorithm must be '{}'.", algorithm_name));
  const auto lifetime = parse_decimal(expires.value);
  if (!lifetime || *lifetime < 1 || *lifetime > static_cast<std::uint64_t>(max_presigned_lifetime.count())) {
    return malformed(fmt::format("X-Amz-Expires must be between 1 and {} seconds.", max_presigned_lifetime.count()));
  }
  auto authorization = assemble(credential.value, signed_headers.value, signature.value);
  if (!authorization) return std::unexpected(std::move(authorization.error()));
  return PresignedAuthorization{std::move(*authorization), std::string(amz_date.value), std::chrono::seconds(*lifetime),
                                std::string(session_token.value)};
}

}  // namespace sesame::sigv4
