// publish/destination_name.h: what destinations are called in the outbox and in what the API tells of them.
//
// A subscriber of a topic is called by the ARN of its subscription. The others have names of their own, below.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sesame::publish {

// All feedback that is forwarded by mail.
inline constexpr std::string_view forwarding_destination = "forwarding";

// The URL that a destination of a configuration set names: "webhook/<account>/<set>/<destination>".
struct WebhookName {
  std::string account_id, configuration_set, event_destination;
  friend bool operator==(const WebhookName&, const WebhookName&) = default;
};
std::string to_string(const WebhookName& name);
std::optional<WebhookName> parse_webhook_name(std::string_view text);

}  // namespace sesame::publish
