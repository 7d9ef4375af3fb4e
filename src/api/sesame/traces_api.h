// api/sesame/traces_api.h: what is said in sessions about some mail (docs/shaping.md).
//
//   GET    /v2/sesame/traces                                {"traces": [trace]}
//   PUT    /v2/sesame/traces/{scope}/{value}?seconds=600    scope: domain, message. Begins, or goes on until then
//   GET    /v2/sesame/traces/{scope}/{value}?after=&wait=   the trace with "sessions" behind the number `after`; waits
//                                                           up to `wait` seconds, at most 25, for one or for its end
//   DELETE /v2/sesame/traces/{scope}/{value}                ends it and forgets what was said
//
// A trace is {"scope", "value", "until", "on", "forgotten"}, a session {"number", "at", "api_message_id", "domain",
// "remote_host", "remote_ip", "source_ip", "dialogue": [line, ...]}.
//
// Each line begins with "> " (we), "< " (the peer) or "* " (a note: what TLS came to, octets of content). Signed and
// refused like SES v2; of the caller's mail only. Bounds: delivery/trace_book.h.
#pragma once

#include "api/front.h"
#include "api/router.h"
#include "base/clock.h"
#include "delivery/trace_book.h"

namespace sesame::api {

struct TracesApiDeps {
  delivery::TraceBook& traces;
  const Clock& clock;
};

// Mount at "/v2/sesame/traces". Thread-safe; what `deps` refers to must outlive it.
class TracesApi final : public Api {
 public:
  explicit TracesApi(TracesApiDeps deps) : deps_(deps) {}

  net::Task<http::Response> handle(Call call) override;

 private:
  net::Task<Outcome> list(Call call, Arguments arguments);
  net::Task<Outcome> get(Call call, Arguments arguments);
  net::Task<Outcome> put(Call call, Arguments arguments);
  net::Task<Outcome> remove(Call call, Arguments arguments);

  TracesApiDeps deps_;
};

}  // namespace sesame::api
