#include "submission/sending_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/text.h"
#include "identity/governing.h"

namespace sesame::submission {
namespace {

SubmissionError unavailable() { return {SubmissionErrc::unavailable, "Temporary service failure", ""}; }

// Of the verified identities of the address, the most specific one's that has a default set (spec 7).
std::optional<std::string> default_set(const SenderDecision& senders, const std::string& author_address) {
  for (const std::string& name : identity::candidate_names(author_address)) {
    const auto record = std::ranges::find(senders.records, name, &store::IdentityRecord::name);
    if (record == senders.records.end() || !identity::may_send(*record)) continue;
    if (record->configuration_set) return record->configuration_set;
  }
  return std::nullopt;
}

std::string simulator_domain(const identity::ServiceNames& names) { return "simulator." + names.service_domain; }

// The mailbox that behaves as one on a suppression list, with any plus label.
bool is_simulated_listing(std::string_view address) {
  const std::string local_part = ascii_lower(address.substr(0, address.rfind('@')));
  return std::string_view(local_part).substr(0, local_part.find('+')) == "suppressionlist";
}

boost::json::object opted_out_detail() {
  return {{"source", "suppression"},
          {"bounce_type", "Permanent"},
          {"bounce_subtype", "UnsubscribedRecipient"},
          {"action", "failed"},
          {"status", "5.7.1"},
          {"diagnostic_code", "Sesame did not send to this address because the contact has unsubscribed."},
          {"reporting_mta", ""},
          {"remote_ip", ""}};
}

boost::json::object bounce_detail(Listing listing) {
  if (listing == Listing::contact_opted_out) return opted_out_detail();
  return {
      {"source", "suppression"},
      {"bounce_type", "Permanent"},
      {"bounce_subtype", listing == Listing::simulated ? "Suppressed" : "OnAccountSuppressionList"},
      {"action", "failed"},
      {"status", "5.1.1"},
      {"diagnostic_code", "Sesame did not send to this address because it is on the suppression list of the account."},
      {"reporting_mta", ""},
      {"remote_ip", ""}};
}

boost::json::object complaint_detail() {
  return {{"feedback_type", ""},
          {"user_agent", ""},
          {"arrival_date", ""},
          {"complaint_subtype", "OnAccountSuppressionList"}};
}

}  // namespace

net::Task<SubmissionResult<store::AccountAttributes>> require_sending(ConfigurationSets& sets, std::string account_id) {
  const auto account = co_await sets.account(account_id);
  if (!account) co_return std::unexpected(unavailable());
  if (!account->sending_enabled) {
    co_return std::unexpected(SubmissionError{
        SubmissionErrc::account_paused, fmt::format("Email sending is disabled for account {}.", account_id), ""});
  }
  co_return *account;
}

net::Task<SubmissionResult<SendingRules>> decide_rules(ConfigurationSets& sets, store::AccountAttributes account,
                                                       std::string account_id, std::optional<std::string> named,
                                                       const SenderDecision& senders, std::string author_address) {
  SendingRules rules{nullptr, account.suppression};
  if (!named) named = default_set(senders, author_address);
  if (!named) co_return rules;
  auto set = co_await sets.find(std::move(account_id), *named);
  if (!set && set.error().code == ConfigurationErrc::set_missing) {
    co_return std::unexpected(SubmissionError{SubmissionErrc::configuration_set_missing, set.error().text, ""});
  }
  if (!set) co_return std::unexpected(unavailable());
  if (!(*set)->sending_enabled) {
    co_return std::unexpected(
        SubmissionError{SubmissionErrc::configuration_set_paused,
                        fmt::format("Email sending is disabled for configuration set <{}>.", *named), ""});
  }
  const auto& suppression = (*set)->suppression;
  if (suppression) rules.suppression = *suppression;
  rules.set = std::move(*set);
  co_return rules;
}

bool is_simulator(std::string_view address, const identity::ServiceNames& names) {
  const auto at = address.rfind('@');
  return at != address.npos && ascii_iequals(address.substr(at + 1), simulator_domain(names));
}

std::vector<std::string> simulated_listings(const std::vector<std::string>& recipients,
                                            const identity::ServiceNames& names) {
  std::vector<std::string> listed;
  for (const std::string& address : recipients) {
    if (is_simulator(address, names) && is_simulated_listing(address)) listed.push_back(address);
  }
  return listed;
}

store::Event suppressed_event(const EventSubject& message, std::string recipient, store::SuppressionReason reason,
                              Listing listing) {
  const bool is_bounce = reason == store::SuppressionReason::bounce;
  store::Event event;
  event.account_id = message.account_id;
  event.api_message_id = message.api_message_id;
  event.kind = is_bounce ? store::EventKind::bounce : store::EventKind::complaint;
  event.at = message.accepted;
  event.recipient = std::move(recipient);
  event.detail = boost::json::serialize(is_bounce ? bounce_detail(listing) : complaint_detail());
  return event;
}

store::SuppressionCheck suppression_check(const store::NewMessage& message, store::SuppressionReasons reasons,
                                          const identity::ServiceNames& names) {
  auto event_of = [about = EventSubject(message), &names](
                      const std::string& recipient, store::SuppressionReason reason) -> std::optional<store::Event> {
    if (is_simulator(recipient, names)) return std::nullopt;
    return suppressed_event(about, recipient, reason, Listing::of_account);
  };
  return {reasons, std::move(event_of)};
}

}  // namespace sesame::submission
