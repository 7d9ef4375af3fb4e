// publish/feedback_settings.h: where the feedback about an identity goes: topics, and mail (spec 3.2, 3.4).
#pragma once

#include "identity/identity_service.h"
#include "publish/topics.h"
#include "store/topic_store.h"

namespace sesame::publish {

// The identity's settings as they are shown.
struct FeedbackShown {
  store::FeedbackTopics topics;
  bool forwarding = true;
};

// Thread-safe; what the constructor is given must outlive it. Texts of errors are for the caller.
class FeedbackSettings {
 public:
  FeedbackSettings(store::TopicStore& store, Topics& topics, identity::IdentityService& identities)
      : store_(store), topics_(topics), identities_(identities) {}

  // nullopt: no topic for that kind any more. A topic that is set gets a message saying so. invalid_parameter: there is
  // no such topic, or not_found: no such identity.
  TopicTask<void> set_topic(std::string account_id, std::string identity, store::FeedbackKind kind,
                            std::optional<std::string> topic_arn);
  TopicTask<void> set_headers(std::string account_id, std::string identity, store::FeedbackKind kind,
                              bool with_headers);
  // Switched off only while there are topics for bounces and complaints: invalid_parameter.
  TopicTask<void> set_forwarding(std::string account_id, std::string identity, bool enabled);
  TopicTask<FeedbackShown> get(std::string account_id, std::string identity);

 private:
  store::TopicStore& store_;
  Topics& topics_;
  identity::IdentityService& identities_;
};

}  // namespace sesame::publish
