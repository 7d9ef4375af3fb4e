// sandbox/simulator.h: the addresses at simulator.<service domain> and what each of them does (spec 1.5).
//
//   success            takes the message
//   bounce             takes it, then returns a delivery status notification
//   bounce+session     550 in the session
//   complaint          takes it, then returns a feedback report
//   ooto               takes it, then answers that nobody is in
//   suppressionlist    550 in the session
//
// Any other plus label means nothing: `bounce+a` is `bounce`. Local parts compare without case.
#pragma once

#include <optional>
#include <string_view>

#include "smtp/path.h"
#include "smtp/reply.h"

namespace sesame::sandbox {

enum class Behaviour { success, bounce, bounce_in_session, complaint, out_of_office, suppressed, unknown };

// nullopt: the recipient is not at the simulator.
std::optional<Behaviour> behaviour_of(const smtp::Mailbox& recipient, std::string_view simulator_domain);

// What RCPT is answered; nullopt accepts.
std::optional<smtp::Reply> refusal_of(Behaviour behaviour);

// The message is there for somebody to read.
bool is_read(Behaviour behaviour);

}  // namespace sesame::sandbox
