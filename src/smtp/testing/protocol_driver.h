// smtp/testing/protocol_driver.h: the server's protocol driven as its header says, without a connection.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "smtp/line_buffer.h"
#include "smtp/server_protocol.h"

namespace sesame::smtp {

using Refusal = std::optional<Reply>;

// The driver of the header's contract, with a policy made of functions and the peer's octets given as text.
class Session {
 public:
  explicit Session(ServerSettings settings = make_settings(), Channel channel = Channel::plain)
      : settings_(std::move(settings)), protocol(settings_, channel) {
    carry_out(protocol.greeting());
  }

  static ServerSettings make_settings() {
    ServerSettings settings;
    settings.host_name = "mx.example";
    settings.extensions.enhanced_status_codes = true;
    settings.extensions.eight_bit_mime = true;
    settings.extensions.starttls = true;
    settings.extensions.pipelining = true;
    settings.extensions.auth_mechanisms = {"PLAIN", "LOGIN"};
    settings.tls_before_auth = false;
    return settings;
  }

  // Receives `octets` and gives what was written since the last call.
  std::string operator()(std::string_view octets) {
    while (!octets.empty() && !protocol.closed()) {
      const auto piece = octets.substr(0, buffer.room());
      buffer.append(piece);
      octets.remove_prefix(piece.size());
      work();
    }
    return std::exchange(written, {});
  }

  std::function<Refusal(const Credentials&)> authenticate = [](const Credentials& c) {
    return c.user == "user" && c.password.equals("pass") ? Refusal() : make_reply(535, {5, 7, 8}, "no");
  };
  std::function<Refusal(const ReversePath&)> mail = [](const ReversePath&) { return Refusal(); };
  std::function<Refusal(const Mailbox&)> rcpt = [](const Mailbox&) { return Refusal(); };
  Reply message_reply = make_reply(250, {2, 0, 0}, "Ok id");
  std::vector<AskMessage> messages;

 private:
  ServerSettings settings_;

 public:
  ServerProtocol protocol;
  LineBuffer buffer;
  std::string written;

 private:
  void work() {
    while (!protocol.closed()) {
      if (protocol.receiving_data()) {
        auto step = protocol.on_data(buffer.buffered());
        buffer.take(step.consumed);
        if (!step.action) return;
        carry_out(std::move(*step.action));
        continue;
      }
      const auto line = buffer.next_line(protocol.max_line_octets());
      if (line) {
        carry_out(protocol.on_line(*line, !buffer.empty()));
      } else if (line.error() == LineError::need_more) {
        return;
      } else {
        carry_out(protocol.on_line_error(line.error()));
      }
    }
  }

  void carry_out(Action action) {
    std::visit(overloaded{
                   [&](SendReply& a) { written += format_reply(a.reply); },
                   [&](BeginData& a) { written += format_reply(a.reply); },
                   [](BeginChunk&) {},
                   [&](Close& a) { written += format_reply(a.reply) + "<closed>"; },
                   [&](StartTls& a) {
                     written += format_reply(a.reply) + "<tls>";
                     buffer.discard();
                     protocol.tls_established();
                   },
                   [&](AskAuth& a) { carry_out(protocol.auth_result(authenticate(a.credentials))); },
                   [&](AskMail& a) { carry_out(protocol.mail_result(mail(a.reverse_path))); },
                   [&](AskRcpt& a) { carry_out(protocol.rcpt_result(rcpt(a.forward_path))); },
                   [&](AskMessage& a) {
                     messages.push_back(std::move(a));
                     carry_out(protocol.message_result(message_reply));
                   },
               },
               action);
  }
};

// The reply codes in what was written: "250 354", with "<closed>" and "<tls>" where they happened.
std::string codes(std::string_view written);

}  // namespace sesame::smtp
