#include "api/ses_v2/identity_shapes.h"

#include "api/tags.h"

#include <boost/json/array.hpp>

#include "identity/governing.h"

namespace sesame::api {
namespace {

namespace json = boost::json;

std::string_view key_length(std::uint32_t bits) {
  // Own keys may have lengths between the two; SES has words for these only.
  return word_of(key_length_words, bits < 2048 ? 1024u : 2048u);
}

std::string_view word(store::LookError error) {
  switch (error) {
    case store::LookError::none: return "";
    case store::LookError::service_error: return "SERVICE_ERROR";
    case store::LookError::dns_server_error: return "DNS_SERVER_ERROR";
    case store::LookError::host_not_found: return "HOST_NOT_FOUND";
    case store::LookError::type_not_found: return "TYPE_NOT_FOUND";
    case store::LookError::invalid_value: return "INVALID_VALUE";
  }
  std::unreachable();
}

// What the last looks for the records that verify the domain said.
json::object verification_info(const store::IdentityRecord& identity) {
  json::object info;
  const store::LookTimer& timer = identity.dkim ? identity.dkim->timer : identity.txt_timer;
  if (timer.last_checked) info["LastCheckedTimestamp"] = epoch_seconds(*timer.last_checked);
  if (timer.last_success) info["LastSuccessTimestamp"] = epoch_seconds(*timer.last_success);
  if (timer.last_error != store::LookError::none) info["ErrorType"] = word(timer.last_error);
  if (identity.soa) {
    info["SOARecord"] = json::object{{"PrimaryNameServer", identity.soa->primary},
                                     {"AdminEmail", identity.soa->mailbox},
                                     {"SerialNumber", identity.soa->serial}};
  }
  return info;
}

}  // namespace

std::string_view word(store::VerificationStatus status) {
  using enum store::VerificationStatus;
  switch (status) {
    case not_started: return "NOT_STARTED";
    case pending: return "PENDING";
    case success: return "SUCCESS";
    case failed: return "FAILED";
    case temporary_failure: return "TEMPORARY_FAILURE";
  }
  std::unreachable();
}

std::string_view word(store::MailFromStatus status) {
  using enum store::MailFromStatus;
  switch (status) {
    case pending: return "PENDING";
    case success: return "SUCCESS";
    case failed: return "FAILED";
    case temporary_failure: return "TEMPORARY_FAILURE";
  }
  std::unreachable();
}

std::string_view word(store::IdentityKind kind) {
  return kind == store::IdentityKind::domain ? "DOMAIN" : "EMAIL_ADDRESS";
}

json::value epoch_seconds(Time t) {
  const std::int64_t ms = to_unix_ms(t);
  if (ms % 1000 == 0) return ms / 1000;
  return double(ms) / 1000;
}

json::array dkim_tokens(const store::DkimState& dkim) {
  json::array tokens;
  for (const std::string& selector : dkim.selectors) tokens.emplace_back(selector);
  return tokens;
}

json::object dkim_attributes(const std::optional<store::DkimState>& dkim, const identity::ServiceNames& names) {
  if (!dkim) {
    return {{"SigningEnabled", false},
            {"Status", word(store::VerificationStatus::not_started)},
            {"SigningAttributesOrigin", word_of(origin_words, store::DkimOrigin::service)}};
  }
  json::object attributes{{"SigningEnabled", dkim->signing_enabled},
                          {"Status", word(dkim->status)},
                          {"Tokens", dkim_tokens(*dkim)},
                          {"SigningAttributesOrigin", word_of(origin_words, dkim->origin)}};
  if (dkim->origin == store::DkimOrigin::service) {
    attributes["SigningHostedZone"] = names.dkim_zone();
    attributes["NextSigningKeyLength"] = key_length(dkim->next_key_bits);
    attributes["CurrentSigningKeyLength"] = key_length(dkim->current_key_bits);
    if (dkim->last_key_generated) {
      attributes["LastKeyGenerationTimestamp"] = epoch_seconds(*dkim->last_key_generated);
    }
  }
  return attributes;
}

json::object mail_from_attributes(const std::optional<store::MailFromState>& mail_from) {
  if (!mail_from) return {{"BehaviorOnMxFailure", word_of(behavior_words, store::BehaviorOnMxFailure::use_default)}};
  return {{"MailFromDomain", mail_from->domain},
          {"MailFromDomainStatus", word(mail_from->status)},
          {"BehaviorOnMxFailure", word_of(behavior_words, mail_from->behavior)}};
}

json::object email_identity(const store::IdentityRecord& identity, const std::optional<store::DkimState>& dkim,
                            const identity::ServiceNames& names) {
  json::object answer{{"IdentityType", word(identity.kind)},
                      {"FeedbackForwardingStatus", identity.feedback_forwarding},
                      {"VerifiedForSendingStatus", identity::may_send(identity)},
                      {"DkimAttributes", dkim_attributes(dkim, names)},
                      {"MailFromAttributes", mail_from_attributes(identity.mail_from)},
                      {"Policies", json::object()},
                      {"Tags", tags_shape(identity.tags)},
                      {"VerificationStatus", word(identity.verification)}};
  if (identity.configuration_set) answer["ConfigurationSetName"] = *identity.configuration_set;
  if (identity.kind == store::IdentityKind::domain) answer["VerificationInfo"] = verification_info(identity);
  return answer;
}

json::object identity_info(const store::IdentityRecord& identity) {
  return {{"IdentityType", word(identity.kind)},
          {"IdentityName", identity.name},
          {"SendingEnabled", identity::may_send(identity)},
          {"VerificationStatus", word(identity.verification)}};
}

}  // namespace sesame::api
