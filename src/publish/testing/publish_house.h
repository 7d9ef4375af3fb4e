// publish/testing/publish_house.h: everything that publishes, on real stores in a directory of their own, with its
// threads. Destinations on loopback may be contacted. Time is real: the first retry is a second away.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "dns/testing/fake_resolver.h"
#include "net/testing/run_task.h"
#include "publish/feedback_settings.h"
#include "publish/publisher.h"
#include "store/testing/temp_stores.h"

namespace sesame::publish {

class PublishHouse {
 public:
  static constexpr const char* account = "000000000001";

  explicit PublishHouse(std::chrono::seconds max_delivery = std::chrono::hours(24));
  ~PublishHouse();

  template <class T>
  T run(net::Task<T> task) {
    return net::run_task(std::move(task));
  }

  // Subscribed and confirmed, whatever the endpoint says.
  store::Subscription subscriber(const std::string& topic, const std::string& url, bool raw = false);
  // A verified domain, and a message of it that has been sent and told of.
  void domain(const std::string& name);
  std::string message(const std::string& identity, std::optional<std::string> configuration_set = {});
  void happens(const std::string& api_message_id, store::EventKind kind, const std::string& detail,
               const std::string& recipient = "b@example.net");
  std::vector<store::MessageRecord> queued_by_service();

 private:
  SecureRandom random_;
  SystemClock clock_;
  net::Runtime runtime_{1};
  net::WorkerPool workers_{1};

 public:
  store::TempStores temp;
  dns::FakeResolver dns;
  events::Feed feed;

 private:
  struct Notices final : identity::NoticeSender {
    net::Task<bool> send(identity::Notice notice) override;
    std::vector<identity::Notice> sent;
  };
  dns::AuthoritativeClient authoritative_;
  std::unique_ptr<submission::MessageIds> ids_;
  std::unique_ptr<SigningKey> key_;
  std::unique_ptr<Poster> poster_;
  std::unique_ptr<Renderer> renderer_;
  std::unique_ptr<FanOut> fan_out_;
  std::unique_ptr<feedback::Forwarder> forwarder_;

 public:
  Notices notices;
  std::unique_ptr<identity::IdentityService> identities;
  std::unique_ptr<Topics> topics;
  std::unique_ptr<FeedbackSettings> settings;
  std::unique_ptr<Publisher> publisher;
};

}  // namespace sesame::publish
