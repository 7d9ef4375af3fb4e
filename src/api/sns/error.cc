#include "api/sns/error.h"

#include <fmt/format.h>

#include "api/answers.h"

namespace sesame::api::sns {

WireForm wire_form(SnsErrorCode code) {
  switch (code) {
    case SnsErrorCode::authorization: return {"AuthorizationError", 403};
    case SnsErrorCode::internal: return {"InternalError", 500};
    case SnsErrorCode::invalid_action: return {"InvalidAction", 400};
    case SnsErrorCode::invalid_parameter: return {"InvalidParameter", 400};
    case SnsErrorCode::missing_action: return {"MissingAction", 400};
    case SnsErrorCode::not_found: return {"NotFound", 404};
    case SnsErrorCode::subscription_limit_exceeded: return {"SubscriptionLimitExceeded", 403};
    case SnsErrorCode::topic_limit_exceeded: return {"TopicLimitExceeded", 403};
    case SnsErrorCode::validation: return {"ValidationError", 400};
  }
  std::unreachable();
}

std::unexpected<SnsError> invalid_parameter(std::string_view what) {
  return std::unexpected(SnsError{SnsErrorCode::invalid_parameter, fmt::format("Invalid parameter: {}", what)});
}

http::Response to_response(const SnsError& error, std::string_view request_id) {
  const WireForm form = wire_form(error.code);
  return query_error(form.http_status, form.code, error.message, sns_namespace, request_id);
}

SnsError to_sns_error(const publish::TopicError& error) {
  using enum publish::TopicErrc;
  switch (error.code) {
    case invalid_parameter: return {SnsErrorCode::invalid_parameter, error.text};
    case not_found: return {SnsErrorCode::not_found, error.text};
    case not_authorized: return {SnsErrorCode::authorization, error.text};
    case limit_exceeded:
      return {error.text.starts_with("Topic") ? SnsErrorCode::topic_limit_exceeded
                                              : SnsErrorCode::subscription_limit_exceeded,
              error.text};
    case unavailable: return {SnsErrorCode::internal, error.text};
  }
  std::unreachable();
}

SnsError to_sns_error(const ses_v1::QueryError& error) {
  const bool unreadable = error.code == ses_v1::ErrorCode::malformed_input;
  return {unreadable ? SnsErrorCode::invalid_parameter : SnsErrorCode::validation, error.message};
}

}  // namespace sesame::api::sns
