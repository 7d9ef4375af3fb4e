// http/outside_client.h: one HTTP request to a URL that somebody else has chosen.
//
// The host is resolved and judged first (dns/outside_host.h), and the connection goes to an address that was judged.
// The next address is tried only where nothing can have been sent. Redirects are answers like others. Certificates must
// hold.
#pragma once

#include <string>

#include "base/result.h"
#include "dns/outside_host.h"
#include "http/client.h"

namespace sesame::http {

enum class OutsideErrc {
  no_address,       // the name cannot be resolved now
  refused_address,  // it leads where it may not; nothing was sent
  not_sent,         // no connection, or no TLS with a certificate that holds
  exchange,         // broke, timed out or went wrong afterwards: the server may have acted on the request
};
struct OutsideError {
  OutsideErrc code = OutsideErrc::exchange;
  std::string detail;  // one line; outside text in part
};

// Thread-safe; `resolver` must outlive it.
class OutsideClient {
 public:
  OutsideClient(dns::Resolver& resolver, dns::MayContact may_contact)
      : resolver_(resolver), may_contact_(std::move(may_contact)) {}

  net::Task<Result<ClientResponse, OutsideError>> send(ClientRequest request, ClientOptions options) const;

  // Whether a URL names by number an address that may not be contacted: can be told before anything is asked.
  bool is_refused(const Url& url) const;

 private:
  dns::Resolver& resolver_;
  const dns::MayContact may_contact_;
};

}  // namespace sesame::http
