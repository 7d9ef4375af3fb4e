// smtp_session/client_session.h: an outbound SMTP session over a net::Stream.
//
// Source: RFC 5321 §3.1–3.3, §4.5.3.2 (timeouts); RFC 2920 (PIPELINING), RFC 3207 (STARTTLS), RFC 4954 (AUTH), RFC 1870
// (SIZE), RFC 3030 (CHUNKING), RFC 3461 (DSN), RFC 6152 (8BITMIME), RFC 6531 (SMTPUTF8).
//
//   ClientSession session(std::move(stream), options);
//   const auto started = co_await session.start();
//   if (!started) …                                       // started.error() is a Failure
//   const SendOutcome outcome = co_await session.send(message);
//   if (session.usable()) …                               // another message may follow on the same connection
//   co_await session.quit();
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "net/stream.h"
#include "smtp/extension.h"
#include "smtp/path.h"
#include "smtp/reply.h"
#include "smtp_session/failure.h"
#include "smtp_session/transcript.h"

namespace sesame::smtp_session {

enum class StartTls {
  never,
  opportunistic,  // if offered; when it fails before the handshake the session goes on in plain text
  required,       // otherwise the session ends with NotOffered or Refused at Stage::starttls
};

// RFC 5321 §4.5.3.2. Every wait starts anew with its own.
struct ClientTimeouts {
  std::chrono::milliseconds greeting = std::chrono::minutes(5);
  std::chrono::milliseconds command = std::chrono::minutes(5);     // EHLO, MAIL, RCPT, RSET
  std::chrono::milliseconds data = std::chrono::minutes(2);        // DATA to 354
  std::chrono::milliseconds data_block = std::chrono::minutes(3);  // each write of content
  std::chrono::milliseconds final_dot = std::chrono::minutes(10);
  std::chrono::milliseconds quit = std::chrono::seconds(10);  // nothing depends on its reply
};

struct ClientAuth {
  std::string user;
  Secret password;
};

struct ClientOptions {
  std::string helo_domain;
  std::string server_name;  // SNI and certificate name: the MX host
  StartTls start_tls = StartTls::opportunistic;
  bool implicit_tls = false;                   // TLS before the greeting (RFC 8314)
  std::optional<net::TlsContext> tls_context;  // must be given unless StartTls::never and no implicit TLS
  std::optional<ClientAuth> auth;              // PLAIN, else LOGIN; refused on a plain connection but to loopback
  ClientTimeouts timeouts;
};

struct OutboundMessage {
  smtp::ReversePath reverse_path;
  std::vector<smtp::Mailbox> recipients;  // at least one
  std::string_view content;               // lines end in CRLF; dots are stuffed here. Must live until send() ends.
  std::string trace_fields;               // header fields of this hop, put in front; lines end in CRLF
  bool eight_bit = false;                 // content has octets above 0x7f
  bool smtputf8 = false;                  // an address or a header field needs RFC 6531
  // A peer that offers DSN is asked to report failure and delay under this name, with the header section only (RFC 3461
  // §4); "": nothing is asked. Printable ASCII, at most smtp::max_envid_octets as xtext.
  std::string envelope_id;
};

struct SendOutcome {
  // In the order of OutboundMessage::recipients. The value is the reply to the final dot.
  std::vector<Result<smtp::Reply, Failure>> recipients;
};

// How long the parts of the opening took; zero for what did not take place.
struct OpeningTimes {
  std::chrono::nanoseconds first_reply{0};  // until the greeting was there
  std::chrono::nanoseconds tls{0};          // from STARTTLS to the end of the handshake
};

// Owned by one coroutine, which awaits every call before the next and outlives them.
class ClientSession {
 public:
  ClientSession(std::unique_ptr<net::Stream> stream, ClientOptions options);
  ~ClientSession();

  // Greeting, EHLO (HELO if that is all the peer knows), STARTTLS and EHLO again, AUTH. After a failure the session can
  // only be destroyed; a Refused greeting or EHLO has been answered with QUIT. Stage::starttls lasts until the peer has
  // answered something under TLS: only then has it agreed to the handshake.
  net::Task<Result<void, Failure>> start();

  // One transaction. Recipients that the peer refuses do not keep the others from being served. What needs 8BITMIME,
  // SMTPUTF8 or a SIZE that is not offered is not begun (NotOffered).
  net::Task<SendOutcome> send(OutboundMessage message);

  // False once the connection broke, the peer said 421, or the stream position is unknown.
  bool usable() const;

  // QUIT, and waits for its reply as long as timeouts.quit. Does nothing on a session that is not usable.
  net::Task<void> quit();

  // What the last EHLO offered; all false after HELO.
  const smtp::Extensions& extensions() const;
  std::optional<net::TlsInfo> tls() const;
  // Why opportunistic TLS did not come about although it was offered; empty otherwise.
  const std::string& tls_problem() const;
  const OpeningTimes& times() const;
  net::Endpoint remote() const;
  net::Endpoint local() const;
  const Transcript& transcript() const;  // of the opening and the last transaction

  class Impl;  // client_session_impl.h

 private:
  std::unique_ptr<Impl> impl_;
};

// connect_tcp with its failure as Stage::connect.
net::Task<Result<std::unique_ptr<net::Stream>, Failure>> connect(net::Endpoint to, net::Deadline deadline,
                                                                 std::optional<net::IpAddress> source = std::nullopt);

}  // namespace sesame::smtp_session
