// publish/poster.h: one HTTP POST to a customer's URL.
//
// The URL was chosen by somebody else, so it is judged where it leads (http/outside_client.h). Redirects (301, 302,
// 307, 308) are followed at most max_redirects times, as a POST, each target judged like the first, and never from
// https to http. Answers are read up to a bound and thrown away.
#pragma once

#include <chrono>
#include <string>

#include "base/result.h"
#include "dns/resolver.h"
#include "http/outside_client.h"

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
  dns::MayContact may_contact;
  std::chrono::milliseconds patience = std::chrono::seconds(15);  // for all of it, redirects included
  std::string user_agent = "Sesame Notification Service Agent";
};

// Thread-safe; `resolver` must outlive it.
class Poster {
 public:
  Poster(dns::Resolver& resolver, PosterOptions options)
      : client_(resolver, options.may_contact), options_(std::move(options)) {}

  // The status of the last answer, whatever it is but a redirect that was followed.
  net::Task<Result<int, PostError>> post(http::Url url, http::Fields headers, std::string body) const;

  // Whether a URL names by number an address that may not be contacted: told when it is subscribed.
  bool is_refused(const http::Url& url) const { return client_.is_refused(url); }

 private:
  net::Task<Result<http::ClientResponse, PostError>> post_once(const http::ClientRequest& request,
                                                               net::Deadline deadline) const;

  const http::OutsideClient client_;
  const PosterOptions options_;
};

}  // namespace sesame::publish
