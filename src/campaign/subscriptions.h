// campaign/subscriptions.h: somebody unsubscribes by a link in a mail (spec 4.4; RFC 8058), and the event that tells of
// it.
//
// The contact is changed before the event is written: an unsubscription is never lost to keep a record of it. Only a
// change makes an event, so that following the link again tells nothing new. Thread-safe; what the constructor is given
// must outlive it.
#pragma once

#include <optional>
#include <string>

#include "campaign/contact_lists.h"
#include "campaign/link_token.h"
#include "events/feed.h"
#include "store/queue_store.h"

namespace sesame::campaign {

// What an unsubscribe link says: LinkKind::unsubscribe with these as its fields, the topic "" for none.
struct UnsubscribeLink {
  std::string account_id, list;
  std::optional<std::string> topic;
  std::string address;
};
LinkClaim claim_of(std::string api_message_id, const UnsubscribeLink& link);
std::optional<UnsubscribeLink> unsubscribe_link(const LinkClaim& claim);  // nullopt: of another kind

enum class UnsubscribeSource { header, page };

class Subscriptions {
 public:
  Subscriptions(ContactLists& contacts, store::QueueStore& queue, events::Feed& feed, const Clock& clock)
      : contacts_(contacts), queue_(queue), feed_(feed), clock_(clock) {}

  // Opts out of the link's topic, or of the whole list if it has none or `everything` is wanted. Errors: of
  // ContactLists::unsubscribe().
  ContactTask<void> unsubscribe(std::string api_message_id, UnsubscribeLink link, bool everything,
                                UnsubscribeSource source);

 private:
  net::Task<void> tell(std::string api_message_id, ContactLists::Unsubscribed changed, UnsubscribeSource source);

  ContactLists& contacts_;
  store::QueueStore& queue_;
  events::Feed& feed_;
  const Clock& clock_;
};

}  // namespace sesame::campaign
