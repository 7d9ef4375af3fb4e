#include "campaign/visits.h"

#include <boost/json.hpp>

#include "base/log.h"
#include "base/text.h"

namespace sesame::campaign {
namespace {

namespace json = boost::json;

constexpr std::size_t max_user_agent_octets = 512;

json::object detail(const LinkClaim& claim, const Visitor& visitor) {
  json::object detail{{"ip", visitor.ip}, {"user_agent", printable_utf8(visitor.user_agent, max_user_agent_octets)}};
  if (claim.kind != LinkKind::click || claim.fields.empty()) return detail;
  detail["url"] = claim.fields.front();
  json::object tags;
  for (std::size_t i = 1; i + 1 < claim.fields.size(); i += 2) {
    json::value& values = tags[claim.fields[i]];
    if (!values.is_array()) values.emplace_array();
    values.get_array().emplace_back(claim.fields[i + 1]);
  }
  detail["tags"] = std::move(tags);
  return detail;
}

}  // namespace

bool Visits::may_count(const std::string& api_message_id) {
  const TokenBucket::Moment now(clock_.now().time_since_epoch());
  const std::lock_guard lock(mutex_);
  if (by_message_.size() >= max_messages && !by_message_.contains(api_message_id)) by_message_.clear();
  return by_message_.try_emplace(api_message_id, per_second, burst, now).first->second.take(now);
}

net::Task<void> Visits::record(LinkClaim claim, Visitor visitor) {
  if (!may_count(claim.api_message_id)) co_return;
  const auto message = co_await queue_.find_message_any_account(claim.api_message_id);
  if (!message) {
    if (message.error().code != store::StoreErrc::not_found) {
      log::error("campaign", "a visit is not counted", {{"detail", message.error().detail}});
    }
    co_return;
  }
  const Time now = clock_.now();
  if (now - message->message.accepted > visits_count_for) co_return;
  store::Event event;
  event.account_id = message->message.account_id;
  event.api_message_id = claim.api_message_id;
  event.kind = claim.kind == LinkKind::open ? store::EventKind::open : store::EventKind::click;
  event.at = now;
  event.detail = json::serialize(detail(claim, visitor));
  std::vector<store::Event> events{std::move(event)};
  const auto appended = co_await queue_.append_events(std::move(events));
  if (appended) {
    feed_.committed();
  } else {
    log::error("campaign", "a visit is not counted", {{"detail", appended.error().detail}});
  }
}

}  // namespace sesame::campaign
