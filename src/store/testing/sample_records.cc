#include "store/testing/sample_records.h"

namespace sesame::store {
namespace {

LookTimer sample_timer(std::int64_t base) {
  return {.window_opened = from_unix_ms(base),
          .next_look = from_unix_ms(base + 1),
          .last_checked = from_unix_ms(base + 2),
          .last_success = from_unix_ms(base + 3),
          .bad_looks = 4,
          .last_error = LookError::invalid_value};
}

}  // namespace

IdentityRecord plain_identity(std::string name, std::string account_id) {
  IdentityRecord identity;
  identity.kind = name.find('@') == std::string::npos ? IdentityKind::domain : IdentityKind::email_address;
  identity.account_id = std::move(account_id);
  identity.name = std::move(name);
  identity.created = from_unix_ms(1767225600001);
  return identity;
}

IdentityRecord sample_identity(std::string name, std::string account_id) {
  IdentityRecord identity = plain_identity(std::move(name), std::move(account_id));
  identity.verification = VerificationStatus::temporary_failure;
  identity.txt_token = "pmBGN/7MjnfhTKUZ06Enqq1PeGUaOkw8lGhcfwefcHU=";
  identity.txt_timer = sample_timer(1000);
  identity.dkim = DkimState{.signing_enabled = false,
                            .status = VerificationStatus::success,
                            .origin = DkimOrigin::external,
                            .selectors = {"s1", "s2"},
                            .current_key_bits = 1024,
                            .next_key_bits = 2048,
                            .last_key_generated = from_unix_ms(7),
                            .timer = sample_timer(2000)};
  identity.mail_from = MailFromState{.domain = "Bounce." + identity.name,
                                     .status = MailFromStatus::temporary_failure,
                                     .behavior = BehaviorOnMxFailure::reject,
                                     .timer = sample_timer(3000),
                                     .status_since = from_unix_ms(8)};
  identity.feedback_forwarding = false;
  identity.configuration_set = "default \"set\"";
  identity.soa = SoaFacts{"ns1.example", "hostmaster.example", 4294967295u};
  identity.tags = {{"team", "a\\b"}, {"team", "second of the same name"}, {"", "\xe2\x82\xac"}};
  identity.next_look = from_unix_ms(1001);
  return identity;
}

DkimKey sample_key(const IdentityRecord& identity, std::string selector, DkimOrigin origin) {
  return {.account_id = identity.account_id,
          .identity = identity.name,
          .selector = selector,
          .origin = origin,
          .bits = 2048,
          .public_key = "MIIBIjANBg" + selector,
          .private_key = Secret("private of " + selector),
          .created = from_unix_ms(42)};
}

ConfigurationSet sample_configuration_set(std::string name, std::string account_id) {
  ConfigurationSet set;
  set.account_id = std::move(account_id);
  set.name = std::move(name);
  set.created = from_unix_ms(1767225600002);
  set.tls_policy = TlsPolicy::required;
  set.max_delivery = std::chrono::seconds(300);
  set.sending_enabled = false;
  set.reputation_metrics_enabled = true;
  set.last_fresh_start = from_unix_ms(1767225600003);
  set.suppression = SuppressionReasons{.bounce = false, .complaint = true};
  set.tracking = {.redirect_domain = "links.example.com", .https_policy = HttpsPolicy::require_open_only};
  set.tags = {{"team", "a\\b"}};
  set.event_destinations = {
      {.name = "topic",
       .enabled = true,
       .matching = {EventKind::send, EventKind::bounce, EventKind::subscription},
       .target = TopicTarget{"arn:aws:sns:us-east-1:111122223333:feedback"}},
      {.name = "Hook", .enabled = false, .matching = {}, .target = WebhookTarget{"https://hooks.example/a?b"}}};
  return set;
}

NewMessage sample_message(std::string api_message_id, std::vector<std::string> recipients, std::int64_t accepted_ms) {
  NewMessage message;
  message.api_message_id = std::move(api_message_id);
  message.account_id = "111122223333";
  message.identity = "example.com";
  message.author_address = "author@example.com";
  message.subject =
      "Gr\xc3\xbc\xc3\x9f"
      "e";
  message.feedback_address = "feedback@example.com";
  message.configuration_set = "set";
  message.tags = {{"campaign", "spring"}, {"campaign", "\"quoted\""}};
  message.accepted_through = "ses_v2";
  message.operation = "SendEmail";
  message.caller = "AKIAEXAMPLE";
  message.header_section = "Subject: x\r\n";
  message.header_section_cut = true;
  message.source_ip = "2001:db8::1";
  message.envelope = {.reverse_path = "0100@bounce.example.com", .recipients = std::move(recipients)};
  message.content = "Subject: x\r\n\r\nbody of " + message.api_message_id + "\r\n";
  message.needs_eightbitmime = true;
  message.needs_smtputf8 = true;
  message.tls_policy = TlsPolicy::required;
  message.accepted = from_unix_ms(accepted_ms);
  message.expires = message.accepted + std::chrono::hours(24);
  return message;
}

Event sample_event(std::string api_message_id, EventKind kind, std::string recipient) {
  return {.account_id = "111122223333",
          .api_message_id = std::move(api_message_id),
          .kind = kind,
          .at = from_unix_ms(77),
          .recipient = std::move(recipient),
          .detail = R"({"reply":"250 2.0.0 ok"})"};
}

}  // namespace sesame::store
