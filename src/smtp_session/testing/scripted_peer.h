// smtp_session/testing/scripted_peer.h: an SMTP server that says what a test tells it to, right or wrong.
//
//   loop.spawn(play(std::move(ends.server), {{"", "220 x\r\n"}, {"EHLO", "250 x\r\n"}, {"MAIL", ""}}, heard));
//
// greets, answers EHLO, and hangs up when it has read MAIL.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "net/stream.h"

namespace sesame::smtp_session {

struct ScriptStep {
  // "": say `answer` at once. ".": read lines up to and with the final dot. "octets 23": read so many, whatever they
  // are. Else: read one line, which should begin so.
  std::string expect;
  std::string answer;  // written as it is; may be empty, half a reply, or several
};

// As `expect`: do the server's part of a TLS handshake with a self-signed certificate; `answer` then goes through TLS.
inline const std::string handshake = "TLS handshake";
inline const std::string hang_on = "hang on";  // as `expect` of the last step: keep the connection and stay silent

// Plays the steps in order, then hangs up. `heard` gets everything that was read and must outlive the task; a line that
// is not what was expected is also marked there with "UNEXPECTED ".
net::Task<void> play(std::unique_ptr<net::Stream> stream, std::vector<ScriptStep> script, std::string& heard);

}  // namespace sesame::smtp_session
