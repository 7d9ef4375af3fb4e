// dns_providers/domain_connect_finder.h: whether the provider of an identity's zone offers Domain Connect, and takes
// our template.
//
// The zone's owner says where to ask (TXT at _domainconnect.<zone>), so the host is judged (http/outside_client.h);
// only https, no redirects, answers bounded.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "dns/authoritative.h"
#include "dns_providers/domain_connect.h"
#include "dns_providers/error.h"
#include "http/outside_client.h"
#include "identity/identity_service.h"
#include "store/control_store.h"

namespace sesame::dns_providers {

// The installation's own key for signed URLs, made the first time and kept sealed among its secrets. Up to a second.
// The error is one line.
net::Task<Result<std::unique_ptr<mailauth::dkim::SigningKey>, std::string>> load_domain_connect_key(
    store::ControlStore& control);

struct DomainConnectStatus {
  std::optional<DomainConnectProvider> provider;  // nothing: it does not offer it, or `problem`
  bool template_supported = false;
  std::string apply_url;  // empty if it is not
  std::string problem;    // a sentence; empty: none
};

struct DomainConnectDeps {
  identity::IdentityService& identities;
  dns::AuthoritativeClient& authoritative;
  dns::Resolver& resolver;
  http::OutsideClient client;
  identity::ServiceNames names;
  mailauth::dkim::SigningKey key;
};

// Thread-safe; what `deps` refers to must outlive it.
class DomainConnectFinder {
 public:
  static constexpr std::chrono::seconds patience{12};

  explicit DomainConnectFinder(DomainConnectDeps deps) : deps_(std::move(deps)) {}

  PublishTask<DomainConnectStatus> status(std::string account_id, std::string identity);
  const identity::ServiceNames& names() const { return deps_.names; }

 private:
  net::Task<Result<http::ClientResponse, std::string>> get(http::Url url, net::Deadline deadline);
  net::Task<Result<std::optional<DomainConnectProvider>, std::string>> discover(std::string zone,
                                                                                net::Deadline deadline);

  DomainConnectDeps deps_;
};

}  // namespace sesame::dns_providers
