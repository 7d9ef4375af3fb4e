#include "delivery/session.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/log.h"
#include "base/text.h"
#include "delivery/signal.h"
#include "net/local_address.h"
#include "net/special_address.h"

namespace sesame::delivery {
namespace {

using smtp_session::ClientSession;
using smtp_session::Failure;
using smtp_session::Stage;
using namespace std::chrono_literals;

constexpr auto connect_patience = 30s;
constexpr std::size_t max_tls_problem = 300;  // octets, as the peer may have worded it

struct Target {
  std::string host;
  net::Endpoint endpoint;
  SourcePtr source;
};

AttemptPlace place_of(const Target& target) {
  AttemptPlace place;
  place.remote_host = target.host;
  place.remote_ip = target.endpoint.address.to_string();
  place.source_ip = target.source->name();
  return place;
}

struct Opened {
  std::unique_ptr<ClientSession> session;
  std::chrono::nanoseconds connect_time;
};

// What is said in sessions that do not come about; nothing is kept unless somebody wants it.
class Dialogue {
 public:
  explicit Dialogue(bool is_kept) : is_kept_(is_kept) {}

  void tried(const Target& target) {
    if (!is_kept_) return;
    const std::string source = target.source->address ? " from " + target.source->name() : "";
    add(fmt::format("* {} [{}]{}\n", target.host, net::to_string(target.endpoint), source));
  }
  void said(const ClientSession& session) {
    if (is_kept_) add(session.transcript().to_text());
  }
  void failed(const Failure& failure) {
    if (is_kept_) add(fmt::format("* {}\n", smtp_session::to_text(failure)));
  }
  std::string take() { return std::move(text_); }

 private:
  void add(std::string_view lines) {
    if (text_.size() + lines.size() <= max_dialogue) text_ += lines;
  }
  bool is_kept_;
  std::string text_;
};

net::Task<Result<Opened, Failure>> open_one(const Target& target, const net::TlsContext& tls,
                                            smtp_session::StartTls start_tls, Dialogue& dialogue) {
  const auto begin = std::chrono::steady_clock::now();
  auto stream = co_await smtp_session::connect(target.endpoint, net::after(connect_patience), target.source->address);
  if (!stream) {
    dialogue.failed(stream.error());
    co_return std::unexpected(stream.error());
  }
  const std::chrono::nanoseconds connect_time = std::chrono::steady_clock::now() - begin;
  smtp_session::ClientOptions session_options;
  session_options.helo_domain = target.source->helo_name;
  session_options.server_name = target.host;
  session_options.start_tls = start_tls;
  session_options.tls_context = tls;
  auto session = std::make_unique<ClientSession>(std::move(*stream), std::move(session_options));
  auto started = co_await session->start();
  if (!started) {
    dialogue.said(*session);
    co_return std::unexpected(started.error());
  }
  co_return Opened{std::move(session), connect_time};
}

bool is_tls_trouble(const Failure& failure) {
  return failure.stage == Stage::starttls && !std::holds_alternative<smtp_session::NotOffered>(failure.reason);
}

net::Task<Result<OpenSession, Failure>> open_with_fallback(const Target& target, const net::TlsContext& tls,
                                                           Dialogue& dialogue) {
  auto session = co_await open_one(target, tls, smtp_session::StartTls::opportunistic, dialogue);
  if (session) {
    const std::optional<net::TlsInfo> secured = session->session->tls();
    std::string problem = printable_utf8(secured ? secured->problem : session->session->tls_problem(), max_tls_problem);
    co_return OpenSession{std::move(session->session), place_of(target), session->connect_time, std::move(problem)};
  }
  if (!is_tls_trouble(session.error())) co_return std::unexpected(session.error());
  log::info("delivery", "TLS failed, trying in the clear",
            {{"host", target.host}, {"why", smtp_session::to_text(session.error())}});
  auto plain = co_await open_one(target, tls, smtp_session::StartTls::never, dialogue);
  if (!plain) co_return std::unexpected(plain.error());
  co_return OpenSession{std::move(plain->session), place_of(target), plain->connect_time,
                        printable_utf8(smtp_session::to_text(session.error()), max_tls_problem)};
}

// What comes from a cache has been in one order for a while: equals are shuffled each time.
void shuffle_equals(std::vector<MxHost>& hosts, RandomSource& random) {
  for (auto at = hosts.begin(); at != hosts.end();) {
    const auto end = std::find_if(at, hosts.end(), [&](const MxHost& h) { return h.preference != at->preference; });
    for (auto last = end; last - at > 1; --last) {
      std::iter_swap(last - 1, at + static_cast<std::ptrdiff_t>(random.below(std::uint64_t(last - at))));
    }
    at = end;
  }
}

void leave_out_aside(std::vector<Target>& targets, const HostBook& book, HostBook::Moment now) {
  const auto until = [&](const Target& target) {
    return book.aside_until(target.endpoint.address, now).value_or(HostBook::Moment::min());
  };
  if (targets.empty()) return;
  const Target first_over = *std::ranges::min_element(targets, {}, until);
  std::erase_if(targets, [&](const Target& target) { return until(target) > now; });
  if (targets.empty()) targets.push_back(first_over);
}

std::vector<Target> targets_of(std::vector<MxHost> hosts, const SessionSources& sources, std::uint16_t port,
                               RandomSource& random) {
  shuffle_equals(hosts, random);
  std::vector<Target> targets;
  for (const MxHost& host : hosts) {
    for (const net::IpAddress& address : host.addresses) {
      if (sources.first->covers(address)) targets.push_back({host.name, {address, port}, sources.first});
    }
    for (const net::IpAddress& address : host.addresses) {
      const bool is_left = !sources.first->covers(address) && sources.second && sources.second->covers(address);
      if (is_left) targets.push_back({host.name, {address, port}, sources.second});
    }
  }
  return targets;
}

// Why the system does not let us use the address, which is then put aside; nullopt: it does.
std::optional<std::string> source_problem(const Source& source, HostBook* sources) {
  if (!source.address) return std::nullopt;
  auto problem = net::bind_problem(*source.address);
  if (problem) {
    log::warning("delivery", "an address to leave from cannot be used", {{"why", *problem}});
    if (sources != nullptr) sources->failed(*source.address, std::chrono::steady_clock::now());
  } else if (sources != nullptr) {
    sources->reached(*source.address);
  }
  return problem;
}

// Leaves out what would leave from an address that cannot be used; `last` is told.
void leave_out_unusable(std::vector<Target>& targets, const SessionSources& sources, HostBook* book, NoSession& last) {
  for (const SourcePtr& source : {sources.first, sources.second}) {
    const auto leaves_from_it = [&](const Target& target) { return target.source == source; };
    if (!source || std::ranges::none_of(targets, leaves_from_it)) continue;
    const auto problem = source_problem(*source, book);
    if (!problem) continue;
    std::erase_if(targets, leaves_from_it);
    last = {NetworkOutcome{*problem}, {}, true};
    last.place.source_ip = source->name();
  }
}

// Our own stop does not, nor what is said about how much we send: that is about the group.
bool speaks_against_host(const Failure& failure, const AttemptOutcome& outcome, std::string_view host) {
  const auto* lost = std::get_if<smtp_session::NetFailure>(&failure.reason);
  if (lost != nullptr && lost->error.code == net::NetErrc::cancelled) return false;
  return signal_of(outcome, host) != Signal::throttled;
}

}  // namespace

AttemptOutcome to_outcome(const Failure& failure) {
  const bool about_session = failure.stage == Stage::connect || failure.stage == Stage::greeting ||
                             failure.stage == Stage::ehlo || failure.stage == Stage::starttls ||
                             failure.stage == Stage::auth;
  return std::visit(overloaded{
                        [&](const smtp_session::Refused& refused) -> AttemptOutcome {
                          return ReplyOutcome{refused.reply, about_session};
                        },
                        [&](const smtp_session::NotOffered& missing) -> AttemptOutcome {
                          if (about_session) return NetworkOutcome{smtp_session::to_text(failure)};
                          // RFC 6531 §3.2, RFC 6152 §3 and RFC 1870 §6.1: nothing was sent, and asking again would
                          // not change it.
                          const std::string status = missing.what == "SMTPUTF8"   ? "5.6.7"
                                                     : missing.what == "8BITMIME" ? "5.6.3"
                                                                                  : "5.3.4";
                          return Unfit{status, smtp_session::to_text(failure)};
                        },
                        [&](const smtp_session::Unsendable&) -> AttemptOutcome {
                          return Unfit{"5.6.0", smtp_session::to_text(failure)};
                        },
                        [&](const smtp_session::NetFailure&) -> AttemptOutcome {
                          return NetworkOutcome{smtp_session::to_text(failure)};
                        },
                        [&](const smtp_session::UncertainAfterFinalDot&) -> AttemptOutcome {
                          return NetworkOutcome{smtp_session::to_text(failure)};
                        },
                        [&](const smtp_session::ProtocolError&) -> AttemptOutcome {
                          return NetworkOutcome{smtp_session::to_text(failure)};
                        },
                    },
                    failure.reason);
}

net::Task<std::variant<OpenSession, NoSession>> open_session(std::vector<MxHost> hosts, SessionSources sources,
                                                             const EngineOptions& options, const net::TlsContext& tls,
                                                             RandomSource& random, net::Deadline deadline,
                                                             AddressBooks books, bool keep_dialogue) {
  NoSession last{NetworkOutcome{"no host to try"}, {}};
  std::vector<Target> targets = targets_of(std::move(hosts), sources, options.port, random);
  if (books.hosts != nullptr) leave_out_aside(targets, *books.hosts, std::chrono::steady_clock::now());
  leave_out_unusable(targets, sources, books.sources, last);
  Dialogue dialogue(keep_dialogue);
  for (const Target& target : targets) {
    if (std::chrono::steady_clock::now() >= deadline) break;
    if (options.loopback_only && !net::is_loopback(target.endpoint.address)) {
      last = {NetworkOutcome{fmt::format("{} is not on loopback, which this sandbox does not leave",
                                         net::to_string(target.endpoint))},
              place_of(target), last.no_source};
      continue;
    }
    dialogue.tried(target);
    auto open = co_await open_with_fallback(target, tls, dialogue);
    if (open) {
      if (const auto secured = open->session->tls()) open->place.tls.version = secured->version;
      open->place.tls.problem = open->tls_problem;
      open->dialogue = dialogue.take();
      if (books.hosts != nullptr) books.hosts->reached(target.endpoint.address);
      co_return std::move(*open);
    }
    last = {to_outcome(open.error()), place_of(target), last.no_source};
    if (books.hosts != nullptr && speaks_against_host(open.error(), last.why, target.host)) {
      books.hosts->failed(target.endpoint.address, std::chrono::steady_clock::now());
    }
  }
  last.dialogue = dialogue.take();
  co_return last;
}

std::optional<AttemptOutcome> needs_tls(const OpenSession& open, const Batch& batch) {
  if (batch.message().tls_policy == store::TlsPolicy::optional || open.session->tls()) return std::nullopt;
  if (!open.tls_problem.empty()) {
    return NetworkOutcome{fmt::format("TLS failed, and the message must not be sent without it: {}", open.tls_problem)};
  }
  return Unfit{"5.7.10", "TLS is not offered, and the message must not be sent without it"};  // RFC 5248: 5.7.10
}

std::optional<smtp_session::OutboundMessage> outbound(const Batch& batch, std::string_view content) {
  smtp_session::OutboundMessage message;
  if (!batch.message().reverse_path.empty()) {
    auto reverse_path = smtp::parse_mailbox(batch.message().reverse_path, smtp::Utf8::refuse);
    if (!reverse_path) return std::nullopt;
    message.reverse_path = std::move(*reverse_path);
  }
  for (const store::DueRecipient& recipient : batch.recipients) {
    auto forward_path = smtp::parse_mailbox(recipient.forward_path, smtp::Utf8::refuse);
    if (!forward_path) return std::nullopt;
    message.recipients.push_back(std::move(*forward_path));
  }
  message.content = content;
  message.eight_bit = batch.message().needs_eightbitmime;
  message.smtputf8 = batch.message().needs_smtputf8;
  // Reports go to the reverse-path; without one there are none (RFC 3461 §4).
  if (!batch.message().reverse_path.empty()) message.envelope_id = batch.message().api_message_id;
  return message;
}

std::string outgoing_field(const OpenSession& open, Time now) {
  std::string address = open.place.source_ip;
  if (address.empty()) {
    const net::IpAddress local = open.session->local().address;
    if (net::is_special_purpose(local)) return "";
    address = local.to_string();
  }
  const std::chrono::year_month_day day(std::chrono::floor<std::chrono::days>(now));
  return fmt::format("X-SES-Outgoing: {:04}.{:02}.{:02}-{}\r\n", int(day.year()), unsigned(day.month()),
                     unsigned(day.day()), address);
}

bool closed_in_words(const smtp_session::SendOutcome& sent) {
  return std::ranges::all_of(sent.recipients, [](const auto& result) {
    if (result || result.error().stage != Stage::mail) return false;
    const auto* refused = std::get_if<smtp_session::Refused>(&result.error().reason);
    return refused != nullptr && refused->reply.code == 421;
  });
}

bool said_nothing(const smtp_session::SendOutcome& sent) {
  return std::ranges::all_of(sent.recipients, [](const auto& result) {
    if (result || result.error().stage != Stage::mail) return false;
    const auto* refused = std::get_if<smtp_session::Refused>(&result.error().reason);
    if (refused != nullptr) return refused->reply.code == 421;
    return std::holds_alternative<smtp_session::NetFailure>(result.error().reason) ||
           std::holds_alternative<smtp_session::ProtocolError>(result.error().reason);
  });
}

namespace {

bool is_interrupted(const Result<smtp::Reply, Failure>& result) {
  if (result) return false;
  const auto cancelled = [](const net::NetError& error) { return error.code == net::NetErrc::cancelled; };
  if (const auto* lost = std::get_if<smtp_session::NetFailure>(&result.error().reason)) return cancelled(lost->error);
  if (const auto* lost = std::get_if<smtp_session::UncertainAfterFinalDot>(&result.error().reason)) {
    return cancelled(lost->error);
  }
  return false;
}

}  // namespace

Batch take_answered(Batch& batch, const smtp_session::SendOutcome& sent) {
  Batch answered;
  for (std::size_t i = 0; i < batch.recipients.size(); ++i) {
    if (!is_interrupted(sent.recipients[i])) answered.recipients.push_back(std::move(batch.recipients[i]));
  }
  return answered;
}

std::vector<AttemptOutcome> to_outcomes(const smtp_session::SendOutcome& sent) {
  std::vector<AttemptOutcome> outcomes;
  for (const auto& result : sent.recipients) {
    if (is_interrupted(result)) continue;
    outcomes.push_back(result ? AttemptOutcome(DeliveredOutcome{*result}) : to_outcome(result.error()));
  }
  return outcomes;
}

}  // namespace sesame::delivery
