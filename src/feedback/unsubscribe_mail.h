// feedback/unsubscribe_mail.h: mail to a contact list is left by a mail as well (RFC 2369 §3.2; spec 4.4).
//
// The mailbox is u-<message id>, and the id's tag is the proof, as the token is in the link beside it: whoever has the
// message has both. What is left, and by whom, says the link in the message's header section, as far as that was kept.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "campaign/subscriptions.h"
#include "campaign/tracking.h"
#include "net/task.h"
#include "store/queue_store.h"

namespace sesame::feedback {

// The id in such a mailbox's local part, in small letters; nullopt: another mailbox. Whether it is genuine is not
// looked at.
std::optional<std::string> unsubscribed_id(std::string_view local_part);

class UnsubscribeMail {
 public:
  // Both must outlive it.
  UnsubscribeMail(const campaign::Tracking& tracking, campaign::Subscriptions& subscriptions)
      : tracking_(tracking), subscriptions_(subscriptions) {}

  // Unsubscribes whom the message was sent to; true also where there is nothing to leave (any more). False: try later.
  net::Task<bool> unsubscribe(store::MessageRecord record) const;

 private:
  const campaign::Tracking& tracking_;
  campaign::Subscriptions& subscriptions_;
};

}  // namespace sesame::feedback
