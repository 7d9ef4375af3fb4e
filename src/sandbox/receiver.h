// sandbox/receiver.h: the other side of every message: an SMTP server that takes all recipients.
//
// Judges each message by SPF, DKIM and DMARC as any receiver would (RFC 7208, 6376, 9989) and files it in the inbox
// with Return-Path, Authentication-Results (RFC 8601) and Received on top, whatever the verdict is. Recipients at the
// simulator do what simulator.h says.
#pragma once

#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "dns/resolver.h"
#include "mailauth/dkim/key_cache.h"
#include "net/listener.h"
#include "sandbox/hosts.h"
#include "sandbox/inbox.h"
#include "sandbox/report_mailer.h"
#include "sandbox/simulator.h"
#include "smtp_session/server_session.h"

namespace sesame::sandbox {

struct ReceiverDeps {
  dns::Resolver& resolver;
  Inbox& inbox;
  ReportMailer& reports;
  const Clock& clock;
  RandomSource& random;
};

struct ReceiverOptions {
  Hosts hosts;
  std::size_t max_message_octets = 40u << 20;
};

// Thread-safe; must outlive its sessions.
class Receiver final : public smtp_session::Handler {
 public:
  Receiver(ReceiverDeps deps, ReceiverOptions options);

  net::SessionHandler session_handler();
  // Sessions that wait for a command are told 421 and closed.
  void finish() { gate_.close(); }

  net::Task<std::optional<smtp::Reply>> rcpt(const smtp_session::SessionFacts& facts, const smtp::Envelope& envelope,
                                             const smtp::Recipient& recipient) override;
  net::Task<smtp::Reply> message(const smtp_session::SessionFacts& facts, smtp::Envelope envelope, std::string content,
                                 std::string with_protocol) override;

 private:
  void send_reports(const smtp_session::SessionFacts& facts, const smtp::Envelope& envelope, std::string_view content);

  ReceiverDeps deps_;
  const std::string simulator_domain_;
  smtp_session::ServerOptions server_;
  mailauth::dkim::KeyCache keys_;
  net::IdleGate gate_;
};

}  // namespace sesame::sandbox
