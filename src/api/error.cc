#include "api/error.h"

#include <fmt/format.h>

#include "api/answers.h"
#include "base/log.h"

namespace sesame::api {
namespace {

constexpr std::string_view try_again = "The service is temporarily unable to process the request.";

// The pipeline speaks for every door; the members have other names in SES v2.
std::string_view v2_member(std::string_view field) {
  if (field == "Source") return "FromEmailAddress";
  if (field == "ReturnPath") return "FeedbackForwardingEmailAddress";
  if (field == "Destinations") return "Destination";
  if (field == "Tags") return "EmailTags";
  return field;
}

std::string with_member(const submission::SubmissionError& error) {
  const std::string_view member = v2_member(error.field);
  if (member.empty() || error.text.contains(error.field) || error.text.contains(member)) return error.text;
  return fmt::format("{} ({})", error.text, member);
}

}  // namespace

ErrorForm form_of(ErrorName name) {
  switch (name) {
    case ErrorName::already_exists: return {"AlreadyExistsException", 400};
    case ErrorName::bad_request: return {"BadRequestException", 400};
    case ErrorName::concurrent_modification: return {"ConcurrentModificationException", 500};
    case ErrorName::conflict: return {"ConflictException", 409};
    case ErrorName::dns_provider: return {"DnsProviderException", 400};
    case ErrorName::dns_provider_unavailable: return {"DnsProviderUnavailableException", 502};
    case ErrorName::internal_failure: return {"InternalServiceErrorException", 500};
    case ErrorName::invalid_next_token: return {"InvalidNextTokenException", 400};
    case ErrorName::limit_exceeded: return {"LimitExceededException", 400};
    case ErrorName::mail_from_domain_not_verified: return {"MailFromDomainNotVerifiedException", 400};
    case ErrorName::message_rejected: return {"MessageRejected", 400};
    case ErrorName::not_found: return {"NotFoundException", 404};
    case ErrorName::sending_paused: return {"SendingPausedException", 400};
    case ErrorName::serialization: return {"SerializationException", 400};
    case ErrorName::too_many_requests: return {"TooManyRequestsException", 429};
    case ErrorName::unknown_operation: return {"UnknownOperationException", 404};
  }
  std::unreachable();
}

std::unexpected<ApiError> refuse(ErrorName name, std::string message) {
  return std::unexpected(ApiError{name, std::move(message)});
}

http::Response to_response(const ApiError& error) {
  const ErrorForm form = form_of(error.name);
  boost::json::value message;
  if (error.message) message = *error.message;
  return json_error(form.http_status, form.type, message, error.more);
}

ApiError to_api_error(const identity::IdentityError& error) {
  using enum identity::IdentityErrc;
  switch (error.code) {
    case not_found: return {ErrorName::not_found, error.text};
    case already_exists: return {ErrorName::already_exists, error.text};
    case limit_exceeded: return {ErrorName::limit_exceeded, error.text};
    case invalid_name:
    case invalid_mail_from:
    case mail_from_not_below:
    case invalid_dkim_key:
    case invalid_selector:
    case key_change_refused:
    case not_a_domain: return {ErrorName::bad_request, error.text};
    case concurrent_change: return {ErrorName::concurrent_modification, error.text};
    case unavailable: return {ErrorName::internal_failure, std::string(try_again)};
  }
  std::unreachable();
}

ApiError to_api_error(const submission::SubmissionError& error) {
  using enum submission::SubmissionErrc;
  switch (error.code) {
    case sender_not_verified: return {ErrorName::message_rejected, error.text};
    case mail_from_not_verified: return {ErrorName::mail_from_domain_not_verified, error.text};
    case invalid_parameter:
    case invalid_content: return {ErrorName::bad_request, with_member(error)};
    case message_too_large:
    case too_many_recipients: return {ErrorName::bad_request, error.text};
    case contact_list_missing:
    case configuration_set_missing: return {ErrorName::not_found, error.text};
    case configuration_set_paused:
    case account_paused: return {ErrorName::sending_paused, error.text};
    case daily_quota_exceeded:
    case sending_rate_exceeded: return {ErrorName::too_many_requests, error.text};
    case queue_full: return {ErrorName::too_many_requests, error.text};
    case unavailable: return {ErrorName::internal_failure, std::string(try_again)};
  }
  std::unreachable();
}

ApiError to_api_error(const submission::ConfigurationError& error) {
  using enum submission::ConfigurationErrc;
  switch (error.code) {
    case set_missing:
    case pool_missing:
    case destination_missing: return {ErrorName::not_found, error.text};
    case set_exists:
    case destination_exists: return {ErrorName::already_exists, error.text};
    case topic_missing:
    case invalid_name:
    case invalid_destination:
    case invalid_delivery:
    case invalid_tracking: return {ErrorName::bad_request, error.text};
    case limit_exceeded: return {ErrorName::limit_exceeded, error.text};
    case concurrent_change: return {ErrorName::concurrent_modification, error.text};
    case unavailable: return {ErrorName::internal_failure, std::string(try_again)};
  }
  std::unreachable();
}

ApiError to_api_error(const campaign::ContactError& error) {
  using enum campaign::ContactErrc;
  switch (error.code) {
    case list_missing:
    case topic_missing:
    case contact_missing: return {ErrorName::not_found, error.text};
    case list_exists:
    case contact_exists: return {ErrorName::already_exists, error.text};
    case invalid: return {ErrorName::bad_request, error.text};
    case limit_exceeded: return {ErrorName::limit_exceeded, error.text};
    case unavailable: return {ErrorName::internal_failure, std::string(try_again)};
  }
  std::unreachable();
}

ApiError to_api_error(const campaign::TemplateError& error) {
  using enum campaign::TemplateErrc;
  switch (error.code) {
    case not_found: return {ErrorName::not_found, error.text};
    case already_exists: return {ErrorName::already_exists, error.text};
    case invalid_name:
    case invalid_template:
    case missing_attribute:
    case not_renderable: return {ErrorName::bad_request, error.text};
    case limit_exceeded: return {ErrorName::limit_exceeded, error.text};
    case unavailable: return {ErrorName::internal_failure, std::string(try_again)};
  }
  std::unreachable();
}

ApiError to_api_error(const store::StoreError& error, std::string_view what) {
  using enum store::StoreErrc;
  switch (error.code) {
    case not_found: return {ErrorName::not_found, fmt::format("{} does not exist.", what)};
    case already_exists: return {ErrorName::already_exists, fmt::format("{} already exists.", what)};
    case conflict: return {ErrorName::concurrent_modification, fmt::format("{} is being changed. Try again.", what)};
    case full: return {ErrorName::too_many_requests, std::string(try_again)};
    case unavailable:
    case corrupt: break;
  }
  log::error("api", "store operation failed", {{"about", what}, {"detail", error.detail}});
  return {ErrorName::internal_failure, std::string(try_again)};
}

}  // namespace sesame::api
