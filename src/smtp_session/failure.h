// smtp_session/failure.h: why an outbound SMTP session, or one recipient in it, did not come to a 250.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "net/error.h"
#include "smtp/data.h"
#include "smtp/reply.h"

namespace sesame::smtp_session {

// What the session was doing; `rcpt` is about one recipient, everything else about all of them.
enum class Stage { connect, greeting, ehlo, starttls, auth, mail, rcpt, data, final_dot, quit };
std::string_view name(Stage stage);

// The connection failed, broke or stayed silent beyond the deadline. Before the final dot nothing was accepted.
struct NetFailure {
  net::NetError error;
};

// The connection was lost after the final dot and before its reply: the peer may or may not have accepted the message
// (RFC 5321 §6.1, RFC 1047). Trying again may deliver it twice.
struct UncertainAfterFinalDot {
  net::NetError error;
};

// The peer answered, and not with what was hoped for. reply.code says whether to come back.
struct Refused {
  smtp::Reply reply;
};

// The peer's octets were no reply, or a reply that makes no sense at that point. Close the session.
struct ProtocolError {
  std::string detail;
};

// We asked for something that the peer did not offer: STARTTLS where it is required, SMTPUTF8, AUTH, a smaller SIZE.
struct NotOffered {
  std::string what;
};

// The content itself cannot go through SMTP (bare CR or LF, NUL, no final CRLF). Nothing was sent; it never will be.
struct Unsendable {
  smtp::EncodeError error;
};

struct Failure {
  Stage stage = Stage::connect;
  std::variant<NetFailure, UncertainAfterFinalDot, Refused, ProtocolError, NotOffered, Unsendable> reason;
};

// One line for logs and people: "rcpt: 550 5.1.1 no such user".
std::string to_text(const Failure& failure);

}  // namespace sesame::smtp_session
