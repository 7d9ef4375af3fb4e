#include "api/ses_v1/error.h"

#include <fmt/format.h>

#include "api/answers.h"
#include "base/log.h"

namespace sesame::api::ses_v1 {
namespace {

constexpr std::string_view try_again_text = "The service is temporarily unable to process the request.";

std::string with_member(const submission::SubmissionError& error) {
  if (error.field.empty() || error.text.contains(error.field)) return error.text;
  return fmt::format("{} ({})", error.text, error.field);
}

}  // namespace

WireForm wire_form(ErrorCode code) {
  switch (code) {
    case ErrorCode::account_sending_paused: return {"AccountSendingPausedException", 400};
    case ErrorCode::already_exists: return {"AlreadyExists", 400};
    case ErrorCode::configuration_set_already_exists: return {"ConfigurationSetAlreadyExists", 400};
    case ErrorCode::configuration_set_does_not_exist: return {"ConfigurationSetDoesNotExist", 400};
    case ErrorCode::configuration_set_sending_paused: return {"ConfigurationSetSendingPausedException", 400};
    case ErrorCode::event_destination_already_exists: return {"EventDestinationAlreadyExists", 400};
    case ErrorCode::event_destination_does_not_exist: return {"EventDestinationDoesNotExist", 400};
    case ErrorCode::invalid_cloud_watch_destination: return {"InvalidCloudWatchDestination", 400};
    case ErrorCode::invalid_configuration_set: return {"InvalidConfigurationSet", 400};
    case ErrorCode::invalid_delivery_options: return {"InvalidDeliveryOptions", 400};
    case ErrorCode::invalid_firehose_destination: return {"InvalidFirehoseDestination", 400};
    case ErrorCode::invalid_rendering_parameter: return {"InvalidRenderingParameter", 400};
    case ErrorCode::invalid_template: return {"InvalidTemplate", 400};
    case ErrorCode::missing_rendering_attribute: return {"MissingRenderingAttribute", 400};
    case ErrorCode::template_does_not_exist: return {"TemplateDoesNotExist", 400};
    case ErrorCode::invalid_sns_destination: return {"InvalidSNSDestination", 400};
    case ErrorCode::invalid_tracking_options: return {"InvalidTrackingOptions", 400};
    case ErrorCode::tracking_options_already_exists: return {"TrackingOptionsAlreadyExistsException", 400};
    case ErrorCode::tracking_options_does_not_exist: return {"TrackingOptionsDoesNotExistException", 400};
    case ErrorCode::internal_failure: return {"InternalFailure", 500};
    case ErrorCode::invalid_action: return {"InvalidAction", 400};
    case ErrorCode::invalid_parameter_value: return {"InvalidParameterValue", 400};
    case ErrorCode::limit_exceeded: return {"LimitExceeded", 400};
    case ErrorCode::mail_from_domain_not_verified: return {"MailFromDomainNotVerifiedException", 400};
    case ErrorCode::malformed_input: return {"MalformedInput", 400};
    case ErrorCode::message_rejected: return {"MessageRejected", 400};
    case ErrorCode::missing_action: return {"MissingAction", 400};
    case ErrorCode::service_unavailable: return {"ServiceUnavailable", 503};
    case ErrorCode::throttling: return {"Throttling", 400};
    case ErrorCode::validation_error: return {"ValidationError", 400};
  }
  std::unreachable();
}

http::Response to_response(const QueryError& error, std::string_view request_id) {
  const WireForm form = wire_form(error.code);
  return query_error(form.http_status, form.code, error.message, ses_namespace, request_id);
}

QueryError to_query_error(const identity::IdentityError& error) {
  using enum identity::IdentityErrc;
  switch (error.code) {
    case not_found:
    case invalid_name:
    case invalid_mail_from:
    case mail_from_not_below:
    case invalid_dkim_key:
    case invalid_selector:
    case key_change_refused:
    case not_a_domain: return {ErrorCode::invalid_parameter_value, error.text};
    case already_exists: return {ErrorCode::already_exists, error.text};
    case limit_exceeded: return {ErrorCode::limit_exceeded, error.text};
    case concurrent_change: return {ErrorCode::throttling, error.text};
    case unavailable: return {ErrorCode::service_unavailable, std::string(try_again_text)};
  }
  std::unreachable();
}

QueryError to_query_error(const submission::SubmissionError& error) {
  using enum submission::SubmissionErrc;
  switch (error.code) {
    case sender_not_verified: return {ErrorCode::message_rejected, error.text};
    case mail_from_not_verified: return {ErrorCode::mail_from_domain_not_verified, error.text};
    case invalid_parameter:
    case invalid_content: return {ErrorCode::invalid_parameter_value, with_member(error)};
    case contact_list_missing: return {ErrorCode::invalid_parameter_value, error.text};
    case message_too_large:
    case too_many_recipients: return {ErrorCode::invalid_parameter_value, error.text};
    case configuration_set_missing: return {ErrorCode::configuration_set_does_not_exist, error.text};
    case configuration_set_paused: return {ErrorCode::configuration_set_sending_paused, error.text};
    case account_paused: return {ErrorCode::account_sending_paused, error.text};
    case daily_quota_exceeded:
    case sending_rate_exceeded: return {ErrorCode::throttling, error.text};
    case queue_full: return {ErrorCode::throttling, error.text};
    case unavailable: return {ErrorCode::service_unavailable, std::string(try_again_text)};
  }
  std::unreachable();
}

QueryError to_query_error(const submission::ConfigurationError& error) {
  using enum submission::ConfigurationErrc;
  switch (error.code) {
    case set_missing: return {ErrorCode::configuration_set_does_not_exist, error.text};
    case set_exists: return {ErrorCode::configuration_set_already_exists, error.text};
    case destination_missing: return {ErrorCode::event_destination_does_not_exist, error.text};
    case destination_exists: return {ErrorCode::event_destination_already_exists, error.text};
    case topic_missing: return {ErrorCode::invalid_sns_destination, error.text};
    case pool_missing:  // v1 names no pools
    case invalid_name: return {ErrorCode::invalid_configuration_set, error.text};
    case invalid_destination: return {ErrorCode::invalid_parameter_value, error.text};
    case invalid_delivery: return {ErrorCode::invalid_delivery_options, error.text};
    case invalid_tracking: return {ErrorCode::invalid_tracking_options, error.text};
    case limit_exceeded: return {ErrorCode::limit_exceeded, error.text};
    case concurrent_change: return {ErrorCode::throttling, error.text};
    case unavailable: return {ErrorCode::service_unavailable, std::string(try_again_text)};
  }
  std::unreachable();
}

QueryError to_query_error(const campaign::TemplateError& error) {
  using enum campaign::TemplateErrc;
  switch (error.code) {
    case not_found: return {ErrorCode::template_does_not_exist, error.text};
    case already_exists: return {ErrorCode::already_exists, error.text};
    case invalid_name:
    case invalid_template: return {ErrorCode::invalid_template, error.text};
    case missing_attribute: return {ErrorCode::missing_rendering_attribute, error.text};
    case not_renderable: return {ErrorCode::invalid_rendering_parameter, error.text};
    case limit_exceeded: return {ErrorCode::limit_exceeded, error.text};
    case unavailable: return {ErrorCode::service_unavailable, std::string(try_again_text)};
  }
  std::unreachable();
}

QueryError to_query_error(const store::StoreError& error, std::string_view what) {
  log::error("api", "store operation failed", {{"about", what}, {"detail", error.detail}});
  using enum store::StoreErrc;
  switch (error.code) {
    case full:
    case unavailable:
    case conflict: return {ErrorCode::service_unavailable, std::string(try_again_text)};
    case not_found:  // these two are answers to questions v1 does not ask the store itself
    case already_exists:
    case corrupt: return {ErrorCode::internal_failure, std::string(try_again_text)};
  }
  std::unreachable();
}

}  // namespace sesame::api::ses_v1
