#include "smtp_session/server_session.h"

#include <array>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <stdexcept>

#include "base/log.h"
#include "net/linger.h"
#include "smtp/reply.h"

namespace sesame::smtp_session {
namespace {

using smtp::Action;

constexpr std::size_t max_waiting_reply_octets = 16 * 1024;

// For the last words: the peer gets this long to take them.
constexpr std::chrono::milliseconds farewell_time = std::chrono::seconds(2);
constexpr std::size_t farewell_octets = 256 * 1024;

smtp::Reply internal_error() { return smtp::make_reply(451, {4, 3, 0}, "Internal error, try again later"); }

// Awaits what a door decides; an exception becomes 451, but for the one that cancels this session.
net::Task<std::optional<smtp::Reply>> guarded(net::Task<std::optional<smtp::Reply>> decision) {
  std::string what;
  try {
    auto refusal = co_await std::move(decision);
    co_return refusal;
  } catch (const boost::system::system_error& error) {
    if (error.code() == boost::asio::error::operation_aborted) throw;
    what = error.what();
  } catch (const std::exception& error) {
    what = error.what();
  }
  log::error("smtp", "a door failed to decide", {{"what", what}});
  co_return internal_error();
}

net::Task<std::optional<smtp::Reply>> as_optional(net::Task<smtp::Reply> reply) {
  smtp::Reply answer = co_await std::move(reply);
  co_return answer;
}

class ServerSession {
 public:
  ServerSession(net::Stream& stream, const ServerOptions& options, Handler& handler, net::IdleGate& gate)
      : stream_(stream),
        options_(options),
        handler_(handler),
        gate_(gate),
        protocol_(options.settings, options.implicit_tls ? smtp::Channel::tls : smtp::Channel::plain) {}

  net::Task<void> run();

 private:
  net::Task<bool> welcome();
  net::Task<std::optional<Action>> next_action();
  std::optional<Action> action_from_input();
  net::Task<Action> decide(Action action);
  net::Task<bool> carry_out(Action action);
  net::Task<bool> start_tls();
  std::optional<Action> action_after_failed_read(const net::NetError& error);

  net::Task<Result<void, net::NetError>> read_more();
  void time_message();
  net::Deadline read_deadline() const;
  bool is_idle() const { return !protocol_.receiving_data() && protocol_.transaction() == nullptr; }

  void queue(const smtp::Reply& reply) { output_ += smtp::format_reply(reply); }
  net::Task<bool> flush();

  SessionFacts facts() const;

  net::Stream& stream_;
  const ServerOptions& options_;
  Handler& handler_;
  net::IdleGate& gate_;
  smtp::ServerProtocol protocol_;
  smtp::LineBuffer input_;
  std::string output_;  // replies that wait for the end of a pipelined group
  const net::Deadline began_ = std::chrono::steady_clock::now();
  std::optional<net::Deadline> message_ends_;  // while receiving a message
};

SessionFacts ServerSession::facts() const {
  return {stream_.remote(), stream_.local(), protocol_.helo_domain(), stream_.tls(), protocol_.authenticated_user()};
}

net::Task<void> ServerSession::run() {
  const bool welcome_here = co_await welcome();
  if (welcome_here) {
    std::optional<Action> action = protocol_.greeting();
    while (action) {
      const bool go_on = co_await carry_out(std::move(*action));
      if (!go_on) break;
      action = co_await next_action();
    }
  }
  co_await net::shutdown_and_linger(stream_, farewell_time, farewell_octets);
}

net::Task<bool> ServerSession::welcome() {
  if (options_.implicit_tls) {
    const bool secured = co_await start_tls();
    if (!secured) co_return false;
  }
  const SessionFacts known = facts();
  auto decision = handler_.connected(known);
  const auto refusal = co_await guarded(std::move(decision));
  if (!refusal) co_return true;
  queue(*refusal);
  co_await flush();
  co_return false;
}

// What the peer's octets, or their absence, ask for. nullopt: the connection is lost.
net::Task<std::optional<Action>> ServerSession::next_action() {
  for (;;) {
    auto action = action_from_input();
    if (action) co_return action;
    const bool written = co_await flush();
    if (!written) co_return std::nullopt;
    auto more = co_await read_more();
    if (!more) {
      // At once: in a cancelled coroutine the next co_await of anything else throws.
      if (more.error().code == net::NetErrc::cancelled) co_await net::accept_last_words();
      co_return action_after_failed_read(more.error());
    }
  }
}

std::optional<Action> ServerSession::action_from_input() {
  if (protocol_.receiving_data()) {
    if (input_.empty()) return std::nullopt;
    smtp::DataStep step = protocol_.on_data(input_.buffered());
    input_.take(step.consumed);
    return std::move(step.action);
  }
  const auto line = input_.next_line(protocol_.max_line_octets());
  if (line) return protocol_.on_line(*line, !input_.empty());
  if (line.error() == smtp::LineError::need_more) return std::nullopt;
  return protocol_.on_line_error(line.error());
}

std::optional<Action> ServerSession::action_after_failed_read(const net::NetError& error) {
  if (error.code == net::NetErrc::timed_out) return protocol_.timed_out();
  if (error.code == net::NetErrc::cancelled) return protocol_.shutting_down();
  log::debug("smtp", "connection lost", {{"remote", net::to_string(stream_.remote())}, {"why", net::name(error.code)}});
  return std::nullopt;
}

// Asks the door until there is something to do that needs no decision.
net::Task<Action> ServerSession::decide(Action action) {
  for (;;) {
    const SessionFacts known = facts();
    if (auto* auth = std::get_if<smtp::AskAuth>(&action)) {
      auto decision = handler_.authenticate(known, std::move(auth->credentials));
      auto refusal = co_await guarded(std::move(decision));
      action = protocol_.auth_result(std::move(refusal));
    } else if (auto* mail = std::get_if<smtp::AskMail>(&action)) {
      auto decision = handler_.mail(known, mail->reverse_path, mail->parameters);
      auto refusal = co_await guarded(std::move(decision));
      action = protocol_.mail_result(std::move(refusal));
    } else if (auto* rcpt = std::get_if<smtp::AskRcpt>(&action)) {
      const smtp::Recipient recipient{std::move(rcpt->forward_path), std::move(rcpt->parameters)};
      auto decision = handler_.rcpt(known, *protocol_.transaction(), recipient);
      auto refusal = co_await guarded(std::move(decision));
      action = protocol_.rcpt_result(std::move(refusal));
    } else if (auto* ask = std::get_if<smtp::AskMessage>(&action)) {
      std::string with = protocol_.with_protocol(ask->envelope);
      auto reply = handler_.message(known, std::move(ask->envelope), std::move(ask->message), std::move(with));
      auto decision = as_optional(std::move(reply));
      auto answer = co_await guarded(std::move(decision));
      action = protocol_.message_result(answer.value_or(internal_error()));
    } else {
      co_return action;
    }
  }
}

// False: the session is over.
net::Task<bool> ServerSession::carry_out(Action action) {
  const Action decided = co_await decide(std::move(action));
  time_message();
  if (std::holds_alternative<smtp::BeginChunk>(decided)) co_return true;
  if (const auto* send = std::get_if<smtp::SendReply>(&decided)) {
    queue(send->reply);
    if (output_.size() < max_waiting_reply_octets) co_return true;
  } else if (const auto* begin = std::get_if<smtp::BeginData>(&decided)) {
    queue(begin->reply);
  } else if (const auto* tls = std::get_if<smtp::StartTls>(&decided)) {
    queue(tls->reply);
    const bool written = co_await flush();
    if (!written) co_return false;
    input_.discard();
    const bool secured = co_await start_tls();
    if (secured) protocol_.tls_established();
    co_return secured;
  } else if (const auto* close = std::get_if<smtp::Close>(&decided)) {
    queue(close->reply);
    co_await flush();
    co_return false;
  }
  const bool written = co_await flush();
  co_return written;
}

net::Task<bool> ServerSession::start_tls() {
  if (!options_.tls) co_return false;  // serve() has made sure
  stream_.set_deadline(net::after(options_.timeouts.handshake));
  const auto started = co_await stream_.start_tls_server(*options_.tls);
  if (!started) {
    log::info("smtp", "TLS handshake failed",
              {{"remote", net::to_string(stream_.remote())}, {"why", started.error().detail}});
  }
  co_return started.has_value();
}

// To be called whenever something has been decided.
void ServerSession::time_message() {
  if (!protocol_.receiving_message()) {
    message_ends_.reset();
  } else if (!message_ends_) {
    message_ends_ = net::after(options_.timeouts.data);
  }
}

net::Deadline ServerSession::read_deadline() const {
  const net::Deadline message_ends = message_ends_.value_or(net::Deadline::max());
  if (protocol_.receiving_data()) return std::min(net::after(options_.timeouts.data_block), message_ends);
  const net::Deadline next_command = std::min(net::after(options_.timeouts.command), message_ends);
  if (!options_.timeouts.before_auth || protocol_.authenticated_user()) return next_command;
  return std::min(next_command, began_ + *options_.timeouts.before_auth);
}

net::Task<Result<void, net::NetError>> ServerSession::read_more() {
  std::array<char, smtp::LineBuffer::capacity> buffer;
  const auto room = std::span(buffer).first(input_.room());
  stream_.set_deadline(read_deadline());
  auto reading = is_idle() ? gate_.read_some(stream_, room) : stream_.read_some(room);
  const auto got = co_await std::move(reading);
  if (!got) co_return std::unexpected(got.error());
  input_.append(std::string_view(buffer.data(), *got));
  co_return Result<void, net::NetError>{};
}

net::Task<bool> ServerSession::flush() {
  if (output_.empty()) co_return true;
  const std::string octets = std::exchange(output_, {});
  stream_.set_deadline(net::after(protocol_.closed() ? farewell_time : options_.timeouts.write));
  const auto sent = co_await stream_.write_all(octets);
  co_return sent.has_value();
}

}  // namespace

net::Task<std::optional<smtp::Reply>> Handler::connected(const SessionFacts&) { co_return std::nullopt; }

net::Task<std::optional<smtp::Reply>> Handler::authenticate(const SessionFacts&, smtp::Credentials) {
  co_return smtp::make_reply(535, {5, 7, 8}, "Authentication credentials invalid");
}

net::Task<std::optional<smtp::Reply>> Handler::mail(const SessionFacts&, const smtp::ReversePath&,
                                                    const smtp::MailParameters&) {
  co_return std::nullopt;
}

net::Task<void> serve(std::unique_ptr<net::Stream> stream, const ServerOptions& options, Handler& handler,
                      net::IdleGate& gate) {
  if ((options.implicit_tls || options.settings.extensions.starttls) && !options.tls) {
    throw std::invalid_argument("an SMTP door offers TLS without a certificate");
  }
  ServerSession session(*stream, options, handler, gate);
  co_await session.run();
}

}  // namespace sesame::smtp_session
