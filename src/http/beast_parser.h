// http/beast_parser.h: what both parsers of this room need around Beast's. For their sources only.
#pragma once

#include <boost/beast/http/fields.hpp>
#include <string_view>

#include "http/message.h"

namespace sesame::http {

inline Fields to_fields(const boost::beast::http::fields& from) {
  Fields fields;
  for (const auto& field : from) fields.add(std::string(field.name_string()), std::string(field.value()));
  return fields;
}

// Beast 1.81 asserts, hence aborts, when a chunked body's last chunk "0" CRLF is seen with one octet behind it. An
// unfinished chunked message always has at least these 5 octets ("0" CRLF CRLF) still to come, so fewer can wait.
inline bool too_short_for_chunk(bool in_chunked_body, std::string_view input) {
  return in_chunked_body && input.size() < 5;
}

}  // namespace sesame::http
