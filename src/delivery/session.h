// delivery/session.h: one connection to one destination, for as long as there is work for it.
#pragma once

#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "delivery/batch_queue.h"
#include "delivery/engine.h"
#include "delivery/host_book.h"
#include "delivery/next_hop.h"
#include "delivery/outcome_record.h"
#include "delivery/retry.h"
#include "smtp_session/client_session.h"

namespace sesame::delivery {

// A session that has been greeted, with where it leads.
struct OpenSession {
  std::unique_ptr<smtp_session::ClientSession> session;
  AttemptPlace place;
  std::chrono::nanoseconds connect_time{0};
  // Why the session is in the clear although STARTTLS was offered, or why the peer's certificate does not hold.
  std::string tls_problem;
  std::string dialogue;  // with hosts tried before, if it was to be kept
};

// No host of the destination would have us; the last reason counts, and the last place tried.
struct NoSession {
  AttemptOutcome why;
  AttemptPlace place;
  bool no_source = false;  // an address to leave from is not one of this host
  std::string dialogue;    // with all that were tried, if it was to be kept
};

// What is remembered of addresses that failed; either may be null.
struct AddressBooks {
  HostBook* hosts = nullptr;    // those put aside are left out; if all are, the one whose time is over first is tried
  HostBook* sources = nullptr;  // our own
};

// Tries the hosts in order of preference, equals shuffled, each address of each (RFC 5321 §5.1), with STARTTLS where
// offered; a host whose TLS breaks is tried again in the clear (RFC 7435). No new host is tried after `deadline`. Of a
// host's addresses those that `sources.first` reaches are tried first; an address neither reaches is left out. A source
// that cannot be used is noted and its hosts are not tried. `keep_dialogue`: what was said in sessions that did not
// come about is told with the result, as far as max_dialogue.
constexpr std::size_t max_dialogue = 64 * 1024;
net::Task<std::variant<OpenSession, NoSession>> open_session(std::vector<MxHost> hosts, SessionSources sources,
                                                             const EngineOptions& options, const net::TlsContext& tls,
                                                             RandomSource& random, net::Deadline deadline,
                                                             AddressBooks books = {}, bool keep_dialogue = false);

// Why the batch cannot go over this session: its message must not travel in the clear, and this session does. Nobody
// will offer what a host never offered; what broke may work another time. nullopt: it can go.
std::optional<AttemptOutcome> needs_tls(const OpenSession& open, const Batch& batch);

// The batch as the SMTP client wants it; nullopt if an address of the envelope cannot be read back. `content` must
// outlive the result.
std::optional<smtp_session::OutboundMessage> outbound(const Batch& batch, std::string_view content);

// "X-SES-Outgoing: 2026.01.01-192.0.2.10" as a field: the day, and the address the message leaves from (spec 3.3). Of
// addresses the operator did not name, only those of the Internet are told; else "".
std::string outgoing_field(const OpenSession& open, Time now);

// True if the peer ended the session with 421 before it said anything else.
bool closed_in_words(const smtp_session::SendOutcome& sent);

// True if the session ended before the peer said anything about this message: the connection broke or was closed with
// 421 at MAIL, or RSET failed. On a connection that has served others, that is about the connection.
bool said_nothing(const smtp_session::SendOutcome& sent);

// The recipients our own stop did not interrupt; the outcomes are those of the same ones, in order.
Batch take_answered(Batch& batch, const smtp_session::SendOutcome& sent);
std::vector<AttemptOutcome> to_outcomes(const smtp_session::SendOutcome& sent);

// From the words of the SMTP client to what the retry decision needs.
AttemptOutcome to_outcome(const smtp_session::Failure& failure);

}  // namespace sesame::delivery
