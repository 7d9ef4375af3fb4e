// api/sesame/api.h: what Sesame tells beyond SES (DESIGN 3.4): diagnoses of identities, and events. What happened to
// messages: messages_api.h.
//
//   GET  /v2/sesame/identities?contains=&kind=&drifted=&limit=&next_token=   identities with the state of all their
//   parts GET  /v2/sesame/identities/{identity}/history?before=&limit=    what changed, newest first GET
//   /v2/sesame/identities/{identity}/live         the diagnosis as server-sent events, whenever it has changed GET
//   /v2/sesame/statistics?by=&name=&days=         counters by quarter of an hour, and the queue GET
//   /v2/sesame/identities/{identity}/diagnosis    the last look; looks now if what receivers make of it is old POST
//   /v2/sesame/identities/{identity}/look         looks now; up to 15 s GET  /v2/sesame/events?after=&wait=&limit=
//   events after a sequence (0, the default: all; "latest": from now
//                                                      on); waits up to `wait` seconds, at most 25, for one
//
// Signed and refused like SES v2. Member names are lower case with underscores, times are RFC 3339 text in UTC. All is
// of the caller's account only. README.md of api/ shows the answers.
#pragma once

#include "api/front.h"
#include "api/router.h"
#include "base/clock.h"
#include "events/feed.h"
#include "store/control_store.h"
#include "store/queue_store.h"

namespace sesame::api {

struct SesameApiDeps {
  identity::IdentityService& identities;
  store::ControlStore& control;
  store::QueueStore& queue;
  events::Feed& feed;
  const Clock& clock;
};

class SesameApi final : public Api {
 public:
  static constexpr std::size_t max_page = 1000;
  static constexpr std::size_t default_page = 50;

  explicit SesameApi(const SesameApiDeps& deps) : deps_(deps) {}

  net::Task<http::Response> handle(Call call) override;

 private:
  net::Task<http::Response> live(Call call, std::string identity);     // live.cc
  net::Task<Outcome> list_identities(Call call, Arguments arguments);  // identities.cc
  net::Task<Outcome> history(Call call, Arguments arguments);          // identities.cc
  net::Task<Outcome> statistics(Call call, Arguments arguments);       // statistics.cc
  net::Task<Outcome> diagnosis(Call call, Arguments arguments);
  net::Task<Outcome> look(Call call, Arguments arguments);
  net::Task<Outcome> list_events(Call call, Arguments arguments);

  SesameApiDeps deps_;
};

}  // namespace sesame::api
