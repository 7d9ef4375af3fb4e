// api/sesame/topics_api.h: topics and their subscriptions as JSON: what the API of SNS does in forms and XML, for those
// whose proof is good for the JSON APIs only, as the console's session is.
//
//   GET    /v2/sesame/topics?after=&limit=        {"topics": [topic without subscriptions], "next_after": arn or null}
//   POST   /v2/sesame/topics                      {"name", "display_name"}: the topic of that name, made if need be
//   GET    /v2/sesame/topics/{arn}                the topic
//   DELETE /v2/sesame/topics/{arn}                {}; its subscriptions go with it
//   POST   /v2/sesame/topics/{arn}/subscriptions  {"endpoint", "raw_message_delivery"}: the subscription; sends it a
//                                                 token, again if it has not confirmed
//   DELETE /v2/sesame/subscriptions/{arn}         {}
//
// A topic is {"arn", "name", "display_name", "created", "confirmed": how many, "pending": how many, "subscriptions"}, a
// subscription {"arn", "endpoint", "confirmed", "raw_message_delivery", "created"}.
//
// The rules are those of publish/topics.h. Signed and refused like SES v2; all is of the caller's account only.
#pragma once

#include "api/front.h"
#include "api/router.h"
#include "publish/topics.h"

namespace sesame::api {

// Mount at "/v2/sesame/topics" and "/v2/sesame/subscriptions". Thread-safe; `topics` must outlive it.
class TopicsApi final : public Api {
 public:
  static constexpr std::size_t max_page = 100;

  explicit TopicsApi(publish::Topics& topics) : topics_(topics) {}

  net::Task<http::Response> handle(Call call) override;

 private:
  net::Task<Outcome> list(Call call, Arguments arguments);
  net::Task<Outcome> create(Call call, Arguments arguments);
  net::Task<Outcome> get(Call call, Arguments arguments);
  net::Task<Outcome> remove(Call call, Arguments arguments);
  net::Task<Outcome> subscribe(Call call, Arguments arguments);
  net::Task<Outcome> unsubscribe(Call call, Arguments arguments);

  publish::Topics& topics_;
};

}  // namespace sesame::api
