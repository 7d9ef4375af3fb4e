// api/front.h: the HTTP door: who asks, and which API answers.
//
//   GET /healthz, /readyz, /metrics    unsigned, for machines that look after this one
//   GET /v/<token>                     unsigned, the link in the mail that verifies an address: a page with a button
//   POST /v/<token>                    unsigned, that button: verifies. Never by GET, as mail gateways open links
//   POST /  and  GET /?Action=...      signed; the Query API mounted for the service of the credential scope (ses, sns)
//   what a PublicPart takes            unsigned (mount_public): links in mail, confirmations of subscriptions
//   everything else                    signed; the JSON API mounted at the longest prefix of the path
//
// A request for a JSON API may prove its caller by other means than a signature (accept_sessions).
//
// A refusal before an API is reached has the form of the API that was meant: XML for "/", JSON elsewhere (spec 6).
// Every answer carries x-amzn-RequestId. No CORS.
//
// Thread-safe once everything is mounted; must outlive its requests, and the APIs must outlive it.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "api/caller.h"
#include "base/clock.h"
#include "base/random.h"
#include "http/message.h"
#include "http/server.h"
#include "http/target.h"
#include "store/control_store.h"

namespace sesame::identity {
class IdentityService;
}

namespace sesame::api {

struct Refusal;  // of a request that reaches no API; front.cc

// One API. handle() is called on connection threads, several calls at once; it answers errors in its own form. What it
// throws is logged and answered as an internal failure.
class Api {
 public:
  virtual ~Api() = default;
  virtual net::Task<http::Response> handle(Call call) = 0;
};

// What answers some requests without a signature, beside the paths above. Asked before anything else, as Api is.
class PublicPart {
 public:
  virtual ~PublicPart() = default;
  virtual bool takes(const http::Request& request, const http::Target& target) const = 0;
  virtual net::Task<http::Response> handle(http::Request request, http::Target target, std::string request_id) = 0;
};

// Another proof than a signature of who asks a JSON API: the console's session. Called as Api is.
class SessionGate {
 public:
  virtual ~SessionGate() = default;
  // Whether the request brings this proof, good or bad. Asked only when there is no signature.
  virtual bool takes(const http::Request& request) const = 0;
  // The caller, or the answer that refuses the request.
  virtual net::Task<Result<Caller, http::Response>> authenticate(const http::Request& request) = 0;
};

struct FrontDeps {
  store::ControlStore& control;
  identity::IdentityService& identities;
  const Clock& clock;
  RandomSource& random;
  net::Executor workers;  // large bodies are hashed and taken apart here, not on an I/O thread
};

struct FrontOptions {
  std::function<net::Task<bool>()> ready;           // /readyz: 200 or 503
  std::function<net::Task<std::string>()> metrics;  // /metrics: Prometheus text; the front's own counters are appended
};

class Front {
 public:
  Front(FrontDeps deps, FrontOptions options);

  // `prefix` is whole path segments, "/v2/email"; one in braces takes any. The longest one that matches decides.
  void mount(std::string_view prefix, Api& api);
  // `service` as in the credential scope: "ses", "sns".
  void mount_query(std::string_view service, Api& api);
  void mount_public(PublicPart& part) { public_parts_.push_back(&part); }
  void accept_sessions(SessionGate& gate) { sessions_ = &gate; }

  net::Task<http::Response> handle(http::Request request);
  // handle() in the form http::Server takes.
  http::Handler handler();

  // For http::ServerOptions: a body over the limit, or without room, refused in the form of the API that was meant.
  // Nothing is authenticated, as the signature covers the body.
  http::RefuseBody refuse_body();

  struct Counters {
    std::uint64_t requests = 0;           // all
    std::uint64_t not_authenticated = 0;  // refused by signature, key or time
    std::uint64_t failures = 0;           // answered with 5xx
  };
  Counters counters() const;

 private:
  http::Response refuse_unread(const http::Request& head, int status);
  net::Task<http::Response> dispatch(http::Request request, std::string request_id);
  net::Task<http::Response> answer_unsigned(http::Request request, http::Target target);
  net::Task<http::Response> answer_signed(http::Request request, http::Target target, std::string request_id);
  net::Task<http::Response> answer_metrics();
  net::Task<http::Response> confirm_link(std::string token);
  net::Task<Result<Caller, http::Response>> find_caller(const http::Request& request, const http::Target& target,
                                                        const std::string& request_id);
  net::Task<Result<Caller, Refusal>> authenticate(const http::Request& request, const http::Target& target);
  Api* find_api(const Call& call) const;
  static bool matches(const std::vector<std::string>& prefix, const std::vector<std::string>& segments);

  FrontDeps deps_;
  FrontOptions options_;
  std::vector<std::pair<std::vector<std::string>, Api*>> mounted_;  // longest prefix first
  std::map<std::string, Api*, std::less<>> query_apis_;
  std::vector<PublicPart*> public_parts_;
  SessionGate* sessions_ = nullptr;
  std::atomic<std::uint64_t> requests_{0}, not_authenticated_{0}, failures_{0};
};

}  // namespace sesame::api
