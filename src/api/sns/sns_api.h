// api/sns/sns_api.h: the API of SNS (2010-03-31) as far as topics that tell HTTP(S) receivers go: a form in, XML out.
//
//   signed (service "sns")   CreateTopic, DeleteTopic, ListTopics, GetTopicAttributes, SetTopicAttributes, Subscribe,
//                            ConfirmSubscription, Unsubscribe, ListSubscriptions, ListSubscriptionsByTopic,
//                            GetSubscriptionAttributes, SetSubscriptionAttributes, Publish
//   unsigned (SnsPublic)     GET /?Action=ConfirmSubscription and /?Action=Unsubscribe, the URLs subscribers are sent;
//                            GET of the certificate that notifications are signed with
//
// The rules are those of publish/topics.h; a topic's policy is kept and shown but nothing is decided by it.
#pragma once

#include "api/front.h"
#include "api/ses_v1/xml.h"
#include "api/sns/error.h"
#include "publish/signing_key.h"
#include "publish/topics.h"

namespace sesame::api {

namespace sns {

// An action reads its parameters, asks the engine and writes the members of its result.
using Done = SnsResult<void>;
using Action = net::Task<Done>(publish::Topics& topics, Call call, ses_v1::XmlWriter& answer);

// topic_actions.cc
Action create_topic, delete_topic, list_topics, get_topic_attributes, set_topic_attributes, publish_message;
// subscription_actions.cc
Action subscribe, confirm_subscription, unsubscribe, list_subscriptions, list_subscriptions_by_topic;
Action get_subscription_attributes, set_subscription_attributes;

constexpr std::size_t page_size = 100;  // of every list of SNS

}  // namespace sns

// Mount for the service "sns". Thread-safe; `topics` must outlive it.
class SnsApi final : public Api {
 public:
  explicit SnsApi(publish::Topics& topics) : topics_(topics) {}

  net::Task<http::Response> handle(Call call) override;

 private:
  publish::Topics& topics_;
};

// Thread-safe; both must outlive it.
class SnsPublic final : public PublicPart {
 public:
  SnsPublic(publish::Topics& topics, const publish::SigningKey& key) : topics_(topics), key_(key) {}

  bool takes(const http::Request& request, const http::Target& target) const override;
  net::Task<http::Response> handle(http::Request request, http::Target target, std::string request_id) override;

 private:
  publish::Topics& topics_;
  const publish::SigningKey& key_;
};

}  // namespace sesame::api
