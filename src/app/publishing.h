// app/publishing.h: the part of the wiring that tells the world what happened (publish/): made once, between the store
// and the API.
#pragma once

#include <memory>
#include <string>

#include "api/sns/sns_api.h"
#include "app/config.h"
#include "dns/resolver.h"
#include "events/feed.h"
#include "feedback/forwarding.h"
#include "identity/identity_service.h"
#include "net/runtime.h"
#include "publish/feedback_settings.h"
#include "publish/publisher.h"
#include "store/open.h"
#include "submission/api_message_id.h"

namespace sesame::app {

struct PublishingDeps {
  store::Stores& stores;
  submission::MessageIds& ids;
  events::Feed& feed;
  identity::IdentityService& identities;
  identity::NoticeSender& notices;
  dns::Resolver& resolver;
  const Clock& clock;
  RandomSource& random;
  net::Executor workers;
  identity::ServiceNames names;
};

// What `deps` refers to must outlive it.
class Publishing {
 public:
  // `key` signs notifications.
  Publishing(PublishingDeps deps, const Config& config, const std::string& public_url,
             std::unique_ptr<publish::SigningKey> key);

  publish::FeedbackSettings& feedback_settings() { return settings_; }
  publish::Publisher& publisher() { return publisher_; }
  api::Api& sns() { return sns_; }
  api::PublicPart& sns_public() { return sns_public_; }
  publish::Topics& topics() { return topics_; }

  // Prometheus text.
  net::Task<std::string> metrics();

 private:
  PublishingDeps deps_;
  std::unique_ptr<publish::SigningKey> key_;
  publish::Poster poster_;
  publish::Topics topics_;
  publish::FeedbackSettings settings_;
  publish::Renderer renderer_;
  publish::FanOut fan_out_;
  feedback::Forwarder forwarder_;
  publish::Publisher publisher_;
  api::SnsApi sns_;
  api::SnsPublic sns_public_;
};

}  // namespace sesame::app
