#include "smtp_session/client_session.h"

#include <stdexcept>

#include "base/text.h"
#include "smtp/command.h"
#include "smtp_session/client_session_impl.h"

namespace sesame::smtp_session {
namespace {

Failure refused(Stage stage, smtp::Reply reply) {
  if (reply.is_positive()) return {stage, ProtocolError{"unexpected reply " + reply.to_text()}};
  return {stage, Refused{std::move(reply)}};
}

}  // namespace

// ---- what the parts share ----

Failure ClientSession::Impl::give_up(Failure failure) {
  usable_ = false;
  transcript_.note(to_text(failure));
  return failure;
}

net::Task<Failure> ClientSession::Impl::leave(Failure failure) {
  Failure result = std::move(failure);
  if (usable_) co_await quit();
  co_return give_up(std::move(result));
}

net::Task<Result<void, Failure>> ClientSession::Impl::write_lines(Stage stage, std::vector<std::string> lines) {
  std::string octets;
  for (const std::string& line : lines) {
    transcript_.us(line);
    octets.append(line).append("\r\n");
  }
  stream_->set_deadline(net::after(options_.timeouts.command));
  const auto sent = co_await stream_->write_all(octets);
  if (!sent) co_return std::unexpected(give_up({stage, NetFailure{sent.error()}}));
  co_return Result<void, Failure>{};
}

net::Task<Result<void, Failure>> ClientSession::Impl::write_secret_line(Stage stage, std::string line,
                                                                        std::string_view shown) {
  transcript_.us(shown);
  const Secret octets(line + "\r\n");
  OPENSSL_cleanse(line.data(), line.size());
  stream_->set_deadline(net::after(options_.timeouts.command));
  const auto sent = co_await stream_->write_all(octets.reveal());
  if (!sent) co_return std::unexpected(give_up({stage, NetFailure{sent.error()}}));
  co_return Result<void, Failure>{};
}

net::Task<Result<smtp::Reply, Failure>> ClientSession::Impl::read_reply(Stage stage, std::chrono::milliseconds timeout,
                                                                        smtp::EnhancedStatusCodes enhanced) {
  stream_->set_deadline(net::after(timeout));
  auto reply = co_await replies_.next(stage, enhanced);
  if (!reply) co_return std::unexpected(give_up(std::move(reply.error())));
  transcript_.peer(reply->to_text());
  if (reply->code == 421) usable_ = false;  // RFC 5321 §3.8: it closes now, whatever we asked
  co_return reply;
}

net::Task<Result<smtp::Reply, Failure>> ClientSession::Impl::command(Stage stage, std::string line) {
  std::vector<std::string> lines;
  lines.push_back(std::move(line));
  const auto sent = co_await write_lines(stage, std::move(lines));
  if (!sent) co_return std::unexpected(sent.error());
  auto reply = co_await read_reply(stage, options_.timeouts.command);
  co_return reply;
}

// ---- opening ----

net::Task<Result<void, Failure>> ClientSession::Impl::start() {
  if (options_.implicit_tls) {
    auto secured = co_await negotiate_tls(Stage::connect);
    if (!secured) co_return secured;
  }
  auto greeted = co_await await_greeting();
  if (!greeted) co_return greeted;
  auto known = co_await say_hello(Stage::ehlo);
  if (!known) co_return known;
  if (!options_.implicit_tls) {
    auto secured = co_await secure();
    if (!secured) co_return secured;
  }
  auto authenticated = co_await authenticate();
  co_return authenticated;
}

net::Task<Result<void, Failure>> ClientSession::Impl::await_greeting() {
  const auto begin = std::chrono::steady_clock::now();
  auto greeting = co_await read_reply(Stage::greeting, options_.timeouts.greeting);
  times_.first_reply = std::chrono::steady_clock::now() - begin;
  if (!greeting) co_return std::unexpected(std::move(greeting.error()));
  if (greeting->code == 220) co_return Result<void, Failure>{};
  Failure failure = co_await leave(refused(Stage::greeting, std::move(*greeting)));
  co_return std::unexpected(std::move(failure));
}

net::Task<Result<void, Failure>> ClientSession::Impl::say_hello(Stage stage) {
  extensions_ = {};
  std::vector<std::string> ehlo{smtp::format_command(smtp::EhloCommand{options_.helo_domain})};
  const auto sent = co_await write_lines(stage, std::move(ehlo));
  if (!sent) co_return std::unexpected(sent.error());
  auto reply = co_await read_reply(stage, options_.timeouts.command, smtp::EnhancedStatusCodes::ignore);
  if (!reply) co_return std::unexpected(std::move(reply.error()));
  if (reply->code == 250) {
    extensions_ = smtp::read_ehlo_reply(*reply).extensions;
    co_return Result<void, Failure>{};
  }
  if (reply->reply_class() == smtp::ReplyClass::permanent_failure && usable_) {
    // RFC 5321 §3.2 names 500 and 502; servers also say 501, 503 or 550 to what they do not know.
    reply = co_await command(Stage::ehlo, smtp::format_command(smtp::HeloCommand{options_.helo_domain}));
    if (!reply) co_return std::unexpected(std::move(reply.error()));
    if (reply->code == 250) co_return Result<void, Failure>{};
  }
  Failure failure = co_await leave(refused(Stage::ehlo, std::move(*reply)));
  co_return std::unexpected(std::move(failure));
}

// STARTTLS as options_.start_tls wants it.
net::Task<Result<void, Failure>> ClientSession::Impl::secure() {
  const bool required = options_.start_tls == StartTls::required;
  if (options_.start_tls == StartTls::never) co_return Result<void, Failure>{};
  if (!extensions_.starttls) {
    if (!required) co_return Result<void, Failure>{};
    Failure failure = co_await leave({Stage::starttls, NotOffered{"STARTTLS"}});
    co_return std::unexpected(std::move(failure));
  }
  const auto begin = std::chrono::steady_clock::now();
  auto reply = co_await command(Stage::starttls, smtp::format_command(smtp::StartTlsCommand{}));
  if (!reply) co_return std::unexpected(std::move(reply.error()));
  if (reply->code != 220) {
    tls_problem_ = reply->to_text();
    if (!required && usable_) co_return Result<void, Failure>{};
    Failure failure = co_await leave(refused(Stage::starttls, std::move(*reply)));
    co_return std::unexpected(std::move(failure));
  }
  if (replies_.has_more()) {
    // Somebody in between put replies of his own behind the 220, to be read as if they came through TLS.
    co_return std::unexpected(give_up({Stage::starttls, ProtocolError{"octets after the 220 of STARTTLS"}}));
  }
  auto negotiated = co_await negotiate_tls(Stage::starttls);
  if (!negotiated) co_return negotiated;
  times_.tls = std::chrono::steady_clock::now() - begin;
  // RFC 3207 §4.2: what was offered before does not count. In TLS 1.3 our side of the handshake ends before the server
  // has judged it: its alert, or its hanging up, is found in place of the reply.
  auto known_again = co_await say_hello(Stage::starttls);
  co_return known_again;
}

net::Task<Result<void, Failure>> ClientSession::Impl::negotiate_tls(Stage stage) {
  if (!options_.tls_context) throw std::invalid_argument("an SMTP client wants TLS without a context");
  stream_->set_deadline(net::after(options_.timeouts.command));
  const auto started = co_await stream_->start_tls_client(*options_.tls_context, options_.server_name);
  if (!started) co_return std::unexpected(give_up({stage, NetFailure{started.error()}}));
  const auto info = stream_->tls();
  if (info) transcript_.note(info->version + " " + info->cipher + (info->peer_verified ? ", verified" : ""));
  co_return Result<void, Failure>{};
}

net::Task<Result<void, Failure>> ClientSession::Impl::authenticate() {
  if (!options_.auth) co_return Result<void, Failure>{};
  if (!stream_->tls() && !net::is_loopback(stream_->remote().address)) {
    Failure failure = co_await leave({Stage::auth, NotOffered{"TLS, which AUTH needs,"}});
    co_return std::unexpected(std::move(failure));
  }
  auto reply = co_await send_credentials(*options_.auth);
  if (!reply) co_return std::unexpected(std::move(reply.error()));
  if (reply->code == 235) co_return Result<void, Failure>{};
  Failure failure = co_await leave(refused(Stage::auth, std::move(*reply)));
  co_return std::unexpected(std::move(failure));
}

// The reply to the last line of the exchange.
net::Task<Result<smtp::Reply, Failure>> ClientSession::Impl::send_credentials(const ClientAuth& auth) {
  using namespace std::string_literals;
  if (extensions_.offers_auth("PLAIN")) {
    Secret message("\0"s + auth.user + "\0"s + std::string(auth.password.reveal()));
    std::string line = "AUTH PLAIN " + base64_encode(message.reveal());
    const auto sent = co_await write_secret_line(Stage::auth, std::move(line), "AUTH PLAIN ...");
    if (!sent) co_return std::unexpected(sent.error());
    auto reply = co_await read_reply(Stage::auth, options_.timeouts.command);
    co_return reply;
  }
  if (!extensions_.offers_auth("LOGIN")) {
    Failure failure = co_await leave({Stage::auth, NotOffered{"AUTH PLAIN or LOGIN"}});
    co_return std::unexpected(std::move(failure));
  }
  auto prompt = co_await command(Stage::auth, "AUTH LOGIN");
  if (!prompt || prompt->code != 334) co_return prompt;
  const auto user_sent = co_await write_secret_line(Stage::auth, base64_encode(auth.user), "...");
  if (!user_sent) co_return std::unexpected(user_sent.error());
  prompt = co_await read_reply(Stage::auth, options_.timeouts.command);
  if (!prompt || prompt->code != 334) co_return prompt;
  const auto sent = co_await write_secret_line(Stage::auth, base64_encode(auth.password.reveal()), "...");
  if (!sent) co_return std::unexpected(sent.error());
  auto reply = co_await read_reply(Stage::auth, options_.timeouts.command);
  co_return reply;
}

// ---- closing ----

net::Task<void> ClientSession::Impl::quit() {
  if (!usable_) co_return;
  std::vector<std::string> lines{"QUIT"};
  const auto sent = co_await write_lines(Stage::quit, std::move(lines));
  if (!sent) co_return;
  const auto reply = co_await read_reply(Stage::quit, options_.timeouts.quit);
  usable_ = false;
  if (reply) co_await stream_->shutdown();
}

// ---- the front ----

ClientSession::ClientSession(std::unique_ptr<net::Stream> stream, ClientOptions options)
    : impl_(std::make_unique<Impl>(std::move(stream), std::move(options))) {}
ClientSession::~ClientSession() = default;

net::Task<Result<void, Failure>> ClientSession::start() { return impl_->start(); }
net::Task<SendOutcome> ClientSession::send(OutboundMessage message) { return impl_->send(std::move(message)); }
net::Task<void> ClientSession::quit() { return impl_->quit(); }
bool ClientSession::usable() const { return impl_->usable_; }
const smtp::Extensions& ClientSession::extensions() const { return impl_->extensions_; }
std::optional<net::TlsInfo> ClientSession::tls() const { return impl_->stream_->tls(); }
const std::string& ClientSession::tls_problem() const { return impl_->tls_problem_; }
const OpeningTimes& ClientSession::times() const { return impl_->times_; }
net::Endpoint ClientSession::remote() const { return impl_->stream_->remote(); }
net::Endpoint ClientSession::local() const { return impl_->stream_->local(); }
const Transcript& ClientSession::transcript() const { return impl_->transcript_; }

net::Task<Result<std::unique_ptr<net::Stream>, Failure>> connect(net::Endpoint to, net::Deadline deadline,
                                                                 std::optional<net::IpAddress> source) {
  auto stream = co_await net::connect_tcp(to, deadline, source);
  if (!stream) co_return std::unexpected(Failure{Stage::connect, NetFailure{std::move(stream.error())}});
  co_return std::move(*stream);
}

}  // namespace sesame::smtp_session
