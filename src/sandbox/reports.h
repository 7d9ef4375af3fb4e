// sandbox/reports.h: the mail a receiver sends back: a bounce, a complaint, an absence notice.
//
// Source: RFC 6522 (multipart/report), RFC 3464 (delivery status), RFC 5965 (feedback reports), RFC 3834 (automatic
// responses). Pure. Every message is 7-bit with CRLF line ends; outside octets that a field cannot hold become "?".
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "message/mime_builder.h"
#include "smtp/path.h"

namespace sesame::sandbox {

constexpr std::size_t max_quoted_header_octets = 32 * 1024;  // of the original's header section; whole fields only

// What the reports are about.
struct Received {
  std::string reporting_host;    // our name
  std::string simulator_domain;  // reports are from an address there
  smtp::Mailbox return_path;     // whose mail it was; reports go to it
  smtp::Mailbox recipient;       // who bounces, complains or is away
  std::string helo_domain;
  std::string ip;
  Time arrival{};
  std::string_view content;  // the message; must live through the call
};

// A delivery status notification: action failed, status 5.1.1.
std::string compose_bounce(const Received& received, RandomSource& random);

// A feedback report of type abuse.
std::string compose_complaint(const Received& received, RandomSource& random);

// Errors: a header field of the original that is quoted in the reply has octets that no message can be made of.
Result<std::string, message::BuildError> compose_auto_reply(const Received& received, RandomSource& random);

// RFC 3834 §2: nobody answers what was itself sent by a machine.
bool wants_auto_reply(std::string_view content);

}  // namespace sesame::sandbox
