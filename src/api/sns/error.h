// api/sns/error.h: the errors of the SNS API: one enum of their codes, one table to wire code and HTTP status, and the
// one place where the engine's errors become SNS's.
#pragma once

#include <string>
#include <string_view>

#include "api/ses_v1/error.h"
#include "base/result.h"
#include "http/message.h"
#include "publish/topics.h"

namespace sesame::api::sns {

enum class SnsErrorCode {
  authorization,
  internal,
  invalid_action,
  invalid_parameter,
  missing_action,
  not_found,
  subscription_limit_exceeded,
  topic_limit_exceeded,
  validation,
};

struct WireForm {
  std::string_view code;
  int http_status;
};
WireForm wire_form(SnsErrorCode code);

struct SnsError {
  SnsErrorCode code = SnsErrorCode::internal;
  std::string message;
  bool operator==(const SnsError&) const = default;
};

template <class T>
using SnsResult = Result<T, SnsError>;

std::unexpected<SnsError> invalid_parameter(std::string_view what);  // "Invalid parameter: <what>"

http::Response to_response(const SnsError& error, std::string_view request_id);

SnsError to_sns_error(const publish::TopicError& error);
// What is wrong with the form of a request.
SnsError to_sns_error(const ses_v1::QueryError& error);

}  // namespace sesame::api::sns
