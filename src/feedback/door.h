// feedback/door.h: the SMTP door on the MAIL FROM domains: bounces come home.
//
// Accepts mail only for return paths whose tag is genuine and whose message was sent with exactly that return path;
// everything else is refused at RCPT with 550. It relays nothing. What it accepts is understood (RFC 3464 delivery
// status notifications, RFC 5965 abuse reports, auto-replies) and recorded against the message and its recipients.
#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "events/feed.h"
#include "net/listener.h"
#include "net/tls_context.h"
#include "store/queue_store.h"
#include "submission/api_message_id.h"

namespace sesame::feedback {

struct DoorOptions {
  std::string host_name;  // in greeting and replies: feedback-smtp.<region>.<service domain>
  std::size_t max_message_octets = 10 << 20;
};

struct DoorDeps {
  store::QueueStore& queue;
  submission::MessageIds& ids;
  events::Feed& feed;
  const Clock& clock;
  net::TlsContext tls;
};

class Door {
 public:
  Door(DoorDeps deps, DoorOptions options);
  ~Door();

  // The handler to give to net::Listener::start.
  net::SessionHandler handler();
  // Sessions that wait for a command are told 421 and closed; transactions under way may end. Then stop the listener.
  void finish();

  struct Counters {
    std::uint64_t accepted = 0, refused_malformed = 0, refused_forged = 0, refused_expired = 0, refused_unknown = 0;
  };
  Counters counters() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace sesame::feedback
