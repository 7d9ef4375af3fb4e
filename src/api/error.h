// api/error.h: the errors of the JSON APIs: one enum of their names, one table to HTTP status (spec 6), and the one
// place where the engine's errors become the API's.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "campaign/contact_lists.h"
#include "campaign/templates.h"
#include "http/message.h"
#include "identity/error.h"
#include "store/error.h"
#include "submission/configuration_sets.h"
#include "submission/error.h"

namespace sesame::api {

enum class ErrorName {
  already_exists,
  bad_request,
  concurrent_modification,
  conflict,
  dns_provider,
  dns_provider_unavailable,
  internal_failure,
  invalid_next_token,
  limit_exceeded,
  mail_from_domain_not_verified,
  message_rejected,
  not_found,
  sending_paused,
  serialization,
  too_many_requests,
  unknown_operation,
};

struct ErrorForm {
  std::string_view type;  // x-amzn-ErrorType
  int http_status;
};
ErrorForm form_of(ErrorName name);

struct ApiError {
  ErrorName name = ErrorName::internal_failure;
  std::optional<std::string> message;  // nullopt: {"message":null}, as SES answers in one place (spec 4.2)
  boost::json::object more = {};       // members beside the message, beyond SES

  bool operator==(const ApiError&) const = default;
};

template <class T>
using ApiResult = Result<T, ApiError>;

std::unexpected<ApiError> refuse(ErrorName name, std::string message);
http::Response to_response(const ApiError& error);

// The engine's errors in the words of SES v2. Texts are the engine's; where one of them does not name the member it is
// about, the member follows in parentheses.
ApiError to_api_error(const identity::IdentityError& error);
ApiError to_api_error(const submission::SubmissionError& error);
ApiError to_api_error(const submission::ConfigurationError& error);
ApiError to_api_error(const campaign::TemplateError& error);
ApiError to_api_error(const campaign::ContactError& error);
// `what` was asked for ("Message 0100..."). The detail goes to the log.
ApiError to_api_error(const store::StoreError& error, std::string_view what);

}  // namespace sesame::api
