#include "mailauth/dkim/signature.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "dns/name.h"
#include "mailauth/tag_list.h"

namespace sesame::mailauth::dkim {
namespace {

constexpr std::size_t max_label_text = 256;  // of what is echoed from a signature that is no good

// A problem ends the parsing; the empty text means that there is none.
using Problem = std::string;

Problem require(const std::vector<Tag>& tags, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    if (!find_tag(tags, name)) return fmt::format("the tag {}= is missing", name);
  }
  return {};
}

Problem read_algorithm(std::string_view value, Signature& signature) {
  if (value == "rsa-sha256") {
    signature.algorithm = SignatureAlgorithm::rsa_sha256;
  } else if (value == "ed25519-sha256") {
    signature.algorithm = SignatureAlgorithm::ed25519_sha256;
  } else if (value == "rsa-sha1") {
    signature.algorithm = SignatureAlgorithm::rsa_sha1;
  } else {
    return fmt::format("unknown algorithm a={}", value.substr(0, 40));
  }
  return {};
}

std::optional<Canonicalization> form_of(std::string_view word) {
  if (word == "simple") return Canonicalization::simple;
  if (word == "relaxed") return Canonicalization::relaxed;
  return std::nullopt;
}

Problem read_forms(std::string_view value, Signature& signature) {
  const std::size_t slash = value.find('/');
  const auto header = form_of(value.substr(0, slash));
  const auto body = slash == value.npos ? Canonicalization::simple : form_of(value.substr(slash + 1));
  if (!header || !body) return fmt::format("unknown canonicalization c={}", value.substr(0, 40));
  signature.header_form = *header;
  signature.body_form = *body;
  return {};
}

Problem read_names(std::string_view value, SignatureKind kind, Signature& signature) {
  signature.names = split_list(value);
  const auto names_field = [&](std::string_view field) {
    return std::ranges::any_of(signature.names, [&](auto name) { return ascii_iequals(name, field); });
  };
  if (names_field("")) return "h= has an empty name";
  if (!names_field("From")) return "From is not among the signed fields";
  if (kind == SignatureKind::arc_message && names_field("ARC-Seal")) return "h= names ARC-Seal (RFC 8617 §4.1.2)";
  return {};
}

// §3.5, i=: its domain is d= or below it.
Problem read_identity(std::optional<std::string_view> value, Signature& signature) {
  if (!value) return {};
  signature.identity = *value;
  const std::size_t at = value->rfind('@');
  const auto domain = at == value->npos ? std::nullopt : dns::to_ascii(value->substr(at + 1));
  if (!domain || !dns::is_at_or_below(*domain, signature.domain)) return "i= is not in the domain of d=";
  return {};
}

// A tag that require() has seen.
std::string_view given(const std::vector<Tag>& tags, std::string_view name) {
  return find_tag(tags, name).value_or("");
}

Problem read_domain_and_selector(const std::vector<Tag>& tags, Signature& signature) {
  const auto domain = dns::to_ascii(given(tags, "d"));
  const auto selector = dns::to_ascii(given(tags, "s"));
  if (!domain || !dns::is_valid_name(*domain)) return "d= is not a domain name";
  if (!selector || !dns::is_valid_name(*selector)) return "s= is not a selector";
  signature.domain = *domain;
  signature.selector = *selector;
  signature.identity = "@" + signature.domain;
  return {};
}

std::optional<std::int64_t> read_time(std::string_view value) {
  const auto number = parse_decimal(value);
  if (!number || value.size() > 12) return std::nullopt;  // §3.5: at most twelve digits
  return static_cast<std::int64_t>(*number);
}

Problem read_signed_at(const std::vector<Tag>& tags, Signature& signature) {
  const auto t = find_tag(tags, "t");
  if (!t) return {};
  signature.signed_at = read_time(*t);
  return signature.signed_at ? Problem() : Problem("t= is not a time");
}

Problem read_numbers(const std::vector<Tag>& tags, Signature& signature) {
  if (const auto l = find_tag(tags, "l")) {
    signature.body_length = parse_decimal(*l);
    if (!signature.body_length) return "l= is not a number";
  }
  if (Problem problem = read_signed_at(tags, signature); !problem.empty()) return problem;
  if (const auto x = find_tag(tags, "x")) {
    signature.expires_at = read_time(*x);
    if (!signature.expires_at) return "x= is not a time";
  }
  const bool backwards = signature.signed_at && signature.expires_at && *signature.expires_at <= *signature.signed_at;
  return backwards ? Problem("x= is not later than t=") : Problem();
}

Problem read_base64(const std::vector<Tag>& tags, std::string_view name, std::string& octets) {
  const auto decoded = base64_decode_folded(given(tags, name));
  if (!decoded || decoded->empty()) return fmt::format("{}= is not base64", name);
  octets = *decoded;
  return {};
}

// A signature over header fields and body: DKIM's, and ARC's of the message.
Problem read_message_signature(const std::vector<Tag>& tags, SignatureKind kind, Signature& signature) {
  const bool dkim = kind == SignatureKind::dkim;
  if (Problem problem = require(tags, {dkim ? "v" : "i", "a", "b", "bh", "d", "h", "s"}); !problem.empty())
    return problem;
  if (dkim && given(tags, "v") != "1") return "v= is not 1";
  if (Problem problem = read_algorithm(given(tags, "a"), signature); !problem.empty()) return problem;
  if (Problem problem = read_forms(find_tag(tags, "c").value_or("simple"), signature); !problem.empty()) return problem;
  if (Problem problem = read_domain_and_selector(tags, signature); !problem.empty()) return problem;
  if (dkim) {
    if (Problem problem = read_identity(find_tag(tags, "i"), signature); !problem.empty()) return problem;
  }
  if (Problem problem = read_names(given(tags, "h"), kind, signature); !problem.empty()) return problem;
  if (Problem problem = read_numbers(tags, signature); !problem.empty()) return problem;
  const auto methods = split_list(find_tag(tags, "q").value_or("dns/txt"));
  if (std::ranges::find(methods, "dns/txt") == methods.end()) return "q= offers no way to find the key that is known";
  if (Problem problem = read_base64(tags, "b", signature.signature); !problem.empty()) return problem;
  return read_base64(tags, "bh", signature.body_hash);
}

// RFC 8617 §4.1.3: the tags a seal knows are i, a, b, cv, d, s and t.
Problem read_seal(const std::vector<Tag>& tags, Signature& signature) {
  signature.header_form = Canonicalization::relaxed;
  if (Problem problem = require(tags, {"i", "a", "b", "cv", "d", "s"}); !problem.empty()) return problem;
  if (find_tag(tags, "h")) return "h= is not allowed in a seal (RFC 8617 §4.1.3)";
  if (Problem problem = read_algorithm(given(tags, "a"), signature); !problem.empty()) return problem;
  if (Problem problem = read_domain_and_selector(tags, signature); !problem.empty()) return problem;
  if (Problem problem = read_signed_at(tags, signature); !problem.empty()) return problem;
  return read_base64(tags, "b", signature.signature);
}

}  // namespace

std::string_view name(SignatureAlgorithm algorithm) {
  switch (algorithm) {
    case SignatureAlgorithm::rsa_sha1: return "rsa-sha1";
    case SignatureAlgorithm::rsa_sha256: return "rsa-sha256";
    case SignatureAlgorithm::ed25519_sha256: return "ed25519-sha256";
  }
  return "";
}

SignatureLabels read_labels(std::string_view field_value) {
  const std::vector<Tag> tags = scan_tag_list(field_value);
  const auto label = [&](std::string_view name) {
    return std::string(find_tag(tags, name).value_or("").substr(0, max_label_text));
  };
  SignatureLabels labels{.domain = dns::canonical(label("d")),
                         .selector = label("s"),
                         .identity = label("i"),
                         .algorithm = label("a"),
                         .signature_start = without_blanks(label("b").substr(0, 64)).substr(0, 8)};
  return labels;
}

Result<Signature, SignatureError> parse_signature(std::string_view field_value, SignatureKind kind) {
  const auto tags = parse_tag_list(field_value);
  if (!tags) return std::unexpected(SignatureError{"the signature's tags are malformed: " + tags.error().text});
  Signature signature;
  Problem problem =
      kind == SignatureKind::arc_seal ? read_seal(*tags, signature) : read_message_signature(*tags, kind, signature);
  if (!problem.empty()) return std::unexpected(SignatureError{std::move(problem)});
  return signature;
}

std::string without_signature_value(std::string_view field_value) {
  std::string out;
  out.reserve(field_value.size());
  std::string_view rest = field_value;
  while (true) {
    const std::size_t end = std::min(rest.find(';'), rest.size());
    const std::string_view piece = rest.substr(0, end);
    const std::size_t equals = piece.find('=');
    const bool is_b = equals != piece.npos && trim(piece.substr(0, equals)) == "b";
    out += is_b ? piece.substr(0, equals + 1) : piece;
    if (end == rest.size()) return out;
    out += ';';
    rest.remove_prefix(end + 1);
  }
}

}  // namespace sesame::mailauth::dkim
