#include "api/answers.h"

#include <fmt/format.h>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "message/charset.h"

namespace sesame::api {

http::Response json_answer(const boost::json::value& body) {
  http::Response response;
  response.headers.add("Content-Type", "application/json");
  response.body = boost::json::serialize(body);
  return response;
}

http::Response json_error(int status, std::string_view type, const boost::json::value& message,
                          boost::json::object more) {
  more["message"] = message;
  http::Response response = json_answer(std::move(more));
  response.status = status;
  response.headers.add("x-amzn-ErrorType", std::string(type));
  return response;
}

http::Response query_error(int status, std::string_view code, std::string_view message, std::string_view xml_namespace,
                           std::string_view request_id) {
  http::Response response;
  response.status = status;
  response.headers.add("Content-Type", "text/xml");
  response.body = fmt::format(
      "<ErrorResponse xmlns=\"{}\">\n  <Error>\n    <Type>{}</Type>\n    <Code>{}</Code>\n    <Message>{}</Message>\n"
      "  </Error>\n  <RequestId>{}</RequestId>\n</ErrorResponse>\n",
      xml_namespace, status < 500 ? "Sender" : "Receiver", xml_escape(code), xml_escape(message),
      xml_escape(request_id));
  return response;
}

std::string xml_escape(std::string_view text) {
  constexpr std::string_view replacement = "\xef\xbf\xbd";  // U+FFFD
  const std::string well_formed = message::replace_invalid_utf8(text);
  std::string escaped;
  escaped.reserve(well_formed.size());
  for (std::size_t i = 0; i < well_formed.size(); ++i) {
    const char c = well_formed[i];
    // U+FFFE and U+FFFF, the only characters above the controls that XML 1.0 §2.2 leaves out.
    const std::string_view three = std::string_view(well_formed).substr(i, 3);
    if (three == "\xef\xbf\xbe" || three == "\xef\xbf\xbf") {
      escaped += replacement;
      i += 2;
      continue;
    }
    switch (c) {
      case '&': escaped += "&amp;"; break;
      case '<': escaped += "&lt;"; break;
      case '>': escaped += "&gt;"; break;
      case '"': escaped += "&quot;"; break;
      case '\'': escaped += "&apos;"; break;
      case '\r': escaped += "&#xD;"; break;  // a parser would turn it into LF
      default:
        if (c >= 0 && c < ' ' && c != '\t' && c != '\n') {
          escaped += replacement;
        } else {
          escaped += c;
        }
    }
  }
  return escaped;
}

}  // namespace sesame::api
