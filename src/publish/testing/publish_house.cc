#include "publish/testing/publish_house.h"

#include <stdexcept>

#include "base/digest.h"

namespace sesame::publish {
namespace {

constexpr const char* public_url = "http://127.0.0.1:8025";

template <class T>
T expect(T result) {
  if (!result) throw std::runtime_error("the test house could not be furnished");
  return result;
}

}  // namespace

net::Task<bool> PublishHouse::Notices::send(identity::Notice notice) {
  sent.push_back(std::move(notice));
  co_return true;
}

PublishHouse::PublishHouse(std::chrono::seconds max_delivery)
    : authoritative_(net::shared_test_loop().executor(), dns, random_, {}) {
  const identity::ServiceNames names{"svc.example", "us-east-1"};
  store::Stores& stores = temp.stores;
  expect(run(stores.control->put_account({account, "owner@example.com", clock_.now()})));
  ids_ = std::move(*expect(run(submission::MessageIds::load(*stores.control, clock_, random_, names.region))));
  key_ = std::move(*expect(run(SigningKey::load(*stores.control, names.service_domain))));
  identities = std::make_unique<identity::IdentityService>(identity::ServiceDeps{
      *stores.control, authoritative_, notices, clock_, random_, workers_.executor(), names, public_url});
  poster_ = std::make_unique<Poster>(dns, PosterOptions{.may_contact = [](const net::IpAddress&) { return true; }});
  topics = std::make_unique<Topics>(TopicsDeps{*stores.topics, *stores.outbox, *poster_, clock_, random_, names.region,
                                               [this] { publisher->wake(); }});
  settings = std::make_unique<FeedbackSettings>(*stores.topics, *topics, *identities);
  renderer_ =
      std::make_unique<Renderer>(RendererDeps{*stores.control, *stores.topics, *stores.queue, *key_,
                                              workers_.executor(), public_url, names.region, "mail.svc.example"});
  fan_out_ = std::make_unique<FanOut>(
      FanOutDeps{*stores.control, *stores.topics, *stores.outbox, *identities, notices, clock_});
  forwarder_ = std::make_unique<feedback::Forwarder>(
      feedback::ForwarderDeps{*stores.control, *stores.queue, *ids_, clock_, random_, names, "mail.svc.example",
                              std::chrono::hours(14), [this] { feed.committed(); }});
  publisher = std::make_unique<Publisher>(PublisherDeps{*stores.outbox, *stores.topics, *stores.queue, feed, *fan_out_,
                                                        *renderer_, *poster_, *forwarder_, clock_, random_},
                                          PublisherOptions{max_delivery});
  publisher->start(runtime_.executor(0));
}

PublishHouse::~PublishHouse() {
  feed.close();
  runtime_.run_blocking(publisher->stop(net::after(std::chrono::seconds(5))));
  run(authoritative_.stop());
}

store::Subscription PublishHouse::subscriber(const std::string& topic, const std::string& url, bool raw) {
  const store::Topic made = *expect(run(topics->create(account, topic, {})));
  store::Subscription subscription;
  subscription.arn = made.arn + ":" + random_.uuid();
  subscription.topic_arn = made.arn;
  subscription.account_id = account;
  subscription.endpoint = url;
  subscription.confirmed = true;
  subscription.raw_message_delivery = raw;
  expect(run(temp.stores.topics->put_subscription(subscription)));
  return subscription;
}

void PublishHouse::domain(const std::string& name) {
  identity::CreateOptions options;
  options.next_key_bits = 1024;  // quick to make
  expect(run(identities->create(account, name, options)));
}

std::string PublishHouse::message(const std::string& identity, std::optional<std::string> configuration_set) {
  store::NewMessage message;
  message.api_message_id = ids_->mint();
  message.account_id = account;
  message.identity = identity;
  message.author_address = "ann@" + identity;
  message.feedback_address = "feedback@" + identity;
  message.configuration_set = std::move(configuration_set);
  message.accepted_through = "ses_v2";
  message.envelope = {message.api_message_id + "@svc.example", {"b@example.net"}};
  message.content = "Subject: x\r\n\r\ntext\r\n";
  message.accepted = clock_.now();
  message.expires = message.accepted + std::chrono::hours(14);
  const std::string id = message.api_message_id;
  expect(run(temp.stores.queue->enqueue(std::move(message), {})));
  return id;
}

void PublishHouse::happens(const std::string& api_message_id, store::EventKind kind, const std::string& detail,
                           const std::string& recipient) {
  store::Event event;
  event.account_id = account;
  event.api_message_id = api_message_id;
  event.kind = kind;
  event.at = clock_.now();
  event.recipient = recipient;
  event.detail = detail;
  expect(run(temp.stores.queue->append_events({event})));
  feed.committed();
}

std::vector<store::MessageRecord> PublishHouse::queued_by_service() {
  store::MessageFilter filter;
  filter.account_id = account;
  std::vector<store::MessageRecord> found;
  for (store::MessageRecord& record : *expect(run(temp.stores.queue->list_messages(filter)))) {
    if (record.message.accepted_through == store::accepted_through_service) found.push_back(std::move(record));
  }
  return found;
}

}  // namespace sesame::publish
