// smtp_session/client_session_impl.h: the parts of ClientSession, shared by client_session.cc (opening and closing) and
// client_transaction.cc (one message).
#pragma once

#include "smtp_session/client_session.h"
#include "smtp_session/reply_reader.h"

namespace sesame::smtp_session {

class ClientSession::Impl {
 public:
  Impl(std::unique_ptr<net::Stream> stream, ClientOptions options)
      : stream_(std::move(stream)), options_(std::move(options)), replies_(*stream_) {}

  net::Task<Result<void, Failure>> start();
  net::Task<SendOutcome> send(OutboundMessage message);
  net::Task<void> quit();

  // ---- client_session.cc ----
  net::Task<Result<void, Failure>> start_implicit_tls();
  net::Task<Result<void, Failure>> await_greeting();
  // EHLO, then HELO. No answer to EHLO at all is a failure at `stage`.
  net::Task<Result<void, Failure>> say_hello(Stage stage);
  net::Task<Result<void, Failure>> secure();
  net::Task<Result<void, Failure>> negotiate_tls(Stage stage);
  net::Task<Result<void, Failure>> authenticate();
  net::Task<Result<smtp::Reply, Failure>> send_credentials(const ClientAuth& auth);

  // Writes the lines (each without CRLF) in one go.
  net::Task<Result<void, Failure>> write_lines(Stage stage, std::vector<std::string> lines);
  // Writes a line that must not be seen; `shown` goes to the transcript.
  net::Task<Result<void, Failure>> write_secret_line(Stage stage, std::string line, std::string_view shown);
  net::Task<Result<smtp::Reply, Failure>> read_reply(
      Stage stage, std::chrono::milliseconds timeout,
      smtp::EnhancedStatusCodes enhanced = smtp::EnhancedStatusCodes::recognise);
  // One command and its reply.
  net::Task<Result<smtp::Reply, Failure>> command(Stage stage, std::string line);

  // The session is over; passes `failure` on.
  Failure give_up(Failure failure);
  // The same and says QUIT, which RFC 5321 §3.1 asks of a client that is not let in.
  net::Task<Failure> leave(Failure failure);

  std::unique_ptr<net::Stream> stream_;
  ClientOptions options_;
  ReplyReader replies_;
  Transcript transcript_;
  smtp::Extensions extensions_;
  std::string tls_problem_;
  OpeningTimes times_;
  bool usable_ = true;
  bool transaction_open_ = false;  // a MAIL was accepted and no message followed: RSET before the next
};

}  // namespace sesame::smtp_session
