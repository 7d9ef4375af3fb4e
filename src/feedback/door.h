// feedback/door.h: the SMTP door on the MAIL FROM domains: bounces come home.
//
// Accepts mail only for return paths whose tag is genuine and whose message was sent with exactly that return path;
// everything else is refused at RCPT with 550. It relays nothing. What it accepts is understood (classify.h) and
// recorded against the message and its recipients.
//
// Mail from anybody to u-<message id> at the service's domains unsubscribes whoever that message was sent to (RFC
// 2369); what it says is not read, and nobody is answered.
//
// A network that keeps bringing what is of no use (refused recipients, mail that is not understood) is told 421 for a
// while: there is always a limit to guessing.
//
// And for postmaster and abuse at the domains whose mail it takes (operator_mail.h), from whomever: the operator gets a
// notice. So does what comes to a return path and is not understood, which besides is kept whole (kept_mail.h). Not of
// what our own notices come back as, which would go round for ever, and not more than max_notices_per_hour (451 beyond;
// what is not understood is taken then too, kept, and leaves its event).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "events/feed.h"
#include "feedback/kept_mail.h"
#include "feedback/unsubscribe_mail.h"
#include "identity/notices.h"
#include "net/listener.h"
#include "net/task.h"
#include "net/tls_context.h"
#include "store/control_store.h"
#include "store/queue_store.h"
#include "submission/api_message_id.h"

namespace sesame::feedback {

struct DoorOptions {
  std::string host_name;  // in greeting and replies: feedback-smtp.<region>.<service domain>
  std::size_t max_message_octets = 10 << 20;
  // Refused recipients and mails that are not understood, of one network (an IPv4 address, the /64 of an IPv6 one).
  double useless_per_minute = 60, useless_at_once = 500;
  std::string operator_address;  // empty: postmaster and abuse are refused like everybody else
  std::string operator_account;  // the account the notices are sent for
  // Where postmaster and abuse are the operator's, besides host_name and the MAIL FROM domains of all identities.
  std::vector<std::string> service_domains;
};

struct DoorDeps {
  store::ControlStore& control;
  store::QueueStore& queue;
  submission::MessageIds& ids;
  events::Feed& feed;
  identity::NoticeSender& notices;
  KeptMail& kept;
  const Clock& clock;
  RandomSource& random;
  net::Executor workers;  // for what blocks or takes long
  net::TlsContext tls;
  std::optional<UnsubscribeMail> unsubscribe = {};  // unset: nobody can unsubscribe by mail
};

class Door {
 public:
  Door(DoorDeps deps, DoorOptions options);
  ~Door();

  // The handler to give to net::Listener::start.
  net::SessionHandler handler();
  // Sessions that wait for a command are told 421 and closed; transactions under way may end. Then stop the listener.
  void finish();

  // True for host_name, the service's domains and every MAIL FROM domain; false also when the store cannot say.
  net::Task<bool> takes_mail_for(std::string domain);

  struct Counters {
    std::uint64_t accepted = 0, refused_malformed = 0, refused_forged = 0, refused_expired = 0, refused_unknown = 0,
                  turned_away = 0, unsubscribed = 0;
  };
  Counters counters() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace sesame::feedback
