// smtp_session/server_session.h: drives smtp::ServerProtocol over a net::Stream, for every SMTP door.
//
// Source: RFC 5321 §4.5.3.2.5, §4.5.3.2.7 (timeouts), §3.8 (421 on the way out); RFC 2920 §3.2 (replies to commands
// that came together go out together); RFC 3030; RFC 3207; RFC 8314 (implicit TLS). What is offered, demanded and said
// is ServerSettings.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "net/idle_gate.h"
#include "net/stream.h"
#include "smtp/server_protocol.h"

namespace sesame::smtp_session {

// What is known about a session, for the policy and the Received field.
struct SessionFacts {
  net::Endpoint remote;
  net::Endpoint local;
  std::string helo_domain;                        // empty before EHLO or HELO
  std::optional<net::TlsInfo> tls;                // nullopt while plain
  std::optional<std::string> authenticated_user;  // after AUTH
};

// What a door decides. One object serves all sessions of a door, possibly at the same time on several threads; it must
// outlive them. References are good until the coroutine ends. A refusal must be 4yz or 5yz; 421 also closes. What a
// function throws is logged and answered with 451.
class Handler {
 public:
  virtual ~Handler() = default;

  // Before the greeting; a refusal is sent in its place. Default: welcome.
  virtual net::Task<std::optional<smtp::Reply>> connected(const SessionFacts& facts);
  // Default: 535.
  virtual net::Task<std::optional<smtp::Reply>> authenticate(const SessionFacts& facts, smtp::Credentials credentials);
  // Default: accept.
  virtual net::Task<std::optional<smtp::Reply>> mail(const SessionFacts& facts, const smtp::ReversePath& reverse_path,
                                                     const smtp::MailParameters& parameters);
  // `envelope`: MAIL and the recipients accepted before this one.
  virtual net::Task<std::optional<smtp::Reply>> rcpt(const SessionFacts& facts, const smtp::Envelope& envelope,
                                                     const smtp::Recipient& recipient) = 0;
  // The reply to the final dot or the last chunk: 250 only once the message is durable. `with_protocol` is for the
  // Received field (RFC 3848).
  virtual net::Task<smtp::Reply> message(const SessionFacts& facts, smtp::Envelope envelope, std::string content,
                                         std::string with_protocol) = 0;
};

struct ServerTimeouts {
  std::chrono::milliseconds command = std::chrono::minutes(5);  // RFC 5321 §4.5.3.2.7, for each command
  // From the connection to a successful AUTH, all in all; for doors where nothing goes on without AUTH.
  std::optional<std::chrono::milliseconds> before_auth;
  // While a message comes: for each piece of it (a peer that goes on is not refused for being slow), and from 354 to
  // the final dot, or from the first chunk to the end of the last with the commands between them, all in all (what a
  // peer that dribbles can hold of us ends somewhere). RFC 5321 §4.5.3.2.5 lets the client take 3 minutes for each
  // block and knows no total; an hour is 12 KB/s for 40 MB.
  std::chrono::milliseconds data_block = std::chrono::minutes(5);
  std::chrono::milliseconds data = std::chrono::hours(1);
  std::chrono::milliseconds write = std::chrono::minutes(5);
  std::chrono::milliseconds handshake = std::chrono::seconds(30);
};

// Of one door; shared by its sessions, must outlive them.
struct ServerOptions {
  smtp::ServerSettings settings;
  std::optional<net::TlsContext> tls;  // needed for STARTTLS and implicit TLS
  bool implicit_tls = false;
  ServerTimeouts timeouts;
};

// One session, to its end; returns when the connection is closed. `gate` ends sessions that wait for a command outside
// a transaction with 421 when the service stops; a cancelled session says 421 too. Throws std::invalid_argument if TLS
// is wanted without a context.
net::Task<void> serve(std::unique_ptr<net::Stream> stream, const ServerOptions& options, Handler& handler,
                      net::IdleGate& gate);

}  // namespace sesame::smtp_session
