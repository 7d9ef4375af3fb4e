// smtp/server_protocol.h: the server's side of an SMTP session, without the I/O.
//
// Source: RFC 5321 §3, §4.1.4 (order of commands), §4.3; RFC 2920 (pipelining), RFC 3207 (STARTTLS), RFC 4954 (AUTH),
// RFC 1870 (SIZE), RFC 3030 (CHUNKING), RFC 2034 (enhanced status codes), RFC 3848 (names of the protocol). Shared by
// every SMTP door.
//
// A ServerProtocol is driven by one owner, on one strand. It never calls out: each input gives one Action, and the
// driver carries that out before the next input. The whole driver, with a LineBuffer `buffer`:
//
//   action = protocol.greeting()
//   carry out `action`:
//     SendReply   write the reply (it may wait in memory while `buffer` holds a whole line more: RFC 2920 §3.2)
//     AskAuth     ask the policy; action = protocol.auth_result(...); carry that out
//     AskMail     ask the policy; action = protocol.mail_result(...)
//     AskRcpt     ask the policy; action = protocol.rcpt_result(...)
//     AskMessage  keep the message durably; action = protocol.message_result(...)
//     BeginData   write the reply; message data follows
//     BeginChunk  write nothing; message data follows
//     StartTls    write the reply, buffer.discard(), shake hands; on success protocol.tls_established(), else close
//     Close       write the reply and close; nothing may be called any more
//   then, unless closed:
//     if protocol.receiving_data():  step = protocol.on_data(buffer.buffered()); buffer.take(step.consumed);
//                                    carry out step.action, or read more if there is none
//     else:  line = buffer.next_line(protocol.max_line_octets())
//            a line:     action = protocol.on_line(line, !buffer.empty())
//            need_more:  write what waits, read (with a deadline: on expiry carry out protocol.timed_out())
//            other:      action = protocol.on_line_error(error)
//
// Every reply goes to format_reply(). A call at the wrong moment (mail_result() when nothing was asked, on_line()
// during data, anything after Close) is a bug in the driver and throws std::logic_error.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "smtp/command.h"
#include "smtp/data.h"
#include "smtp/line_buffer.h"
#include "smtp/server_auth.h"
#include "smtp/server_settings.h"

namespace sesame::smtp {

struct Recipient {
  Mailbox forward_path;
  RcptParameters parameters;
  bool operator==(const Recipient&) const = default;
};

// Of one mail transaction (RFC 5321 §3.3).
struct Envelope {
  ReversePath reverse_path;
  MailParameters mail_parameters;
  std::vector<Recipient> recipients;  // accepted ones, in order; duplicates are kept
  bool operator==(const Envelope&) const = default;
};

struct SendReply {
  Reply reply;
};
struct AskAuth {
  Credentials credentials;
};
struct AskMail {
  ReversePath reverse_path;
  MailParameters parameters;
};
struct AskRcpt {
  Mailbox forward_path;
  RcptParameters parameters;
};
struct BeginData {
  Reply reply;
};
// The reply comes at the chunk's end.
struct BeginChunk {};
// At least one recipient; the message is fit to keep (data.h) and within the size limit.
struct AskMessage {
  Envelope envelope;
  std::string message;
};
struct StartTls {
  Reply reply;
};
struct Close {
  Reply reply;
};
using Action = std::variant<SendReply, AskAuth, AskMail, AskRcpt, BeginData, BeginChunk, AskMessage, StartTls, Close>;

struct DataStep {
  std::size_t consumed = 0;      // octets that belong to the message; the rest are commands
  std::optional<Action> action;  // once the data or the chunk has ended: AskMessage, or the reply to it
};

enum class Channel { plain, tls };  // how the connection began; tls: implicit TLS (RFC 8314 §3.3)

// A chunk comes whatever the reply to its BDAT will be (RFC 3030 §2). One that cannot be taken is read and thrown away,
// so that the session stays in step, unless it is longer than this many of the largest messages: then the session ends.
constexpr std::uint64_t max_refused_chunk_messages = 4;

class ServerProtocol {
 public:
  // `settings` must outlive it. Throws std::invalid_argument for settings that ask for what is not served.
  ServerProtocol(const ServerSettings& settings, Channel channel);

  // First, once.
  Action greeting();

  // `input_pending`: octets after this line are already here. STARTTLS and DATA are refused then and the session
  // closed: a client that does not wait for 220 or 354 is out of step, or is not the one who sent those octets (RFC
  // 3207 §4.2).
  Action on_line(std::string_view line, bool input_pending);
  // Any LineError but need_more, in the place of a line. runaway closes the session.
  Action on_line_error(LineError error);
  // While receiving_data(). Pieces may be of any size.
  DataStep on_data(std::string_view octets);
  void tls_established();

  // The policy's answers. nullopt accepts, with the standard reply; a reply refuses and must be 4yz or 5yz; 421 also
  // closes.
  Action auth_result(std::optional<Reply> refusal);
  Action mail_result(std::optional<Reply> refusal);
  Action rcpt_result(std::optional<Reply> refusal);
  // The reply to the whole message: 250 with words of the door's choosing only once it is durable, else 4yz or 5yz.
  // Either way the transaction is over.
  Action message_result(Reply reply);

  // The session ends from our side; at any moment that is not closed.
  Close timed_out();
  Close shutting_down();

  std::size_t max_line_octets() const;
  bool receiving_data() const { return phase_ == Phase::data || phase_ == Phase::chunk; }
  // Data has begun to come and has not ended: also between two chunks.
  bool receiving_message() const { return receiving_data() || chunks_begun_; }
  bool closed() const { return phase_ == Phase::closed; }

  // For the policy and the Received field.
  const std::string& helo_domain() const { return helo_domain_; }  // empty before EHLO or HELO
  bool tls() const { return tls_; }
  const std::optional<std::string>& authenticated_user() const { return authenticated_user_; }
  const Envelope* transaction() const {
    return transaction_ ? &*transaction_ : nullptr;
  }  // between MAIL and the data's end
  // RFC 3848, RFC 6531 §4.3: SMTP, ESMTP, ESMTPS, ESMTPA, ESMTPSA, UTF8SMTPSA... of `envelope`'s transaction.
  std::string with_protocol(const Envelope& envelope) const;

 private:
  enum class Phase {
    connected,   // greeting() is due
    command,     // a command line is due
    auth,        // a line of the AUTH exchange is due
    asked_auth,  // a policy's answer is due
    asked_mail,
    asked_rcpt,
    data,
    chunk,
    asked_message,
    tls_handshake,
    closed,
  };

  Action on(const EhloCommand& command);
  Action on(const HeloCommand& command);
  Action on(MailCommand& command);
  Action on(RcptCommand& command);
  Action on_command_error(std::string_view line, CommandError error);
  Action on_data_command(bool input_pending);
  Action on(const BdatCommand& command);
  Action on_starttls(bool input_pending);
  Action on(const AuthCommand& command);
  Action on_auth_step(AuthStep step);

  DataStep on_chunk(std::string_view octets);
  Action end_chunk();
  Action end_message();

  void expect(Phase phase) const;
  Envelope& open_transaction();
  void end_transaction();
  Extensions offered() const;
  bool are_offered(const MailParameters& parameters) const;
  bool are_offered(const RcptParameters& parameters) const;
  Utf8 utf8_allowed() const;
  std::optional<Reply> obstacle_to_mail() const;
  std::optional<Reply> obstacle_to_content() const;
  std::optional<Reply> obstacle_to_chunk(std::uint64_t size_octets) const;

  Reply fit(Reply reply) const;
  Action ok(EnhancedStatus status) const;
  Action send(Reply reply) const;
  Action refuse(Reply reply);
  Close close(Reply reply);

  const ServerSettings& settings_;
  Phase phase_ = Phase::connected;
  bool tls_;
  bool esmtp_ = false;  // EHLO, not HELO, was the last greeting
  std::string helo_domain_;
  std::optional<std::string> authenticated_user_;
  std::optional<AuthExchange> auth_exchange_;
  std::string asked_user_;
  std::optional<Envelope> transaction_;
  Envelope asked_transaction_;
  Recipient asked_recipient_;
  bool recipient_refused_ = false;
  DataDecoder decoder_{0};     // a new one for each message
  bool chunks_begun_ = false;  // the transaction has had a BDAT
  std::uint64_t chunk_octets_left_ = 0;
  bool chunk_is_last_ = false;
  std::optional<Reply> chunk_refusal_;  // what comes is thrown away, and this is the reply
  std::size_t errors_ = 0;
  std::size_t auth_failures_ = 0;
};

}  // namespace sesame::smtp
