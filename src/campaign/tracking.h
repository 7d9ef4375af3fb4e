// campaign/tracking.h: messages that tell when they are opened and what in them is clicked (spec 4.5).
//
//   <base>/t/<token>     the pixel, and every tracked link; campaign/link_token.h has the token
//
// <base> is the service's public URL, or the redirect domain of the configuration set with the scheme its policy
// demands. Thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "campaign/link_token.h"
#include "store/configuration_record.h"

namespace sesame::campaign {

// What is wanted of one message.
struct Tracked {
  bool opens = false, clicks = false;
  store::TrackingOptions options;
  bool any() const { return opens || clicks; }
};

// Those kinds that an event destination of the set, which may be null, wants to hear of.
Tracked tracked_by(const store::ConfigurationSet* set);

class Tracking {
 public:
  // `public_url` without a slash at its end.
  Tracking(LinkTokens tokens, std::string public_url)
      : tokens_(std::move(tokens)), public_url_(std::move(public_url)) {}

  const LinkTokens& tokens() const { return tokens_; }

  // The message with its HTML parts tracked; as it was if it has none. A call for nothing takes out what is reserved
  // for tracking.
  std::string track(std::string_view octets, std::string_view api_message_id, const Tracked& wanted) const;

 private:
  std::string url(std::string_view scheme, const store::TrackingOptions& options, std::string_view token) const;

  LinkTokens tokens_;
  std::string public_url_;
};

}  // namespace sesame::campaign
