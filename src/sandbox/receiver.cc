#include "sandbox/receiver.h"

#include <fmt/format.h>

#include "base/log.h"
#include "base/text.h"
#include "base/time_text.h"
#include "mailauth/verdict/verdict.h"
#include "message/header_section.h"
#include "message/header_writer.h"
#include "sandbox/reports.h"

namespace sesame::sandbox {
namespace {

using namespace std::chrono_literals;
using smtp_session::SessionFacts;

constexpr auto verdict_patience = 20s;  // all DNS questions of one message

smtp_session::ServerOptions server_options(const ReceiverOptions& options) {
  smtp_session::ServerOptions server;
  server.settings.host_name = mx_host;
  server.settings.greeting = "ESMTP Sesame sandbox";
  server.settings.extensions.pipelining = true;
  server.settings.extensions.starttls = true;
  server.settings.extensions.eight_bit_mime = true;
  server.settings.extensions.chunking = true;
  server.settings.extensions.enhanced_status_codes = true;
  server.settings.max_message_octets = options.max_message_octets;
  server.tls = net::TlsContext::server_self_signed(std::string(mx_host));
  return server;
}

std::string reverse_path_text(const smtp::ReversePath& path) { return path ? smtp::format_mailbox(*path) : ""; }

InboxEnvelope envelope_of(const SessionFacts& facts, const smtp::ReversePath& reverse_path,
                          std::vector<std::string> readers) {
  InboxEnvelope envelope;
  envelope.mail_from = reverse_path_text(reverse_path);
  envelope.rcpt_to = std::move(readers);
  envelope.helo = facts.helo_domain;
  envelope.ip = facts.remote.address.to_string();
  if (facts.tls) envelope.tls = facts.tls->version;
  return envelope;
}

// RFC 5321 §4.4. The addresses and names in it have passed the command grammar, so they can stand in a field.
std::string received_field(const SessionFacts& facts, const std::string& with_protocol, Time now) {
  const std::string value =
      fmt::format("from {} ([{}]) by {} with {}{}; {}", facts.helo_domain, facts.remote.address.to_string(), mx_host,
                  with_protocol, facts.tls ? " (" + facts.tls->version + ")" : "", format_rfc5322(now));
  std::string field;
  const auto written = message::append_field(field, "Received", value);
  if (!written) log::warning("sandbox", "Received cannot be written", {{"helo", facts.helo_domain}});
  return field;
}

// A field that only we may have written (RFC 8601 §5), or that only the last hop writes (RFC 5321 §4.4).
bool is_forged(const message::HeaderField& field) {
  if (ascii_iequals(field.name, "Return-Path")) return true;
  if (!ascii_iequals(field.name, "Authentication-Results")) return false;
  const auto results = mailauth::parse_authentication_results(field.value);
  return !results || ascii_iequals(results->authserv_id, mx_host);
}

std::string with_trace(const std::string& trace, std::string_view content) {
  const message::ParsedMessage message = message::parse_message(content);
  std::string stored;
  stored.reserve(trace.size() + content.size());
  stored += trace;
  for (const message::HeaderField& field : message.fields) {
    if (!is_forged(field)) stored += field.raw;
  }
  stored += content.substr(message.header_section.size());
  return stored;
}

}  // namespace

Receiver::Receiver(ReceiverDeps deps, ReceiverOptions options)
    : deps_(deps), simulator_domain_(options.hosts.simulator_domain()), server_(server_options(options)) {}

net::SessionHandler Receiver::session_handler() {
  return [this](std::unique_ptr<net::Stream> stream) {
    return smtp_session::serve(std::move(stream), server_, *this, gate_);
  };
}

net::Task<std::optional<smtp::Reply>> Receiver::rcpt(const SessionFacts&, const smtp::Envelope&,
                                                     const smtp::Recipient& recipient) {
  const auto behaviour = behaviour_of(recipient.forward_path, simulator_domain_);
  if (!behaviour) co_return std::nullopt;
  auto refusal = refusal_of(*behaviour);
  if (!refusal && !deps_.reports.has_room()) refusal = smtp::make_reply(451, {4, 3, 2}, "The simulator is busy");
  co_return refusal;
}

net::Task<smtp::Reply> Receiver::message(const SessionFacts& facts, smtp::Envelope envelope, std::string content,
                                         std::string with_protocol) {
  std::vector<std::string> readers;
  for (const smtp::Recipient& recipient : envelope.recipients) {
    const auto behaviour = behaviour_of(recipient.forward_path, simulator_domain_);
    if (!behaviour || is_read(*behaviour)) readers.push_back(smtp::format_mailbox(recipient.forward_path));
  }
  smtp::Reply reply = smtp::make_reply(250, {2, 0, 0}, "Ok");
  if (!readers.empty()) {
    const Time now = deps_.clock.now();
    mailauth::ConnectionFacts connection{.ip = facts.remote.address,
                                         .helo = facts.helo_domain,
                                         .reverse_path = reverse_path_text(envelope.reverse_path),
                                         .receiver = std::string(mx_host),
                                         .tls = facts.tls ? facts.tls->version : ""};
    const mailauth::Verdict verdict = co_await mailauth::evaluate_message(
        deps_.resolver, std::move(connection), content, now, net::after(verdict_patience), &keys_);
    const std::string trace = fmt::format("Return-Path: <{}>\r\n", reverse_path_text(envelope.reverse_path)) +
                              mailauth::format_field(verdict.authentication_results) +
                              received_field(facts, with_protocol, now);
    InboxEntry entry = make_entry(envelope_of(facts, envelope.reverse_path, std::move(readers)),
                                  mailauth::to_json(verdict), with_trace(trace, content), now);
    reply.lines = {fmt::format("Ok: message {}", deps_.inbox.add(std::move(entry)))};
  }
  send_reports(facts, envelope, content);
  co_return reply;
}

void Receiver::send_reports(const SessionFacts& facts, const smtp::Envelope& envelope, std::string_view content) {
  if (!envelope.reverse_path) return;  // a report about a report would come to nobody
  Received received{.reporting_host = std::string(mx_host),
                    .simulator_domain = simulator_domain_,
                    .return_path = *envelope.reverse_path,
                    .recipient = {},
                    .helo_domain = facts.helo_domain,
                    .ip = facts.remote.address.to_string(),
                    .arrival = deps_.clock.now(),
                    .content = content};
  for (const smtp::Recipient& recipient : envelope.recipients) {
    const auto behaviour = behaviour_of(recipient.forward_path, simulator_domain_);
    received.recipient = recipient.forward_path;
    if (behaviour == Behaviour::bounce) {
      deps_.reports.mail({*envelope.reverse_path, compose_bounce(received, deps_.random)});
    } else if (behaviour == Behaviour::complaint) {
      deps_.reports.mail({*envelope.reverse_path, compose_complaint(received, deps_.random)});
    } else if (behaviour == Behaviour::out_of_office && wants_auto_reply(content)) {
      auto reply = compose_auto_reply(received, deps_.random);
      if (reply) {
        deps_.reports.mail({*envelope.reverse_path, std::move(*reply)});
      } else {
        log::warning("sandbox", "no auto-reply can be made", {{"where", reply.error().where}});
      }
    }
  }
}

}  // namespace sesame::sandbox
