#include "submission/senders.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>

#include "base/text.h"
#include "identity/mail_from.h"

namespace sesame::submission {
namespace {

constexpr std::size_t max_named_addresses = 10;  // "long lists end with ..." (spec 1.4)

std::string not_verified_text(const identity::ServiceNames& names, const std::vector<std::string>& failed) {
  std::vector<std::string> shown(failed.begin(),
                                 failed.begin() + std::ptrdiff_t(std::min(failed.size(), max_named_addresses)));
  return fmt::format("Email address is not verified. The following identities failed the check in region {}: {}{}",
                     ascii_upper(names.region), fmt::join(shown, ", "), failed.size() > shown.size() ? " ..." : "");
}

}  // namespace

net::Task<SubmissionResult<SenderDecision>> decide_senders(store::ControlStore& store,
                                                           const identity::ServiceNames& names, std::string account_id,
                                                           std::vector<std::string> addresses) {
  std::set<std::string> candidates;
  for (const std::string& address : addresses) {
    for (std::string& name : identity::candidate_names(address)) candidates.insert(std::move(name));
  }
  auto found = co_await store.find_identities(account_id, {candidates.begin(), candidates.end()});
  if (!found) {
    co_return std::unexpected(SubmissionError{SubmissionErrc::unavailable, "Temporary service failure", ""});
  }
  SenderDecision decision;
  decision.records = std::move(*found);

  std::vector<std::string> failed;
  for (const std::string& address : addresses) {
    const bool named = std::find(failed.begin(), failed.end(), address) != failed.end();
    if (!identity::govern(address, decision.records, false).verified && !named) failed.push_back(address);
  }
  if (!failed.empty()) {
    co_return std::unexpected(
        SubmissionError{SubmissionErrc::sender_not_verified, not_verified_text(names, failed), ""});
  }

  const identity::Governing author = identity::govern(addresses.front(), decision.records, false);
  decision.settings = author.settings;
  decision.dkim = author.dkim;
  const auto state = author.mail_from == nullptr ? std::nullopt : author.mail_from->mail_from;
  const std::string custom_domain = state ? state->domain : "";
  switch (identity::choose_envelope(state)) {
    case identity::EnvelopeChoice::custom: decision.mail_from_domain = custom_domain; break;
    case identity::EnvelopeChoice::service_default: decision.mail_from_domain = names.default_mail_from_domain(); break;
    case identity::EnvelopeChoice::refuse:
      co_return std::unexpected(
          SubmissionError{SubmissionErrc::mail_from_not_verified,
                          "MAIL FROM domain not verified: DNS setup for MAIL FROM domain is invalid.", ""});
  }
  co_return decision;
}

}  // namespace sesame::submission
