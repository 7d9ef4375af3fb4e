// api/sesame/messages_api.h: what happened to messages, and two ways to interfere (DESIGN 3.4).
//
//   GET  /v2/sesame/messages?recipient=&state=&limit=&next_token=
//   GET  /v2/sesame/messages/{api message id}
//   POST /v2/sesame/messages/{api message id}/retry    what is queued is due now; {"recipients": how many}
//   POST /v2/sesame/messages/{api message id}/drop     what is queued is given up; {"recipients": how many}
//
// Needs nothing but the stores, so that `sesame queue` can use it on the data of a service that does not run. Signed
// and refused like SES v2; all is of the caller's account only. README.md of api/ shows the answers.
#pragma once

#include <functional>

#include "api/front.h"
#include "api/router.h"
#include "base/clock.h"
#include "events/feed.h"
#include "store/pause_store.h"
#include "store/queue_store.h"

namespace sesame::api {

struct MessagesApiDeps {
  store::QueueStore& queue;
  store::PauseStore& pauses;
  events::Feed& feed;
  const Clock& clock;
  std::function<void()> wake_delivery;  // recipients became due; any thread
};

class MessagesApi final : public Api {
 public:
  static constexpr std::size_t max_page = 1000;
  static constexpr std::size_t default_page = 50;

  explicit MessagesApi(MessagesApiDeps deps) : deps_(std::move(deps)) {}

  net::Task<http::Response> handle(Call call) override;

 private:
  net::Task<Outcome> list(Call call, Arguments arguments);
  net::Task<Outcome> get(Call call, Arguments arguments);
  net::Task<Outcome> retry(Call call, Arguments arguments);
  net::Task<Outcome> drop(Call call, Arguments arguments);

  MessagesApiDeps deps_;
};

}  // namespace sesame::api
