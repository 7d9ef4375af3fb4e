// dns_providers/domain_connect.h: Domain Connect: a provider's settings, our template, and the signed URL that asks its
// customer to apply it. Pure but for the signature.
//
// Source: the Domain Connect specification (github.com/Domain-Connect/spec), version 2.2: discovery and settings,
// templates, the synchronous flow and its digital signature (RSA-SHA256 over the query string, the public key in TXT
// records below syncPubKeyDomain).
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/url.h"
#include "identity/service_names.h"
#include "mailauth/dkim/key.h"
#include "store/identity_record.h"

namespace sesame::dns_providers {

inline constexpr std::size_t max_discovery_octets = 255;
inline constexpr std::size_t max_settings_octets = 64 * 1024;
inline constexpr std::string_view domain_connect_service = "mail";     // serviceId of our template
inline constexpr std::string_view domain_connect_key_label = "_dck1";  // where the public key is, below our domain

// What stands at _domainconnect.<zone>: a host, maybe with a path. The URL of its settings for `zone`, always https.
std::optional<http::Url> settings_url(std::string_view discovered, std::string_view zone);

struct DomainConnectProvider {
  std::string id, name, display_name;  // printable, at most 100 octets; display_name falls back to name
  http::Url sync_ux;                   // https, without a query
  http::Url api;                       // likewise
  int width = 750, height = 750;       // of the window, in pixels
};

// The body of GET …/settings. The error is one sentence.
Result<DomainConnectProvider, std::string> parse_domain_connect_settings(std::string_view body);

// Where the provider says whether it has taken our template in (200) or not (404).
http::Url template_url(const DomainConnectProvider& provider, const identity::ServiceNames& names);

// Our template for this service, as providers take it in (packaging/domain-connect has that of svc.example).
boost::json::object domain_connect_template(const identity::ServiceNames& names);

// The query of the apply URL: domain, host, variables and groups for what the identity has of Easy DKIM and MAIL FROM.
// The error is one sentence: nothing of it can be applied by the template.
Result<std::string, std::string> apply_query(const store::IdentityRecord& identity, std::string_view zone);

// `query` with key and signature, at the provider. About half a millisecond.
std::string signed_apply_url(const DomainConnectProvider& provider, const identity::ServiceNames& names,
                             const std::string& query, const mailauth::dkim::SigningKey& key);

// The TXT records the public key is published by.
std::vector<std::string> key_records(const mailauth::dkim::SigningKey& key);

}  // namespace sesame::dns_providers
