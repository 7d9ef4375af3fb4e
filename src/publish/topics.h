// publish/topics.h: the verbs on topics and subscriptions, with the rules of SNS; the API of SNS and everything else
// that changes or uses topics calls these.
//
// Whoever names a topic by ARN names its account as well; a topic of another account does not exist for the caller.
// Texts of errors are for the caller, in the words SNS is known for.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "publish/envelope.h"
#include "publish/poster.h"
#include "store/outbox.h"
#include "store/topic_store.h"

namespace sesame::publish {

constexpr std::size_t max_topics = 1000;  // per account
constexpr std::size_t max_subscriptions_per_topic = 1000;
constexpr std::size_t max_topic_name_characters = 256;
constexpr std::size_t max_message_octets = 256 * 1024;
constexpr std::size_t max_subject_characters = 100;
constexpr std::chrono::hours confirmation_patience{48};  // how long a token is good

enum class TopicErrc {
  invalid_parameter,
  not_found,
  not_authorized,
  limit_exceeded,
  unavailable,  // the store failed; nothing was changed
};
struct TopicError {
  TopicErrc code = TopicErrc::unavailable;
  std::string text;
};
template <class T>
using TopicTask = net::Task<Result<T, TopicError>>;

// What is not given stays as it is.
struct TopicChanges {
  std::optional<std::string> display_name;
  std::optional<std::string> policy;  // JSON, or "" for none
  std::optional<int> signature_version;
};

struct Subscribing {
  std::string topic_arn;
  std::string protocol;  // "http", "https"
  std::string endpoint;
  bool raw_message_delivery = false;
};

struct Publishing {
  std::string topic_arn;
  std::string subject;
  std::string message;
  std::map<std::string, std::string, std::less<>> by_protocol = {};  // instead of `message`, for subscribers of one
  boost::json::object attributes = {};                               // as the envelope shows them
};

struct TopicsDeps {
  store::TopicStore& topics;
  store::Outbox& outbox;
  const Poster& poster;
  const Clock& clock;
  RandomSource& random;
  std::string region;
  std::function<void()> added;  // entries are waiting; any thread
};

// Thread-safe; what `deps` refers to must outlive it.
class Topics {
 public:
  explicit Topics(TopicsDeps deps) : deps_(std::move(deps)) {}

  // The topic of that name, made if need be; invalid_parameter when it is there with other attributes.
  TopicTask<store::Topic> create(std::string account_id, std::string name, TopicChanges attributes);
  TopicTask<store::Topic> find(std::string account_id, std::string topic_arn);
  TopicTask<void> change(std::string account_id, std::string topic_arn, TopicChanges changes);
  TopicTask<void> remove(std::string account_id, std::string topic_arn);  // one that is not there is removed
  TopicTask<std::vector<store::Topic>> list(std::string account_id, std::string after, std::size_t limit);
  TopicTask<store::SubscriptionCounts> count_subscriptions(std::string topic_arn);

  // Sends the endpoint a token, again if it has not confirmed yet; one that has stays as it is.
  TopicTask<store::Subscription> subscribe(std::string account_id, Subscribing what);
  // Whoever has the token may confirm, from whatever account and without one.
  TopicTask<store::Subscription> confirm(std::string topic_arn, std::string token, bool authenticate_on_unsubscribe);
  // Without an account: whoever knows the ARN, unless that was ruled out when it was confirmed.
  TopicTask<void> unsubscribe(std::optional<std::string> account_id, std::string subscription_arn);
  TopicTask<store::Subscription> find_subscription(std::string account_id, std::string subscription_arn);
  TopicTask<void> set_raw_message_delivery(std::string account_id, std::string subscription_arn, bool raw);
  TopicTask<std::vector<store::Subscription>> list_subscriptions(std::string account_id, std::string after,
                                                                 std::size_t limit);
  TopicTask<std::vector<store::Subscription>> list_topic_subscriptions(std::string account_id, std::string topic_arn,
                                                                       std::string after, std::size_t limit);

  // Durable for every confirmed subscriber when it returns; the value is the message's id.
  TopicTask<std::string> publish(std::string account_id, Publishing what);

 private:
  TopicTask<void> send_token(store::Subscription subscription, std::string token);

  TopicsDeps deps_;
};

}  // namespace sesame::publish
