// campaign/tracking.h: messages that tell when they are opened and what in them is clicked (spec 4.5).
//
//   <base>/u/<token>     the page on which the recipient unsubscribes, and where mail readers post to (RFC 8058)
//   u-<message id>@<domain>   the mailbox that unsubscribes whoever was written to (RFC 2369)
//   <base>/t/<token>     the pixel, and every tracked link; campaign/link_token.h has the token
//
// <base> is the service's public URL, or the redirect domain of the configuration set with the scheme its policy
// demands. Thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "campaign/link_token.h"
#include "campaign/subscriptions.h"
#include "store/configuration_record.h"

namespace sesame::campaign {

// What is wanted of one message.
struct Tracked {
  bool opens = false, clicks = false;
  store::TrackingOptions options;
  std::optional<UnsubscribeLink> unsubscribe;  // of the one recipient of mail to a contact list
  bool any() const { return opens || clicks || unsubscribe; }
};

// Those kinds that an event destination of the set, which may be null, wants to hear of.
Tracked tracked_by(const store::ConfigurationSet* set);

// In front of the message's id: 62 octets, within the 64 of RFC 5321 §4.5.3.1.1.
inline constexpr std::string_view unsubscribe_mailbox_prefix = "u-";

class Tracking {
 public:
  // `public_url` without a slash at its end. `mail_domain` is where mail to unsubscribe comes to; "" for nowhere.
  Tracking(LinkTokens tokens, std::string public_url, std::string mail_domain)
      : tokens_(std::move(tokens)), public_url_(std::move(public_url)), mail_domain_(std::move(mail_domain)) {}

  const LinkTokens& tokens() const { return tokens_; }

  // The message with its HTML parts tracked; as it was if it has none. A call for nothing takes out what is reserved
  // for tracking. With an unsubscribe link, the fields of RFC 2369 and RFC 8058 are set, and the first two
  // {{amazonSESUnsubscribeUrl}} become the link (spec 4.4).
  std::string track(std::string_view octets, std::string_view api_message_id, const Tracked& wanted) const;

  // The unsubscribe link that track() put into the header section of that message; nullopt if there is none.
  std::optional<UnsubscribeLink> unsubscribe_link_in(std::string_view header_section,
                                                     std::string_view api_message_id) const;

 private:
  std::string with_list_fields(std::string_view octets, std::string_view api_message_id, std::string_view url) const;
  std::optional<std::string> unsubscribe_url(std::string_view api_message_id, const Tracked& wanted) const;
  std::string url(std::string_view scheme, const store::TrackingOptions& options, std::string_view token) const;

  LinkTokens tokens_;
  std::string public_url_, mail_domain_;
};

}  // namespace sesame::campaign
