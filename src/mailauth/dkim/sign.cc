#include "mailauth/dkim/sign.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/digest.h"
#include "base/text.h"
#include "dns/name.h"
#include "mailauth/dkim/signed_header.h"

namespace sesame::mailauth::dkim {
namespace {

constexpr std::size_t line_octets = 76;

// Names in the order and number in which h= lists them.
std::vector<std::string_view> list_signed_names(const message::ParsedMessage& message, const SignedFields& fields) {
  std::vector<std::string_view> listed;
  const auto add = [&](std::string_view name, std::size_t extra) {
    const std::size_t times = message.count(name) + extra;
    listed.insert(listed.end(), times, name);
  };
  for (const std::string& name : fields.oversigned) add(name, 1);
  for (const std::string& name : fields.names) {
    const bool done = std::ranges::any_of(fields.oversigned, [&](auto& other) { return ascii_iequals(name, other); });
    if (!done) add(name, 0);
  }
  return listed;
}

// Appends `names` joined by colons, folded before a name that would make the line too long. `column` is where the line
// stands.
void append_name_list(const std::vector<std::string_view>& names, std::size_t column, std::string& out) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) {
      out += ':';
      ++column;
    }
    if (column + names[i].size() + 1 > line_octets && i > 0) {
      out += "\r\n\t ";
      column = 2;
    }
    out += names[i];
    column += names[i].size();
  }
}

void append_folded_base64(std::string_view text, std::size_t column, std::string& out) {
  while (!text.empty()) {
    if (column >= line_octets) {
      out += "\r\n\t ";
      column = 2;
    }
    const std::string_view piece = text.substr(0, line_octets - column);
    out += piece;
    column += piece.size();
    text.remove_prefix(piece.size());
  }
}

// Everything up to and including "b=".
std::string field_without_signature(const std::vector<std::string_view>& names, const BodyHash& body,
                                    const SignOptions& options) {
  const std::int64_t now = to_unix_seconds(options.time);
  std::string field = fmt::format("DKIM-Signature: v=1; a={}; q=dns/txt; c={}/{};\r\n\ts={}; d={};\r\n\tt={};",
                                  name(options.key->algorithm()), name(options.header_form), name(body.form),
                                  options.selector, dns::canonical(options.signing_domain), now);
  if (options.lifetime) field += fmt::format(" x={};", now + options.lifetime->count());
  field += "\r\n\th=";
  append_name_list(names, 3, field);
  field += ";\r\n\tbh=" + base64_encode(body.sha256) + ";\r\n\tb=";
  return field;
}

}  // namespace

const SignedFields& SignedFields::recommended() {
  static const SignedFields fields{.names = {"Sender",
                                             "In-Reply-To",
                                             "References",
                                             "Content-ID",
                                             "Content-Description",
                                             "Resent-Date",
                                             "Resent-From",
                                             "Resent-Sender",
                                             "Resent-To",
                                             "Resent-Cc",
                                             "Resent-Message-ID",
                                             "List-Id",
                                             "List-Help",
                                             "List-Unsubscribe",
                                             "List-Unsubscribe-Post",
                                             "List-Subscribe",
                                             "List-Post",
                                             "List-Owner",
                                             "List-Archive",
                                             "Feedback-ID",
                                             "Auto-Submitted",
                                             "Precedence",
                                             "Priority",
                                             "Importance"},
                                   .oversigned = {"From", "To", "Cc", "Subject", "Date", "Reply-To", "Message-ID",
                                                  "MIME-Version", "Content-Type", "Content-Transfer-Encoding"}};
  return fields;
}

std::string_view name(SignError error) {
  switch (error) {
    case SignError::no_from_field: return "the message has no From field";
    case SignError::invalid_signing_domain: return "the signing domain is not a domain name";
    case SignError::invalid_selector: return "the selector is not a DNS name";
  }
  return "";
}

BodyHash hash_body(Canonicalization form, std::string_view body) {
  BodyHasher hasher(form);
  hasher.update(body);
  return BodyHash{form, hasher.finish()};
}

Result<std::string, SignError> sign(const message::ParsedMessage& message, const BodyHash& body,
                                    const SignOptions& options) {
  if (message.first("From") == nullptr) return std::unexpected(SignError::no_from_field);
  if (!dns::is_valid_name(dns::canonical(options.signing_domain)))
    return std::unexpected(SignError::invalid_signing_domain);
  if (!dns::is_valid_name(options.selector)) return std::unexpected(SignError::invalid_selector);

  const std::vector<std::string_view> names = list_signed_names(message, *options.fields);
  std::string field = field_without_signature(names, body, options);
  std::string hashed = canonical_signed_fields(options.header_form, message.fields, names);
  const message::HeaderField own{
      .raw = field, .name = std::string_view(field).substr(0, 14), .value = std::string_view(field).substr(15)};
  append_canonical_field(options.header_form, own, false, hashed);
  const std::string signature = options.key->sign_digest(sha256(hashed));
  append_folded_base64(base64_encode(signature), 3, field);
  field += "\r\n";
  return field;
}

Result<std::string, SignError> sign(std::string_view octets, const SignOptions& options) {
  const message::ParsedMessage message = message::parse_message(octets);
  return sign(message, hash_body(Canonicalization::simple, message.body), options);
}

}  // namespace sesame::mailauth::dkim
