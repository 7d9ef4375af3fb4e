#include "smtp/server_protocol.h"

#include <algorithm>
#include <stdexcept>

#include "base/text.h"

namespace sesame::smtp {
namespace {

void check(const ServerSettings& settings) {
  const auto& e = settings.extensions;
  const bool unknown_mechanism =
      std::ranges::any_of(e.auth_mechanisms, [](const auto& m) { return !auth_mechanism(m); });
  if (e.binary_mime || e.require_tls || unknown_mechanism) {
    throw std::invalid_argument("ServerSettings offers an extension that is not served");
  }
}

void require_refusal(const std::optional<Reply>& refusal) {
  if (refusal && refusal->is_positive()) throw std::invalid_argument("a refusal must be a 4yz or 5yz reply");
}

Reply reply_to(AuthError error) {
  switch (error) {
    case AuthError::cancelled: return make_reply(501, {5, 7, 0}, "Authentication cancelled");
    case AuthError::not_base64: return make_reply(501, {5, 5, 2}, "Cannot decode base64");
    case AuthError::malformed: return make_reply(501, {5, 5, 2}, "Malformed authentication response");
  }
  return make_reply(501, {5, 5, 2}, "Malformed authentication response");
}

}  // namespace

ServerProtocol::ServerProtocol(const ServerSettings& settings, Channel channel)
    : settings_(settings), tls_(channel == Channel::tls) {
  check(settings);
}

// ---- replies ----

void ServerProtocol::expect(Phase phase) const {
  if (phase_ != phase) throw std::logic_error("ServerProtocol: called at the wrong moment");
}

Envelope& ServerProtocol::open_transaction() {
  if (!transaction_) throw std::logic_error("ServerProtocol: no mail transaction");
  return *transaction_;
}

void ServerProtocol::end_transaction() {
  transaction_.reset();
  decoder_ = DataDecoder(0);
  chunks_begun_ = false;
}

// The form of a reply this client may see (RFC 2034 §4).
Reply ServerProtocol::fit(Reply reply) const {
  if (!esmtp_ || !settings_.extensions.enhanced_status_codes) reply.enhanced_status.reset();
  return reply;
}

Action ServerProtocol::send(Reply reply) const { return SendReply{fit(std::move(reply))}; }

Action ServerProtocol::ok(EnhancedStatus status) const { return send(make_reply(250, status, settings_.replies.ok)); }

Close ServerProtocol::close(Reply reply) {
  if (phase_ == Phase::closed) throw std::logic_error("ServerProtocol: closed twice");
  phase_ = Phase::closed;
  return Close{fit(std::move(reply))};
}

Action ServerProtocol::refuse(Reply reply) {
  if (reply.code == 421) return close(std::move(reply));
  if (reply.reply_class() == ReplyClass::permanent_failure && ++errors_ > settings_.max_errors) {
    return close(settings_.replies.too_many_errors);
  }
  return send(std::move(reply));
}

Close ServerProtocol::timed_out() { return close(settings_.replies.timed_out); }
Close ServerProtocol::shutting_down() { return close(settings_.replies.shutting_down); }

// ---- what is offered ----

Extensions ServerProtocol::offered() const {
  Extensions extensions = settings_.extensions;
  extensions.size = true;
  extensions.max_message_octets = settings_.max_message_octets;
  if (tls_) extensions.starttls = false;
  if (settings_.tls_before_auth && !tls_) extensions.auth_mechanisms.clear();
  return extensions;
}

bool ServerProtocol::are_offered(const MailParameters& p) const {
  if (!esmtp_) return p == MailParameters{};
  const auto extensions = offered();
  if (p.body && (!extensions.eight_bit_mime || *p.body == BodyType::binary_mime)) return false;
  if (p.smtputf8 && !extensions.smtputf8) return false;
  if ((p.ret || p.envid) && !extensions.dsn) return false;
  return !p.auth || !extensions.auth_mechanisms.empty();
}

bool ServerProtocol::are_offered(const RcptParameters& p) const {
  return p == RcptParameters{} || (esmtp_ && settings_.extensions.dsn);
}

Utf8 ServerProtocol::utf8_allowed() const {
  const bool allowed = transaction_ ? transaction_->mail_parameters.smtputf8 : esmtp_ && settings_.extensions.smtputf8;
  return allowed ? Utf8::accept : Utf8::refuse;
}

std::size_t ServerProtocol::max_line_octets() const {
  return auth_exchange_ ? max_auth_line_octets : max_extended_command_line_octets;
}

std::string ServerProtocol::with_protocol(const Envelope& envelope) const {
  if (!esmtp_) return "SMTP";
  std::string name = envelope.mail_parameters.smtputf8 ? "UTF8SMTP" : "ESMTP";
  if (tls_) name += 'S';
  if (authenticated_user_) name += 'A';
  return name;
}

// ---- lines ----

Action ServerProtocol::greeting() {
  expect(Phase::connected);
  phase_ = Phase::command;
  return send(make_reply(220, settings_.host_name + ' ' + settings_.greeting));
}

Action ServerProtocol::on_line(std::string_view line, bool input_pending) {
  expect(Phase::command);
  if (auth_exchange_) return on_auth_step(auth_exchange_->on_response(line));
  auto command = parse_command(line, utf8_allowed());
  if (!command) return on_command_error(line, command.error());
  return std::visit(overloaded{
                        [&](DataCommand&) { return on_data_command(input_pending); },
                        [&](StartTlsCommand&) { return on_starttls(input_pending); },
                        [&](RsetCommand&) {
                          end_transaction();
                          return ok({2, 0, 0});
                        },
                        [&](NoopCommand&) { return ok({2, 0, 0}); },
                        [&](HelpCommand&) { return send(settings_.replies.help); },
                        [&](QuitCommand&) { return Action(close(settings_.replies.bye)); },
                        [&](VrfyCommand&) {
                          const auto obstacle = obstacle_to_mail();
                          return obstacle ? refuse(*obstacle) : send(settings_.replies.vrfy);
                        },
                        [&](ExpnCommand&) { return refuse(reply_to(CommandError::not_implemented)); },
                        [&](auto& other) { return on(other); },
                    },
                    *command);
}

Action ServerProtocol::on_command_error(std::string_view line, CommandError error) {
  // A chunk follows and nobody knows how long it is: its octets must not be read as commands.
  const bool chunk_follows = ascii_iequals(line.substr(0, 4), "BDAT");
  if (chunk_follows) return close(reply_to(error));
  return refuse(reply_to(error));
}

Action ServerProtocol::on_line_error(LineError error) {
  if (error == LineError::need_more) throw std::logic_error("ServerProtocol: need_more is nothing to be answered");
  expect(Phase::command);
  const bool in_auth = auth_exchange_.has_value();
  auth_exchange_.reset();
  if (error == LineError::runaway) return close(settings_.replies.too_many_errors);
  if (error == LineError::bare_cr_or_lf) return refuse(reply_to(CommandError::bare_cr_or_lf));
  if (in_auth) return refuse(make_reply(500, {5, 5, 6}, "Authentication exchange line is too long"));  // RFC 4954 §6
  return refuse(reply_to(CommandError::line_too_long));
}

Action ServerProtocol::on(const EhloCommand& command) {
  end_transaction();  // RFC 5321 §4.1.4: as after RSET
  esmtp_ = true;
  helo_domain_ = command.helo_domain;
  auto lines = ehlo_lines(offered());
  lines.insert(lines.begin(), settings_.host_name);
  if (settings_.last_ehlo_line) lines.push_back(*settings_.last_ehlo_line);
  return SendReply{Reply{.code = 250, .enhanced_status = {}, .lines = std::move(lines)}};
}

Action ServerProtocol::on(const HeloCommand& command) {
  end_transaction();
  esmtp_ = false;
  helo_domain_ = command.helo_domain;
  return send(make_reply(250, settings_.host_name));
}

// ---- TLS ----

Action ServerProtocol::on_starttls(bool input_pending) {
  if (!settings_.extensions.starttls) return refuse(reply_to(CommandError::not_implemented));
  if (tls_ || !esmtp_ || transaction_) return refuse(settings_.replies.bad_sequence);
  if (input_pending) return close(settings_.replies.out_of_step);
  phase_ = Phase::tls_handshake;
  return StartTls{fit(settings_.replies.ready_for_tls)};
}

void ServerProtocol::tls_established() {
  expect(Phase::tls_handshake);
  phase_ = Phase::command;
  tls_ = true;
  // RFC 3207 §4.2: whatever was said in the clear is forgotten.
  esmtp_ = false;
  helo_domain_.clear();
  authenticated_user_.reset();
}

// ---- AUTH ----

Action ServerProtocol::on(const AuthCommand& command) {
  if (settings_.extensions.auth_mechanisms.empty()) return refuse(reply_to(CommandError::not_implemented));
  if (!esmtp_ || authenticated_user_ || transaction_) return refuse(settings_.replies.bad_sequence);
  if (settings_.tls_before_auth && !tls_) return refuse(settings_.replies.starttls_required);
  const auto mechanism = auth_mechanism(command.mechanism);
  if (!mechanism || !settings_.extensions.offers_auth(command.mechanism)) {
    return refuse(make_reply(504, {5, 5, 4}, "Unrecognized authentication type"));
  }
  auto& exchange = auth_exchange_.emplace(*mechanism);
  return on_auth_step(exchange.start(command.initial_response));
}

Action ServerProtocol::on_auth_step(AuthStep step) {
  return std::visit(overloaded{
                        [&](AuthChallenge& challenge) { return send(make_reply(334, std::move(challenge.text))); },
                        [&](Credentials& credentials) {
                          auth_exchange_.reset();
                          asked_user_ = credentials.user;
                          phase_ = Phase::asked_auth;
                          return Action(AskAuth{std::move(credentials)});
                        },
                        [&](AuthError error) {
                          auth_exchange_.reset();
                          return refuse(reply_to(error));
                        },
                    },
                    step);
}

Action ServerProtocol::auth_result(std::optional<Reply> refusal) {
  expect(Phase::asked_auth);
  require_refusal(refusal);
  phase_ = Phase::command;
  if (!refusal) {
    authenticated_user_ = std::move(asked_user_);
    return send(settings_.replies.auth_succeeded);
  }
  const bool failed = refusal->reply_class() == ReplyClass::permanent_failure;
  if (failed && ++auth_failures_ >= settings_.max_auth_failures) {
    return close(settings_.replies.too_many_auth_failures);
  }
  return refuse(std::move(*refusal));
}

// ---- the mail transaction ----

std::optional<Reply> ServerProtocol::obstacle_to_mail() const {
  if (helo_domain_.empty()) return settings_.replies.bad_sequence;
  if (settings_.tls_before_mail && !tls_) return settings_.replies.starttls_required;
  if (settings_.auth_before_mail && !authenticated_user_) return settings_.replies.auth_required;
  return std::nullopt;
}

Action ServerProtocol::on(MailCommand& command) {
  if (auto obstacle = obstacle_to_mail()) return refuse(std::move(*obstacle));
  if (transaction_) return refuse(settings_.replies.bad_sequence);
  if (!are_offered(command.parameters)) return refuse(reply_to(CommandError::unsupported_parameter));
  if (command.parameters.size_octets.value_or(0) > settings_.max_message_octets) {
    return refuse(too_large_reply());
  }
  asked_transaction_ = Envelope{std::move(command.reverse_path), std::move(command.parameters), {}};
  phase_ = Phase::asked_mail;
  return AskMail{asked_transaction_.reverse_path, asked_transaction_.mail_parameters};
}

Action ServerProtocol::mail_result(std::optional<Reply> refusal) {
  expect(Phase::asked_mail);
  require_refusal(refusal);
  phase_ = Phase::command;
  if (refusal) return refuse(std::move(*refusal));
  transaction_ = std::move(asked_transaction_);
  recipient_refused_ = false;
  return ok({2, 1, 0});
}

Action ServerProtocol::on(RcptCommand& command) {
  if (!transaction_ || chunks_begun_) return refuse(settings_.replies.bad_sequence);
  if (!are_offered(command.parameters)) return refuse(reply_to(CommandError::unsupported_parameter));
  if (transaction_->recipients.size() >= settings_.max_recipients) return send(settings_.replies.too_many_recipients);
  asked_recipient_ = Recipient{std::move(command.forward_path), std::move(command.parameters)};
  phase_ = Phase::asked_rcpt;
  return AskRcpt{asked_recipient_.forward_path, asked_recipient_.parameters};
}

Action ServerProtocol::rcpt_result(std::optional<Reply> refusal) {
  expect(Phase::asked_rcpt);
  require_refusal(refusal);
  phase_ = Phase::command;
  if (refusal) {
    recipient_refused_ = true;
    return refuse(std::move(*refusal));
  }
  open_transaction().recipients.push_back(std::move(asked_recipient_));
  return ok({2, 1, 5});
}

std::optional<Reply> ServerProtocol::obstacle_to_content() const {
  if (!transaction_ || (transaction_->recipients.empty() && !recipient_refused_)) return settings_.replies.bad_sequence;
  if (transaction_->recipients.empty()) return settings_.replies.no_valid_recipients;
  return std::nullopt;
}

Action ServerProtocol::on_data_command(bool input_pending) {
  // First: what is pending may be a message, which must not be read as commands because DATA was refused. A client that
  // pipelines DATA waits for the reply to it all the same (RFC 2920 §3.1).
  if (input_pending) return close(settings_.replies.out_of_step);
  if (auto obstacle = obstacle_to_content()) return refuse(std::move(*obstacle));
  if (chunks_begun_) return refuse(settings_.replies.bad_sequence);  // RFC 3030 §2
  decoder_ = DataDecoder(settings_.max_message_octets);
  phase_ = Phase::data;
  return BeginData{fit(settings_.replies.data_prompt)};
}

DataStep ServerProtocol::on_data(std::string_view octets) {
  if (phase_ == Phase::chunk) return on_chunk(octets);
  expect(Phase::data);
  DataStep step{.consumed = decoder_.feed(octets), .action = {}};
  if (decoder_.complete()) step.action = end_message();
  return step;
}

Action ServerProtocol::end_message() {
  auto envelope = std::move(open_transaction());
  auto unfit = refusal(decoder_.faults(), settings_.long_lines);
  auto message = decoder_.take_message();
  end_transaction();
  if (unfit) {
    phase_ = Phase::command;
    return refuse(std::move(*unfit));
  }
  phase_ = Phase::asked_message;
  return AskMessage{std::move(envelope), std::move(message)};
}

// ---- BDAT (RFC 3030 §2) ----

std::optional<Reply> ServerProtocol::obstacle_to_chunk(std::uint64_t size_octets) const {
  if (!esmtp_) return settings_.replies.bad_sequence;
  if (auto obstacle = obstacle_to_content()) return obstacle;
  const auto begun_octets = chunks_begun_ ? decoder_.message_octets() : 0;  // within the limit
  if (size_octets > settings_.max_message_octets - begun_octets) return too_large_reply();
  return std::nullopt;
}

Action ServerProtocol::on(const BdatCommand& command) {
  if (!settings_.extensions.chunking) {
    // A client that was not told of CHUNKING is out of step: its chunk must not be read as commands.
    auto reply = reply_to(CommandError::not_implemented);
    return command.size_octets > 0 ? Action(close(std::move(reply))) : refuse(std::move(reply));
  }
  chunk_refusal_ = obstacle_to_chunk(command.size_octets);
  if (chunk_refusal_) {
    end_transaction();  // what comes after a chunk that is missing must not make a message
    const bool endless = command.size_octets / max_refused_chunk_messages > settings_.max_message_octets;
    if (endless) return close(std::move(*chunk_refusal_));
  } else if (!chunks_begun_) {
    decoder_ = DataDecoder(settings_.max_message_octets, Framing::chunks);
    chunks_begun_ = true;
  }
  chunk_octets_left_ = command.size_octets;
  chunk_is_last_ = command.last;
  phase_ = Phase::chunk;
  return chunk_octets_left_ == 0 ? end_chunk() : Action(BeginChunk{});
}

DataStep ServerProtocol::on_chunk(std::string_view octets) {
  const auto piece = octets.substr(0, std::min<std::uint64_t>(octets.size(), chunk_octets_left_));
  if (!chunk_refusal_) decoder_.feed(piece);
  chunk_octets_left_ -= piece.size();
  DataStep step{.consumed = piece.size(), .action = {}};
  if (chunk_octets_left_ == 0) step.action = end_chunk();
  return step;
}

Action ServerProtocol::end_chunk() {
  phase_ = Phase::command;
  if (chunk_refusal_) return refuse(std::move(*chunk_refusal_));
  if (chunk_is_last_) {
    decoder_.finish();
    return end_message();
  }
  if (auto unfit = refusal(decoder_.faults(), settings_.long_lines)) {
    end_transaction();
    return refuse(std::move(*unfit));
  }
  return ok({2, 0, 0});
}

Action ServerProtocol::message_result(Reply reply) {
  expect(Phase::asked_message);
  phase_ = Phase::command;
  if (!reply.is_positive()) return refuse(std::move(reply));
  errors_ = 0;
  return send(std::move(reply));
}

}  // namespace sesame::smtp
