// api/ses_v1/error.h: the errors of SES API v1: one enum of their codes, one table to wire code and HTTP status (spec
// 6), and the one place where the engine's errors become v1's.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "campaign/templates.h"
#include "http/message.h"
#include "identity/error.h"
#include "store/error.h"
#include "submission/configuration_sets.h"
#include "submission/error.h"

namespace sesame::api::ses_v1 {

enum class ErrorCode {
  account_sending_paused,
  already_exists,
  configuration_set_already_exists,
  configuration_set_does_not_exist,
  configuration_set_sending_paused,
  event_destination_already_exists,
  event_destination_does_not_exist,
  invalid_cloud_watch_destination,
  invalid_configuration_set,
  invalid_delivery_options,
  invalid_firehose_destination,
  invalid_rendering_parameter,
  invalid_sns_destination,
  invalid_template,
  invalid_tracking_options,
  tracking_options_already_exists,
  tracking_options_does_not_exist,
  internal_failure,
  invalid_action,
  invalid_parameter_value,  // readable and of the right shape, but refused
  limit_exceeded,
  mail_from_domain_not_verified,
  malformed_input,  // a value that is none of its type: a boolean that is neither true nor false, no base64
  message_rejected,
  missing_action,
  missing_rendering_attribute,
  service_unavailable,  // clients try again
  template_does_not_exist,
  throttling,        // as well
  validation_error,  // missing, too long, not in the enumeration
};

struct WireForm {
  std::string_view code;
  int http_status;
};
WireForm wire_form(ErrorCode code);

struct QueryError {
  ErrorCode code = ErrorCode::internal_failure;
  std::string message;

  bool operator==(const QueryError&) const = default;
};

template <class T>
using QueryResult = Result<T, QueryError>;

http::Response to_response(const QueryError& error, std::string_view request_id);

// The engine's errors in the words of SES v1. Texts are the engine's; where one of them does not name the member it is
// about, the member follows in parentheses.
QueryError to_query_error(const identity::IdentityError& error);
QueryError to_query_error(const submission::SubmissionError& error);
QueryError to_query_error(const submission::ConfigurationError& error);
QueryError to_query_error(const campaign::TemplateError& error);
// `what` was being done ("quota"). It and the detail go to the log.
QueryError to_query_error(const store::StoreError& error, std::string_view what);

}  // namespace sesame::api::ses_v1
