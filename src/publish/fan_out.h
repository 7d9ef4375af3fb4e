// publish/fan_out.h: from events to outbox entries: who is to be told of what.
//
//   identity's topic           Bounce, Complaint, Delivery, each to the topic set for it; all its confirmed subscribers
//   configuration set          every enabled destination that matches the kind: a topic's subscribers, or a URL
//   the sender, by mail        Bounce and Complaint, if the identity forwards feedback, or nobody else takes that kind
//
// An identity's topic for bounces or complaints that has gone is taken from the identity, whose feedback is forwarded
// by mail from then on, and the account is told; a topic for deliveries stays set (spec 3.2). The service's own mail is
// told of to nobody.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "identity/identity_service.h"
#include "identity/notices.h"
#include "store/control_store.h"
#include "store/outbox.h"
#include "store/topic_store.h"

namespace sesame::publish {

constexpr std::size_t events_per_round = 500;

struct FanOutDeps {
  store::ControlStore& control;
  store::TopicStore& topics;
  store::Outbox& outbox;
  identity::IdentityService& identities;
  identity::NoticeSender& notices;
  const Clock& clock;
};

// One coroutine at a time.
class FanOut {
 public:
  explicit FanOut(FanOutDeps deps) : deps_(deps) {}

  // Gives out the next events: their entries and the place reached are one commit. Returns how many events there were;
  // fewer than events_per_round: these were all. After an error nothing has been given out; call it again.
  //
  // While there is nobody to tell, the place is committed now and then only, which costs nothing: after a crash those
  // events are looked at again, to the same end.
  net::Task<store::StoreResult<std::size_t>> run_once();

  std::uint64_t entries_added() const { return entries_added_; }

 private:
  struct Round;
  net::Task<store::StoreResult<void>> route(const store::UnpublishedEvent& event, Round& round);
  net::Task<store::StoreResult<bool>> to_identity_topic(const store::UnpublishedEvent& event, Round& round);
  net::Task<store::StoreResult<bool>> to_configuration_set(const store::UnpublishedEvent& event,
                                                           store::EventKind told_as, Round& round);
  // False: the topic has gone.
  net::Task<store::StoreResult<bool>> to_topic(const store::UnpublishedEvent& event, store::OutboxKind kind,
                                               std::string topic_arn, Round& round);
  net::Task<store::StoreResult<void>> drop_topic(const store::UnpublishedEvent& event, store::FeedbackKind kind,
                                                 std::string topic_arn);

  FanOutDeps deps_;
  std::optional<std::int64_t> reached_;  // unset before the first round
  std::int64_t committed_ = 0;
  std::uint64_t entries_added_ = 0;
};

}  // namespace sesame::publish
