// api/answers.h: HTTP responses in the forms of the APIs (spec 6).
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <string_view>

#include "http/message.h"

namespace sesame::api {

inline constexpr std::string_view ses_namespace = "http://ses.amazonaws.com/doc/2010-12-01/";
inline constexpr std::string_view sns_namespace = "http://sns.amazonaws.com/doc/2010-03-31/";

// The JSON APIs: 200 with a body.
http::Response json_answer(const boost::json::value& body);
// x-amzn-ErrorType: <type>, {"message": ...} and the members of `more`.
http::Response json_error(int status, std::string_view type, const boost::json::value& message,
                          boost::json::object more = {});

// The Query APIs: <ErrorResponse>. Type is Sender for 4xx and Receiver for 5xx.
http::Response query_error(int status, std::string_view code, std::string_view message, std::string_view xml_namespace,
                           std::string_view request_id);

// Text as XML character data: markup escaped, characters XML 1.0 cannot hold (and octets that are no UTF-8) replaced by
// U+FFFD.
std::string xml_escape(std::string_view text);

}  // namespace sesame::api
