// mailauth/verdict/message_format.h: where a message breaks the Internet Message Format.
//
// Source: RFC 5322 §2.1.1 (line length), §2.3 (CR, LF, NUL), §3.3 (dates), §3.6 (which fields, how often), §3.6.4
// (Message-ID).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "message/header_section.h"

namespace sesame::mailauth {

constexpr std::size_t max_line_octets = 998;    // RFC 5322 §2.1.1, without CRLF
constexpr std::size_t max_format_problems = 5;  // what comes later is not listed

// One clause per problem, worst first: "it has 2 From fields". Empty: the message keeps to the format.
//   octets  the whole message as on the wire, of which `message` consists
// A missing Message-ID counts, though RFC 5322 only says SHOULD: receivers ask for it.
std::vector<std::string> format_problems(const message::ParsedMessage& message, std::string_view octets);

// RFC 5322 §3.3 date-time, with the obsolete forms of §4.3 (two-digit years, named zones, comments).
bool is_date_time(std::string_view value);

// RFC 5322 §3.6.4 msg-id: "<" something "@" something ">" without blanks.
bool is_message_id(std::string_view value);

}  // namespace sesame::mailauth
