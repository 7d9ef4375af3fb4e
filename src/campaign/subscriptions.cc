#include "campaign/subscriptions.h"

#include <boost/json.hpp>

#include "base/log.h"

namespace sesame::campaign {
namespace {

namespace json = boost::json;

json::object preferences(const store::ContactList& list, const store::Contact& contact) {
  json::array topics;
  for (const store::TopicPreference& preference : effective_preferences(list, contact)) {
    const bool is_out = preference.status == store::SubscriptionStatus::opt_out;
    topics.push_back(json::object{{"topic", preference.topic}, {"status", is_out ? "opt_out" : "opt_in"}});
  }
  return {{"unsubscribe_all", contact.unsubscribe_all}, {"topics", std::move(topics)}};
}

}  // namespace

LinkClaim claim_of(std::string api_message_id, const UnsubscribeLink& link) {
  return {LinkKind::unsubscribe,
          std::move(api_message_id),
          {link.account_id, link.list, link.topic.value_or(""), link.address}};
}

std::optional<UnsubscribeLink> unsubscribe_link(const LinkClaim& claim) {
  if (claim.kind != LinkKind::unsubscribe || claim.fields.size() != 4) return std::nullopt;
  UnsubscribeLink link{claim.fields[0], claim.fields[1], std::nullopt, claim.fields[3]};
  if (!claim.fields[2].empty()) link.topic = claim.fields[2];
  return link;
}

ContactTask<void> Subscriptions::unsubscribe(std::string api_message_id, UnsubscribeLink link, bool everything,
                                             UnsubscribeSource source) {
  if (everything) link.topic.reset();
  auto changed = co_await contacts_.unsubscribe(std::move(link.account_id), std::move(link.list), std::move(link.topic),
                                                std::move(link.address));
  if (!changed) co_return std::unexpected(changed.error());
  const bool is_new =
      effective_preferences(changed->list, changed->before) != effective_preferences(changed->list, changed->after) ||
      changed->before.unsubscribe_all != changed->after.unsubscribe_all;
  if (is_new) co_await tell(std::move(api_message_id), std::move(*changed), source);
  co_return Result<void, ContactError>();
}

net::Task<void> Subscriptions::tell(std::string api_message_id, ContactLists::Unsubscribed changed,
                                    UnsubscribeSource source) {
  store::Event event;
  event.account_id = changed.after.account_id;
  event.api_message_id = std::move(api_message_id);
  event.kind = store::EventKind::subscription;
  event.at = clock_.now();
  event.recipient = changed.after.address;
  event.detail = json::serialize(
      json::object{{"contact_list", changed.list.name},
                   {"source", source == UnsubscribeSource::header ? "UnsubscribeHeader" : "UnsubscribePage"},
                   {"new", preferences(changed.list, changed.after)},
                   {"old", preferences(changed.list, changed.before)}});
  std::vector<store::Event> events{std::move(event)};
  const auto appended = co_await queue_.append_events(std::move(events));
  if (appended) {
    feed_.committed();
  } else {
    log::error("campaign", "an unsubscription is not told of", {{"detail", appended.error().detail}});
  }
}

}  // namespace sesame::campaign
