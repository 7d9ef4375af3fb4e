// smtp_session/testing/conversation.h: the client's session against a scripted server, in memory.
#pragma once

#include <string>
#include <vector>

#include "net/testing/memory_stream.h"
#include "smtp_session/client_session.h"
#include "smtp_session/testing/scripted_peer.h"

namespace sesame::smtp_session {

inline const std::string greeting = "220 mx.example ESMTP\r\n";
inline const std::string plain_ehlo = "250 mx.example\r\n";
inline const std::string full_ehlo =
    "250-mx.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SIZE 1000\r\n250 STARTTLS\r\n";
inline const std::string ok = "250 2.0.0 ok\r\n";
inline const std::string content = "Subject: x\r\n\r\n.hidden\r\n";

// What came of it: of the start, of each message, and what the server read.
struct Conversation {
  Result<void, Failure> started;
  std::vector<SendOutcome> outcomes;
  bool usable = false;
  std::string heard;
  std::string transcript;
  std::string tls_problem;
};

// us.example, which calls the server mx.example and takes any certificate.
ClientOptions client_options(StartTls start_tls = StartTls::never);
// `content` from bounce@us.example to these at them.example.
OutboundMessage message_to(std::vector<std::string> local_parts);

// `cut` is how the server's octets arrive.
Conversation run_against(std::vector<ScriptStep> script, std::vector<OutboundMessage> messages = {message_to({"a"})},
                         ClientOptions options = client_options(), const net::MemoryPipeOptions& cut = {});

// Of the only recipient of the only message: "accepted", or the failure.
std::string only_failure(const Conversation& run);

template <class Reason>
bool failed_with(const Result<smtp::Reply, Failure>& outcome, Stage stage) {
  return !outcome && outcome.error().stage == stage && std::holds_alternative<Reason>(outcome.error().reason);
}

// At the start, or the only recipient of the only message.
template <class Reason>
bool failed_with(const Conversation& run, Stage stage) {
  if (!run.started)
    return run.started.error().stage == stage && std::holds_alternative<Reason>(run.started.error().reason);
  return run.outcomes.size() == 1 && run.outcomes[0].recipients.size() == 1 &&
         failed_with<Reason>(run.outcomes[0].recipients[0], stage);
}

}  // namespace sesame::smtp_session
