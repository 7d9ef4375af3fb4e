// publish/renderer.h: from an outbox entry to the request that tells it.
//
// The body of an event is made here, when it is sent, from the event and its message; that it was made before, in an
// attempt that failed, makes no difference to its octets but for a signature's.
#pragma once

#include <string>
#include <variant>

#include "events/notification.h"
#include "http/message.h"
#include "http/url.h"
#include "net/task.h"
#include "publish/envelope.h"
#include "publish/signing_key.h"
#include "store/control_store.h"
#include "store/outbox.h"
#include "store/topic_store.h"

namespace sesame::publish {

struct RendererDeps {
  store::ControlStore& control;
  store::TopicStore& topics;
  store::QueueStore& queue;
  const SigningKey& key;
  net::Executor workers;   // signs
  std::string public_url;  // of this service, without a slash at the end
  std::string region;
  std::string reporting_mta;
};

struct Outgoing {
  http::Url url;
  http::Fields headers;
  std::string body;
};
struct NobodyThere {};  // the destination has gone, and all that waits for it is void
struct CannotBeMade {   // never: the event or its message has been forgotten, or is damaged
  std::string why;
};
struct NotNow {  // the store failed
  std::string why;
};
using Rendered = std::variant<Outgoing, NobodyThere, CannotBeMade, NotNow>;

// Thread-safe.
class Renderer {
 public:
  explicit Renderer(RendererDeps deps) : deps_(std::move(deps)) {}

  // Not for forwarded_feedback, which is mail.
  net::Task<Rendered> render(store::ReadyEntry ready) const;

 private:
  using Made = std::variant<TopicMessage, CannotBeMade, NotNow>;
  net::Task<Made> message_of(const store::ReadyEntry& ready) const;
  net::Task<Rendered> for_subscriber(store::OutboxEntry entry, TopicMessage message) const;
  net::Task<Rendered> for_webhook(store::OutboxEntry entry, TopicMessage message) const;

  RendererDeps deps_;
};

}  // namespace sesame::publish
