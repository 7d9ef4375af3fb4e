// publish/poster.h: one HTTP POST to a customer's URL.
//
// The URL was chosen by somebody who may not reach what we can reach (SSRF): its name is resolved here, each address is
// judged, and the connection goes to the very address that was judged. Redirects (301, 302, 307, 308) are followed at
// most max_redirects times, as a POST, each target judged like the first, and never from https to http. Certificates
// must hold. Answers are read up to a bound and thrown away.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "base/result.h"
#include "dns/resolver.h"
#include "http/client.h"

namespace sesame::publish {

constexpr int max_redirects = 3;
constexpr std::size_t max_answer_octets = 64 * 1024;

enum class PostErrc {
  no_address,       // the name cannot be resolved now
  refused_address,  // it leads where it may not
  not_taken,        // connection, TLS or exchange failed, or took too long
  bad_redirect,     // too many, no Location, or from https to http
};

struct PostError {
  PostErrc code = PostErrc::not_taken;
  std::string detail;  // one line, shown to the owner of the destination
};

struct PosterOptions {
  // Addresses of the Internet, unless configured otherwise (net/special_address.h).
  std::function<bool(const net::IpAddress&)> may_contact;
  std::chrono::milliseconds patience = std::chrono::seconds(15);  // for all of it, redirects included
  std::string user_agent = "Sesame Notification Service Agent";
};

// Thread-safe; `resolver` must outlive it.
class Poster {
 public:
  Poster(dns::Resolver& resolver, PosterOptions options) : resolver_(resolver), options_(std::move(options)) {}

  // The status of the last answer, whatever it is but a redirect that was followed.
  net::Task<Result<int, PostError>> post(http::Url url, http::Fields headers, std::string body) const;

  // Whether a URL names by number an address that may not be contacted: told when it is subscribed.
  bool is_refused(const http::Url& url) const;

 private:
  net::Task<Result<std::vector<net::Endpoint>, PostError>> endpoints_of(const http::Url& url,
                                                                        net::Deadline deadline) const;
  net::Task<Result<http::ClientResponse, PostError>> post_once(const http::ClientRequest& request,
                                                               net::Deadline deadline) const;

  dns::Resolver& resolver_;
  const PosterOptions options_;
};

}  // namespace sesame::publish
