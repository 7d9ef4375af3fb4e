#include "api/ses_v1/ses_v1_api.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "api/answers.h"
#include "api/ses_v1/actions.h"

namespace sesame::api {
namespace {

using namespace ses_v1;

constexpr std::size_t max_shown_octets = 64;

struct Entry {
  std::string_view name;
  Action* action;
  bool has_result = true;  // actions without one have nothing between response and metadata
};

constexpr auto entries = std::to_array<Entry>({
    {"CreateConfigurationSet", create_configuration_set},
    {"CreateConfigurationSetEventDestination", create_event_destination},
    {"CreateConfigurationSetTrackingOptions", create_tracking_options},
    {"CreateTemplate", create_template},
    {"DeleteConfigurationSet", delete_configuration_set},
    {"DeleteConfigurationSetEventDestination", delete_event_destination},
    {"DeleteConfigurationSetTrackingOptions", delete_tracking_options},
    {"DeleteIdentity", delete_identity},
    {"DeleteTemplate", delete_template},
    {"DeleteVerifiedEmailAddress", delete_verified_address, false},
    {"DescribeConfigurationSet", describe_configuration_set},
    {"GetAccountSendingEnabled", get_account_sending_enabled},
    {"GetIdentityDkimAttributes", get_dkim_attributes},
    {"GetIdentityMailFromDomainAttributes", get_mail_from_attributes},
    {"GetIdentityNotificationAttributes", get_notification_attributes},
    {"GetIdentityVerificationAttributes", get_verification_attributes},
    {"GetSendQuota", get_send_quota},
    {"GetSendStatistics", get_send_statistics},
    {"GetTemplate", get_template},
    {"ListConfigurationSets", list_configuration_sets},
    {"ListIdentities", list_identities},
    {"ListTemplates", list_templates},
    {"ListVerifiedEmailAddresses", list_verified_addresses},
    {"PutConfigurationSetDeliveryOptions", put_set_delivery_options},
    {"SendBulkTemplatedEmail", send_bulk_templated_email},
    {"SendEmail", send_email},
    {"SendRawEmail", send_raw_email},
    {"SendTemplatedEmail", send_templated_email},
    {"SetIdentityDkimEnabled", set_dkim_enabled},
    {"SetIdentityFeedbackForwardingEnabled", set_feedback_forwarding_enabled},
    {"SetIdentityHeadersInNotificationsEnabled", set_headers_in_notifications_enabled},
    {"SetIdentityMailFromDomain", set_mail_from_domain},
    {"SetIdentityNotificationTopic", set_notification_topic},
    {"TestRenderTemplate", test_render_template},
    {"UpdateAccountSendingEnabled", update_account_sending_enabled, false},
    {"UpdateConfigurationSetEventDestination", update_event_destination},
    {"UpdateConfigurationSetReputationMetricsEnabled", update_set_reputation_metrics_enabled, false},
    {"UpdateConfigurationSetSendingEnabled", update_set_sending_enabled, false},
    {"UpdateConfigurationSetTrackingOptions", update_tracking_options},
    {"UpdateTemplate", update_template},
    {"VerifyDomainDkim", verify_domain_dkim},
    {"VerifyDomainIdentity", verify_domain_identity},
    {"VerifyEmailAddress", verify_email_identity, false},
    {"VerifyEmailIdentity", verify_email_identity},
});

QueryResult<const Entry*> find_entry(const Call& call) {
  const std::string* name = find_parameter(call, "Action");
  if (name == nullptr || name->empty()) {
    return std::unexpected(QueryError{ErrorCode::missing_action, "The request is missing the parameter Action."});
  }
  const auto entry = std::ranges::find(entries, *name, &Entry::name);
  if (entry == entries.end()) {
    return std::unexpected(
        QueryError{ErrorCode::invalid_action, fmt::format("Could not find operation {} for version 2010-12-01",
                                                          std::string_view(*name).substr(0, max_shown_octets))});
  }
  return &*entry;
}

}  // namespace

net::Task<http::Response> SesV1Api::handle(Call call) {
  const std::string request_id = call.request_id;
  const auto entry = find_entry(call);
  if (!entry) co_return to_response(entry.error(), request_id);

  const auto [name, action, has_result] = **entry;
  XmlWriter answer;
  answer.open(fmt::format("{}Response", name), ses_namespace);
  if (has_result) answer.open(fmt::format("{}Result", name));
  const Done done = co_await action(deps_, std::move(call), answer);
  if (!done) co_return to_response(done.error(), request_id);
  if (has_result) answer.close();
  answer.open("ResponseMetadata");
  answer.text("RequestId", request_id);
  answer.close();
  answer.close();

  http::Response response;
  response.headers.add("Content-Type", "text/xml");
  response.body = std::move(answer).take();
  co_return response;
}

}  // namespace sesame::api
