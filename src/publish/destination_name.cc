#include "publish/destination_name.h"

#include <fmt/format.h>

#include "base/text.h"

namespace sesame::publish {
namespace {

constexpr std::string_view webhook = "webhook";

}  // namespace

std::string to_string(const WebhookName& name) {
  return fmt::format("{}/{}/{}/{}", webhook, name.account_id, name.configuration_set, name.event_destination);
}

std::optional<WebhookName> parse_webhook_name(std::string_view text) {
  const auto parts = split(text, '/');  // names of sets and destinations hold no slash
  if (parts.size() != 4 || parts[0] != webhook) return std::nullopt;
  return WebhookName{std::string(parts[1]), std::string(parts[2]), std::string(parts[3])};
}

}  // namespace sesame::publish
