// smtp/server_settings.h: what distinguishes one SMTP door from another: what it offers, demands, bounds and says.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "smtp/data.h"
#include "smtp/extension.h"
#include "smtp/reply.h"

namespace sesame::smtp {

// The words of a door. Enhanced statuses are sent only to a client that said EHLO, and only if the door offers
// ENHANCEDSTATUSCODES. Replies to malformed commands come from reply_to() (command.h), to unfit data from refusal()
// (data.h).
struct StandardReplies {
  std::string ok = "Ok";  // with 250: MAIL, RCPT, RSET, NOOP
  Reply bye = make_reply(221, {2, 0, 0}, "Bye");
  Reply help = make_reply(214, {2, 0, 0}, "See RFC 5321");
  Reply vrfy = make_reply(252, {2, 0, 0}, "Send some mail, I will try my best");  // RFC 5321 §3.5.3
  Reply data_prompt = make_reply(354, "End data with <CR><LF>.<CR><LF>");
  Reply ready_for_tls = make_reply(220, {2, 0, 0}, "Ready to start TLS");
  Reply starttls_required = make_reply(530, {5, 7, 0}, "Must issue a STARTTLS command first");  // RFC 3207 §4
  Reply auth_required = make_reply(530, {5, 7, 0}, "Authentication required");                  // RFC 4954 §6
  Reply auth_succeeded = make_reply(235, {2, 7, 0}, "Authentication successful.");
  Reply too_many_auth_failures = make_reply(421, {4, 7, 0}, "Too many authentication failures");
  Reply bad_sequence = make_reply(503, {5, 5, 1}, "Bad sequence of commands");
  Reply no_valid_recipients = make_reply(554, {5, 5, 1}, "No valid recipients");  // RFC 5321 §3.3
  Reply too_many_recipients = make_reply(452, {4, 5, 3}, "Too many recipients");  // RFC 5321 §4.5.3.1.10
  Reply too_many_errors = make_reply(421, {4, 7, 0}, "Too many errors");
  Reply out_of_step = make_reply(554, {5, 5, 0}, "Input sent without waiting for the reply");
  Reply timed_out = make_reply(421, {4, 4, 2}, "Timeout waiting for data from client");
  Reply shutting_down = make_reply(421, {4, 3, 2}, "Service shutting down");
};

struct ServerSettings {
  std::string host_name;           // first word of the greeting and of the EHLO reply
  std::string greeting = "ESMTP";  // what follows it in the 220

  // What EHLO offers. `starttls` is offered only while the channel is plain. `auth_mechanisms` may hold PLAIN and
  // LOGIN, and are offered only once tls_before_auth is satisfied. SIZE is always offered, with the limit below.
  // BINARYMIME and REQUIRETLS are not served here and may not be set.
  Extensions extensions;
  std::optional<std::string> last_ehlo_line;  // some doors end the EHLO reply with "Ok" (it is no keyword)

  bool tls_before_auth = true;    // AUTH on a plain channel gets starttls_required
  bool tls_before_mail = false;   // MAIL on a plain channel gets starttls_required
  bool auth_before_mail = false;  // MAIL without AUTH gets auth_required: a submission door

  std::uint64_t max_message_octets = 10485760;
  std::size_t max_recipients = 100;   // per transaction; RFC 5321 §4.5.3.1.8 wants at least 100 of a relay
  std::size_t max_errors = 20;        // 5yz replies since the last accepted message; one more closes the session
  std::size_t max_auth_failures = 3;  // the last of them closes the session
  LongLines long_lines = LongLines::accept;

  StandardReplies replies;
};

}  // namespace sesame::smtp
