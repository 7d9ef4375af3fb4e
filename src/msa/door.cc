#include "msa/door.h"

#include <fmt/format.h>

#include <atomic>

#include "api/sigv4/smtp_password.h"
#include "base/log.h"
#include "net/failure_limit.h"
#include "smtp_session/server_session.h"

namespace sesame::msa {
namespace {

using namespace std::chrono_literals;
using submission::SubmissionErrc;

constexpr auto before_auth = 30s;
constexpr std::size_t max_recipients = 50;  // spec 4.1

smtp_session::ServerOptions server_options(const DoorOptions& options, const net::TlsContext& tls) {
  smtp_session::ServerOptions server;
  smtp::ServerSettings& settings = server.settings;
  settings.host_name = options.host_name;
  settings.greeting = "ESMTP Sesame";
  settings.extensions.starttls = true;
  settings.extensions.pipelining = true;
  settings.extensions.eight_bit_mime = true;
  settings.extensions.auth_mechanisms = {"PLAIN", "LOGIN"};
  settings.last_ehlo_line = "Ok";
  settings.tls_before_auth = options.require_tls;
  settings.auth_before_mail = true;
  settings.max_message_octets = options.max_message_octets;
  settings.max_recipients = max_recipients;
  settings.replies.timed_out = smtp::make_reply(451, "Timeout waiting for data from client");  // spec 5
  server.tls = tls;
  server.implicit_tls = options.implicit_tls;
  server.timeouts.before_auth = before_auth;
  return server;
}

// In the words of spec 5; exhaustive, so that a new refusal cannot be forgotten.
smtp::Reply to_reply(const submission::SubmissionError& error) {
  switch (error.code) {
    case SubmissionErrc::sender_not_verified: return smtp::make_reply(554, "Message rejected: " + error.text);
    case SubmissionErrc::mail_from_not_verified: return smtp::make_reply(554, error.text);
    case SubmissionErrc::invalid_parameter:
    case SubmissionErrc::invalid_content:
    case SubmissionErrc::too_many_recipients:
    case SubmissionErrc::configuration_set_missing:
    case SubmissionErrc::contact_list_missing:
    case SubmissionErrc::configuration_set_paused:
    case SubmissionErrc::account_paused: return smtp::make_reply(554, "Transaction failed: " + error.text);
    case SubmissionErrc::daily_quota_exceeded:
    case SubmissionErrc::sending_rate_exceeded: return smtp::make_reply(454, "Throttling failure: " + error.text);
    case SubmissionErrc::message_too_large: return smtp::make_reply(552, "Message is too long.");
    case SubmissionErrc::queue_full: return smtp::make_reply(452, error.text);  // RFC 5321 §4.2.3
    case SubmissionErrc::unavailable: return smtp::make_reply(451, "Temporary service failure");
  }
  return smtp::make_reply(451, "Temporary service failure");
}

smtp::Reply too_many_failures() {
  return smtp::make_reply(421, smtp::EnhancedStatus{4, 7, 0}, "Too many failed sign-ins from your network, try later");
}

net::NetworkRate sign_in_rate(const DoorOptions& options) {
  return {options.failed_sign_ins_per_minute / 60, options.failed_sign_ins_at_once, 32, 64};
}

smtp::Reply wrong_credentials() { return smtp::make_reply(535, "Authentication Credentials Invalid"); }

}  // namespace

struct Door::Impl final : smtp_session::Handler {
  Impl(DoorDeps d, DoorOptions o)
      : deps(std::move(d)),
        region(o.region),
        server(server_options(o, deps.tls)),
        sign_ins(sign_in_rate(o), deps.random) {}

  bool may_sign_in(const smtp_session::SessionFacts& facts);
  net::Task<std::optional<smtp::Reply>> connected(const smtp_session::SessionFacts& facts) override;
  net::Task<std::optional<smtp::Reply>> authenticate(const smtp_session::SessionFacts& facts,
                                                     smtp::Credentials credentials) override;
  net::Task<std::optional<smtp::Reply>> mail(const smtp_session::SessionFacts& facts,
                                             const smtp::ReversePath& reverse_path,
                                             const smtp::MailParameters& parameters) override;
  net::Task<std::optional<smtp::Reply>> rcpt(const smtp_session::SessionFacts& facts, const smtp::Envelope& envelope,
                                             const smtp::Recipient& recipient) override;
  net::Task<smtp::Reply> message(const smtp_session::SessionFacts& facts, smtp::Envelope envelope, std::string content,
                                 std::string with_protocol) override;

  DoorDeps deps;
  const std::string region;
  const smtp_session::ServerOptions server;
  net::FailureLimit sign_ins;
  net::IdleGate gate;
  std::atomic<std::uint64_t> sessions{0}, accepted{0}, refused{0}, auth_failures{0}, auth_refused{0};
};

bool Door::Impl::may_sign_in(const smtp_session::SessionFacts& facts) {
  if (sign_ins.may_try(facts.remote.address)) return true;
  ++auth_refused;
  log::debug("msa", "too many failed sign-ins", {{"peer", net::to_string(facts.remote)}});
  return false;
}

net::Task<std::optional<smtp::Reply>> Door::Impl::connected(const smtp_session::SessionFacts& facts) {
  ++sessions;
  if (!may_sign_in(facts)) co_return too_many_failures();
  co_return std::nullopt;
}

net::Task<std::optional<smtp::Reply>> Door::Impl::authenticate(const smtp_session::SessionFacts& facts,
                                                               smtp::Credentials credentials) {
  if (!may_sign_in(facts)) co_return too_many_failures();
  auto found = co_await deps.control.find_credential(credentials.user);
  if (!found && found.error().code != store::StoreErrc::not_found) {
    log::error("msa", "credential cannot be read", {{"detail", found.error().detail}});
    co_return smtp::make_reply(454, "Temporary authentication failure");
  }
  // An unknown user costs the same work as a wrong password, so the time tells nothing.
  const Secret nobody("no such access key");
  const Secret& secret = found ? found->secret_access_key : nobody;
  const bool matches = sigv4::smtp_password_matches(credentials.password.reveal(), secret, region);
  const bool as_somebody_else =
      !credentials.authorization_identity.empty() && credentials.authorization_identity != credentials.user;
  if (!found || !matches || as_somebody_else) {
    ++auth_failures;
    sign_ins.failed(facts.remote.address);
    log::info("msa", "sign-in refused", {{"peer", net::to_string(facts.remote)}, {"user", credentials.user}});
    co_return wrong_credentials();
  }
  co_return std::nullopt;
}

net::Task<std::optional<smtp::Reply>> Door::Impl::mail(const smtp_session::SessionFacts&,
                                                       const smtp::ReversePath& reverse_path,
                                                       const smtp::MailParameters&) {
  if (!reverse_path) co_return smtp::make_reply(501, "Invalid MAIL FROM address provided");
  co_return std::nullopt;
}

net::Task<std::optional<smtp::Reply>> Door::Impl::rcpt(const smtp_session::SessionFacts&, const smtp::Envelope&,
                                                       const smtp::Recipient& recipient) {
  if (recipient.forward_path.domain.empty()) {
    co_return smtp::make_reply(553, fmt::format("<{}> Invalid email address", recipient.forward_path.local_part));
  }
  co_return std::nullopt;
}

net::Task<smtp::Reply> Door::Impl::message(const smtp_session::SessionFacts& facts, smtp::Envelope envelope,
                                           std::string content, std::string) {
  auto credential = co_await deps.control.find_credential(facts.authenticated_user.value_or(""));
  if (!credential) {
    ++refused;
    if (credential.error().code == store::StoreErrc::not_found) co_return wrong_credentials();  // deleted meanwhile
    co_return smtp::make_reply(451, "Temporary service failure");
  }
  submission::SubmissionRequest request;
  request.account_id = credential->account_id;
  request.caller = credential->access_key_id;
  request.door = submission::Door::smtp;
  request.source_ip = facts.remote.address.to_string();
  if (envelope.reverse_path) request.source = smtp::format_mailbox(*envelope.reverse_path);  // mail() refuses <>
  std::vector<std::string> recipients;
  for (const smtp::Recipient& recipient : envelope.recipients) {
    recipients.push_back(smtp::format_mailbox(recipient.forward_path));
  }
  request.recipients = std::move(recipients);
  request.content = submission::RawContent{std::move(content)};
  auto result = co_await deps.pipeline.submit(std::move(request));
  if (!result) {
    ++refused;
    co_return to_reply(result.error());
  }
  ++accepted;
  co_return smtp::make_reply(250, "Ok " + result->api_message_id);
}

Door::Door(DoorDeps deps, DoorOptions options) : impl_(std::make_shared<Impl>(std::move(deps), std::move(options))) {}
Door::~Door() = default;

net::SessionHandler Door::handler() {
  Impl& impl = *impl_;
  return [&impl](std::unique_ptr<net::Stream> stream) {
    return smtp_session::serve(std::move(stream), impl.server, impl, impl.gate);
  };
}

void Door::finish() { impl_->gate.close(); }

Door::Counters Door::counters() const {
  return {impl_->sessions, impl_->accepted, impl_->refused, impl_->auth_failures, impl_->auth_refused};
}

}  // namespace sesame::msa
