#include "feedback/unsubscribe_mail.h"

#include "base/text.h"

namespace sesame::feedback {

std::optional<std::string> unsubscribed_id(std::string_view local_part) {
  const std::string mailbox = ascii_lower(local_part);
  if (!mailbox.starts_with(campaign::unsubscribe_mailbox_prefix)) return std::nullopt;
  return mailbox.substr(campaign::unsubscribe_mailbox_prefix.size());
}

net::Task<bool> UnsubscribeMail::unsubscribe(store::MessageRecord record) const {
  const std::string id = record.message.api_message_id;
  auto link = tracking_.unsubscribe_link_in(record.message.header_section, id);
  if (!link) co_return true;
  const auto done =
      co_await subscriptions_.unsubscribe(id, std::move(*link), false, campaign::UnsubscribeSource::header);
  co_return done || done.error().code != campaign::ContactErrc::unavailable;
}

}  // namespace sesame::feedback
