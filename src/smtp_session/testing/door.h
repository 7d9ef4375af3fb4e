// smtp_session/testing/door.h: a door that keeps what it accepts, and live sessions with it in memory.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "net/testing/memory_stream.h"
#include "net/testing/run_task.h"
#include "smtp_session/server_session.h"

namespace sesame::smtp_session {

// Knows one user, refuses recipients named "no", fails on "bug", and keeps what it accepts.
class KeepingHandler : public Handler {
 public:
  struct Kept {
    SessionFacts facts;
    smtp::Envelope envelope;
    std::string content;
    std::string with_protocol;
  };
  std::vector<Kept> kept;
  std::optional<smtp::Reply> refuse_connection;

  net::Task<std::optional<smtp::Reply>> connected(const SessionFacts&) override { co_return refuse_connection; }

  net::Task<std::optional<smtp::Reply>> authenticate(const SessionFacts&, smtp::Credentials credentials) override {
    if (credentials.user == "user" && credentials.password.equals("secret")) co_return std::nullopt;
    co_return smtp::make_reply(535, {5, 7, 8}, "no");
  }

  net::Task<std::optional<smtp::Reply>> rcpt(const SessionFacts&, const smtp::Envelope& envelope,
                                             const smtp::Recipient& recipient) override {
    if (recipient.forward_path.local_part == "bug") throw std::runtime_error("a bug");
    if (recipient.forward_path.local_part == "no") co_return smtp::make_reply(550, {5, 1, 1}, "no such user");
    if (recipient.forward_path.local_part == "second" && envelope.recipients.empty()) {
      co_return smtp::make_reply(450, {4, 1, 1}, "not first");
    }
    co_return std::nullopt;
  }

  net::Task<smtp::Reply> message(const SessionFacts& facts, smtp::Envelope envelope, std::string content,
                                 std::string with_protocol) override {
    kept.push_back({facts, std::move(envelope), std::move(content), std::move(with_protocol)});
    co_return smtp::make_reply(250, {2, 6, 0}, "kept");
  }
};

ServerOptions door();           // mx.example, in the clear, without authentication
ServerOptions door_with_tls();  // STARTTLS, and PLAIN and LOGIN behind it
ServerOptions chunking_door();  // door() with CHUNKING

// Up to `end`, or to the end of file if it is empty.
net::Task<std::string> read_until(net::Stream& stream, std::string_view end);
// Writes, if there is something to write, then reads as above. Ten seconds at most.
net::Task<std::string> ask(net::Stream& stream, std::string_view octets, std::string_view end);

// A session of the server's with the test at the other end; `cut` is how octets arrive, both ways.
struct Live {
  net::TestLoop loop;
  KeepingHandler handler;
  ServerOptions options;
  net::IdleGate gate;
  net::MemoryStreams ends;

  explicit Live(ServerOptions with, const net::MemoryPipeOptions& cut = {});
  std::string say(std::string_view octets, std::string_view end);
};

}  // namespace sesame::smtp_session
