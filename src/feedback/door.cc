#include "feedback/door.h"

#include <algorithm>
#include <atomic>
#include <set>

#include "base/log.h"
#include "base/text.h"
#include "feedback/classify.h"
#include "feedback/operator_mail.h"
#include "feedback/report_events.h"
#include "net/failure_limit.h"
#include "smtp_session/server_session.h"

namespace sesame::feedback {
namespace {

using submission::IdCheck;

// What is read on the I/O thread: at some 70 octets a microsecond well below the millisecond that nothing there may
// take.
constexpr std::size_t max_octets_read_at_once = 16 << 10;

smtp::Reply no_such_recipient() { return smtp::make_reply(550, smtp::EnhancedStatus{5, 1, 1}, "No such return path"); }
smtp::Reply try_later() { return smtp::make_reply(451, smtp::EnhancedStatus{4, 3, 0}, "Temporary service failure"); }

smtp::Reply too_much_of_no_use() {
  return smtp::make_reply(421, smtp::EnhancedStatus{4, 7, 0},
                          "Too much from your network is of no use here, try later");
}

net::NetworkRate useless_rate(const DoorOptions& options) {
  return {options.useless_per_minute / 60, options.useless_at_once, 32, 64};
}

smtp_session::ServerOptions server_options(const DoorOptions& options, const net::TlsContext& tls) {
  smtp_session::ServerOptions server;
  server.settings.host_name = options.host_name;
  server.settings.extensions.starttls = true;
  server.settings.extensions.pipelining = true;
  server.settings.extensions.eight_bit_mime = true;
  server.settings.extensions.chunking = true;
  server.settings.extensions.smtputf8 = true;  // RFC 6533 reports; return paths are ASCII all the same
  server.settings.extensions.enhanced_status_codes = true;
  server.settings.max_message_octets = options.max_message_octets;
  server.tls = tls;
  return server;
}

// On the worker pool.
net::Task<Result<std::string, std::string>> put_mail(KeptMail& kept, const Arrival& arrival,
                                                     const std::string& content) {
  co_return kept.put(arrival, content);
}

net::Task<Report> classify_mail(const std::string& content) { co_return classify(content); }

}  // namespace

struct Door::Impl final : smtp_session::Handler {
  Impl(DoorDeps d, DoorOptions o)
      : deps(std::move(d)),
        options(std::move(o)),
        server(server_options(options, deps.tls)),
        useless(useless_rate(options), deps.random),
        notices_left(deps.clock, max_notices_per_hour),
        unread_left(deps.clock, max_notices_per_hour) {}

  net::Task<std::optional<smtp::Reply>> connected(const smtp_session::SessionFacts& facts) override;
  net::Task<std::optional<smtp::Reply>> rcpt(const smtp_session::SessionFacts& facts, const smtp::Envelope& envelope,
                                             const smtp::Recipient& recipient) override;
  net::Task<smtp::Reply> message(const smtp_session::SessionFacts& facts, smtp::Envelope envelope, std::string content,
                                 std::string with_protocol) override;

  net::Task<std::optional<smtp::Reply>> rcpt_return_path(const smtp_session::SessionFacts& facts,
                                                         const smtp::Mailbox& path);
  net::Task<std::optional<smtp::Reply>> rcpt_operator(const smtp::Envelope& envelope, const smtp::Mailbox& path);
  net::Task<std::optional<smtp::Reply>> rcpt_unsubscribe(const smtp::Envelope& envelope, const smtp::Mailbox& path,
                                                         const std::string& id);
  net::Task<store::StoreResult<bool>> is_ours(const std::string& domain);
  // Has a notice of ours come back?
  net::Task<store::StoreResult<bool>> is_own_notice(const smtp::ReversePath& reverse_path);

  // All: a refusal, or nothing when it is durable.
  net::Task<std::optional<smtp::Reply>> unsubscribe(const smtp_session::SessionFacts& facts,
                                                    const std::set<std::string>& ids);
  net::Task<std::optional<smtp::Reply>> tell_operator(const smtp_session::SessionFacts& facts,
                                                      const smtp::Envelope& envelope, const smtp::Mailbox& path,
                                                      const std::string& content);
  net::Task<std::optional<smtp::Reply>> record(const smtp_session::SessionFacts& facts, const smtp::Envelope& envelope,
                                               const std::set<std::string>& ids, const std::string& content,
                                               const std::string& with_protocol);
  net::Task<Report> understand(const std::string& content);
  // What came to the return path `to` and is nothing we know, kept: its name. Nothing when it cannot be kept.
  net::Task<std::optional<std::string>> keep(const smtp_session::SessionFacts& facts, const smtp::Envelope& envelope,
                                             const std::string& to, const std::string& with_protocol,
                                             const std::string& content);
  std::vector<store::Event> events_of(const Report& report, const std::vector<store::MessageRecord>& messages,
                                      const std::string& kept, const smtp_session::SessionFacts& facts) const;
  // It goes to the operator too, for a person to read.
  net::Task<std::optional<smtp::Reply>> show_operator(const smtp_session::SessionFacts& facts,
                                                      const smtp::Envelope& envelope, const std::string& to,
                                                      const std::string& kept, const std::string& content);

  // Genuine by its tag? Counts the refusals by reason.
  bool is_genuine(const std::string& id);

  DoorDeps deps;
  const DoorOptions options;
  const smtp_session::ServerOptions server;
  net::FailureLimit useless;
  HourlyBudget notices_left;  // for postmaster and abuse
  HourlyBudget unread_left;   // for what is not understood
  net::IdleGate gate;
  std::atomic<std::uint64_t> accepted{0}, malformed{0}, forged{0}, expired{0}, unknown{0}, turned_away{0},
      unsubscribed{0};
};

bool Door::Impl::is_genuine(const std::string& id) {
  switch (deps.ids.check(id)) {
    case IdCheck::genuine: return true;
    case IdCheck::malformed: ++malformed; return false;
    case IdCheck::forged: ++forged; return false;
    case IdCheck::expired: ++expired; return false;
  }
  return false;
}

// ---- who may be written to ----

net::Task<std::optional<smtp::Reply>> Door::Impl::connected(const smtp_session::SessionFacts& facts) {
  if (useless.may_try(facts.remote.address)) co_return std::nullopt;
  ++turned_away;
  co_return too_much_of_no_use();
}

net::Task<std::optional<smtp::Reply>> Door::Impl::rcpt(const smtp_session::SessionFacts& facts,
                                                       const smtp::Envelope& envelope,
                                                       const smtp::Recipient& recipient) {
  const smtp::Mailbox& path = recipient.forward_path;
  if (!useless.may_try(facts.remote.address)) {
    ++turned_away;
    co_return too_much_of_no_use();
  }
  std::optional<smtp::Reply> refusal;
  if (is_operator_mailbox(path.local_part)) {
    refusal = co_await rcpt_operator(envelope, path);
  } else if (const auto id = unsubscribed_id(path.local_part)) {
    refusal = co_await rcpt_unsubscribe(envelope, path, *id);
  } else {
    refusal = co_await rcpt_return_path(facts, path);
  }
  if (refusal && refusal->code / 100 == 5) useless.failed(facts.remote.address);
  co_return refusal;
}

net::Task<std::optional<smtp::Reply>> Door::Impl::rcpt_return_path(const smtp_session::SessionFacts& facts,
                                                                   const smtp::Mailbox& path) {
  // Some hosts change the case of local parts on the way back; ours hold no capitals.
  const std::string id = ascii_lower(path.local_part);
  if (!is_genuine(id)) {
    log::debug("feedback", "refused", {{"peer", net::to_string(facts.remote)}, {"local_part", id}});
    co_return no_such_recipient();
  }
  auto found = co_await deps.queue.find_message_any_account(id);
  if (!found && found.error().code != store::StoreErrc::not_found) {
    log::error("feedback", "message cannot be looked up", {{"api_message_id", id}, {"detail", found.error().detail}});
    co_return try_later();
  }
  // The very return path it was sent with, not just its local part at another of our domains.
  const std::string whole = id + "@" + path.domain;
  if (!found || !ascii_iequals(found->message.envelope.reverse_path, whole)) {
    ++unknown;
    co_return no_such_recipient();
  }
  co_return std::nullopt;
}

net::Task<std::optional<smtp::Reply>> Door::Impl::rcpt_operator(const smtp::Envelope& envelope,
                                                                const smtp::Mailbox& path) {
  if (options.operator_address.empty()) {
    ++unknown;
    co_return no_such_recipient();
  }
  const auto ours = co_await is_ours(path.domain);
  if (!ours) co_return try_later();
  if (!*ours) {
    ++unknown;
    co_return no_such_recipient();
  }
  const auto own = co_await is_own_notice(envelope.reverse_path);
  if (!own) co_return try_later();
  if (*own) co_return smtp::make_reply(550, smtp::EnhancedStatus{5, 4, 6}, "Routing loop detected");
  co_return std::nullopt;
}

// Nobody unsubscribes with a null sender: that is a report about what was never sent from here.
net::Task<std::optional<smtp::Reply>> Door::Impl::rcpt_unsubscribe(const smtp::Envelope& envelope,
                                                                   const smtp::Mailbox& path, const std::string& id) {
  const auto same = [&](const std::string& name) { return ascii_iequals(name, path.domain); };
  const bool is_there = deps.unsubscribe && envelope.reverse_path && std::ranges::any_of(options.service_domains, same);
  if (!is_there) {
    ++unknown;
    co_return no_such_recipient();
  }
  if (!is_genuine(id)) co_return no_such_recipient();
  const auto found = co_await deps.queue.find_message_any_account(id);
  if (found) co_return std::nullopt;
  if (found.error().code != store::StoreErrc::not_found) {
    log::error("feedback", "message cannot be looked up", {{"api_message_id", id}, {"detail", found.error().detail}});
    co_return try_later();
  }
  ++unknown;
  co_return no_such_recipient();
}

net::Task<store::StoreResult<bool>> Door::Impl::is_ours(const std::string& domain) {
  const auto same = [&](const std::string& name) { return ascii_iequals(name, domain); };
  if (domain.empty() || same(options.host_name)) co_return true;
  if (std::ranges::any_of(options.service_domains, same)) co_return true;
  auto known = co_await deps.control.is_mail_from_domain(domain);
  if (!known) {
    log::error("feedback", "domain cannot be looked up", {{"domain", domain}, {"detail", known.error().detail}});
  }
  co_return known;
}

net::Task<store::StoreResult<bool>> Door::Impl::is_own_notice(const smtp::ReversePath& reverse_path) {
  if (!reverse_path) co_return false;
  const std::string id = ascii_lower(reverse_path->local_part);
  if (deps.ids.check(id) != IdCheck::genuine) co_return false;
  const auto found = co_await deps.queue.find_message_any_account(id);
  if (found) co_return found->message.accepted_through == store::accepted_through_service;
  if (found.error().code == store::StoreErrc::not_found) co_return false;
  log::error("feedback", "message cannot be looked up", {{"api_message_id", id}, {"detail", found.error().detail}});
  co_return std::unexpected(found.error());
}

// ---- what came ----

net::Task<smtp::Reply> Door::Impl::message(const smtp_session::SessionFacts& facts, smtp::Envelope envelope,
                                           std::string content, std::string with_protocol) {
  // The same return path may be named again and again, in any case: it came home once.
  std::set<std::string> ids, unsubscribed_ids;
  const smtp::Mailbox* operator_path = nullptr;
  for (const smtp::Recipient& recipient : envelope.recipients) {
    if (is_operator_mailbox(recipient.forward_path.local_part)) {
      operator_path = &recipient.forward_path;
    } else if (const auto id = unsubscribed_id(recipient.forward_path.local_part)) {
      unsubscribed_ids.insert(*id);
    } else {
      ids.insert(ascii_lower(recipient.forward_path.local_part));
    }
  }
  if (operator_path != nullptr) {
    const auto refusal = co_await tell_operator(facts, envelope, *operator_path, content);
    if (refusal) co_return *refusal;
  }
  if (!ids.empty()) {
    const auto refusal = co_await record(facts, envelope, ids, content, with_protocol);
    if (refusal) co_return *refusal;
  }
  if (!unsubscribed_ids.empty()) {
    const auto refusal = co_await unsubscribe(facts, unsubscribed_ids);
    if (refusal) co_return *refusal;
  }
  ++accepted;
  co_return smtp::make_reply(250, smtp::EnhancedStatus{2, 0, 0}, "Ok");
}

net::Task<std::optional<smtp::Reply>> Door::Impl::unsubscribe(const smtp_session::SessionFacts& facts,
                                                              const std::set<std::string>& ids) {
  if (!deps.unsubscribe) co_return no_such_recipient();
  for (const std::string& id : ids) {
    auto found = co_await deps.queue.find_message_any_account(id);
    if (!found) {
      log::error("feedback", "message cannot be looked up", {{"api_message_id", id}, {"detail", found.error().detail}});
      co_return try_later();
    }
    const bool done = co_await deps.unsubscribe->unsubscribe(std::move(*found));
    if (!done) co_return try_later();
    ++unsubscribed;
    log::info("feedback", "unsubscribed by mail", {{"api_message_id", id}, {"peer", net::to_string(facts.remote)}});
  }
  co_return std::nullopt;
}

net::Task<std::optional<smtp::Reply>> Door::Impl::tell_operator(const smtp_session::SessionFacts& facts,
                                                                const smtp::Envelope& envelope,
                                                                const smtp::Mailbox& path, const std::string& content) {
  const std::string peer = net::to_string(facts.remote);
  if (!notices_left.take()) {
    log::warning("feedback", "too much mail for the operator", {{"peer", peer}});
    co_return smtp::make_reply(451, smtp::EnhancedStatus{4, 7, 0}, "Too much mail for this mailbox, try again later");
  }
  identity::Notice notice = operator_notice(envelope.reverse_path, path, peer, content);
  notice.account_id = options.operator_account;
  notice.to = options.operator_address;
  const bool sent = co_await deps.notices.send(std::move(notice));
  if (!sent) {
    log::error("feedback", "mail for the operator cannot be passed on", {{"peer", peer}});
    co_return try_later();
  }
  log::info("feedback", "mail for the operator", {{"for", smtp::format_path(path)}, {"peer", peer}});
  co_return std::nullopt;
}

// What cannot be passed on is asked for again; of a flood the events and the mails remain.
net::Task<std::optional<smtp::Reply>> Door::Impl::show_operator(const smtp_session::SessionFacts& facts,
                                                                const smtp::Envelope& envelope, const std::string& to,
                                                                const std::string& kept, const std::string& content) {
  if (options.operator_address.empty()) co_return std::nullopt;
  const std::string peer = net::to_string(facts.remote);
  if (!unread_left.take()) {
    log::warning("feedback", "too much mail that is not understood", {{"peer", peer}, {"kept", kept}});
    co_return std::nullopt;
  }
  const auto path = smtp::parse_mailbox(to, smtp::Utf8::refuse);
  identity::Notice notice = operator_notice(envelope.reverse_path, path ? *path : smtp::Mailbox{to, ""}, peer, content);
  notice.text += "\nIt is not understood. All of it is kept: sesame feedback show " + kept + "\n";
  notice.account_id = options.operator_account;
  notice.to = options.operator_address;
  const bool sent = co_await deps.notices.send(std::move(notice));
  if (!sent) {
    log::error("feedback", "mail that is not understood cannot be passed on", {{"peer", peer}});
    co_return try_later();
  }
  co_return std::nullopt;
}

net::Task<std::optional<std::string>> Door::Impl::keep(const smtp_session::SessionFacts& facts,
                                                       const smtp::Envelope& envelope, const std::string& to,
                                                       const std::string& with_protocol, const std::string& content) {
  const Arrival arrival{
      .reverse_path = envelope.reverse_path ? smtp::format_path(*envelope.reverse_path) : "<>",
      .return_path = to,
      .peer = net::to_string(facts.remote),
      .helo_domain = facts.helo_domain,
      .host_name = options.host_name,
      .with_protocol = with_protocol,
  };
  net::Task<Result<std::string, std::string>> work = put_mail(deps.kept, arrival, content);
  auto kept = co_await net::on_executor(deps.workers, std::move(work));
  if (!kept) {
    log::error("feedback", "mail that is not understood cannot be kept", {{"detail", kept.error()}});
    co_return std::nullopt;
  }
  co_return std::move(*kept);
}

net::Task<Report> Door::Impl::understand(const std::string& content) {
  if (content.size() <= max_octets_read_at_once) co_return classify(content);
  net::Task<Report> work = classify_mail(content);
  Report report = co_await net::on_executor(deps.workers, std::move(work));
  co_return report;
}

net::Task<std::optional<smtp::Reply>> Door::Impl::record(const smtp_session::SessionFacts& facts,
                                                         const smtp::Envelope& envelope,
                                                         const std::set<std::string>& ids, const std::string& content,
                                                         const std::string& with_protocol) {
  const Report report = co_await understand(content);
  std::string not_understood_at;  // the first return path it came to, of those that are not the service's own
  std::vector<store::MessageRecord> messages;
  for (const std::string& id : ids) {
    auto found = co_await deps.queue.find_message_any_account(id);
    if (!found) {
      log::error("feedback", "message cannot be looked up", {{"api_message_id", id}, {"detail", found.error().detail}});
      co_return try_later();
    }
    const bool own = found->message.accepted_through == store::accepted_through_service;
    if (report.kind == ReportKind::none && !own && not_understood_at.empty()) {
      not_understood_at = found->message.envelope.reverse_path;
    }
    messages.push_back(std::move(*found));
    log::info("feedback", "came home", {{"api_message_id", id}, {"peer", net::to_string(facts.remote)}});
  }
  std::string kept;
  if (!not_understood_at.empty()) {
    auto name = co_await keep(facts, envelope, not_understood_at, with_protocol, content);
    if (!name) co_return try_later();
    kept = std::move(*name);
    useless.failed(facts.remote.address);
    const auto refusal = co_await show_operator(facts, envelope, not_understood_at, kept, content);
    if (refusal) co_return *refusal;
  }
  std::vector<store::Event> events = events_of(report, messages, kept, facts);
  if (events.empty()) co_return std::nullopt;
  auto appended = co_await deps.queue.append_events(std::move(events));
  if (!appended) {
    log::error("feedback", "events cannot be stored", {{"detail", appended.error().detail}});
    co_return try_later();
  }
  deps.feed.committed();
  co_return std::nullopt;
}

std::vector<store::Event> Door::Impl::events_of(const Report& report, const std::vector<store::MessageRecord>& messages,
                                                const std::string& kept,
                                                const smtp_session::SessionFacts& facts) const {
  std::vector<store::Event> events;
  std::size_t left_out = 0;
  for (const store::MessageRecord& message : messages) {
    for (store::Event& event : to_events(report, message, deps.clock.now(), kept)) {
      if (events.size() < max_report_events) {
        events.push_back(std::move(event));
      } else {
        ++left_out;
      }
    }
  }
  if (left_out > 0) {
    log::warning("feedback", "a report said too much",
                 {{"left_out", left_out}, {"peer", net::to_string(facts.remote)}});
  }
  return events;
}

Door::Door(DoorDeps deps, DoorOptions options) : impl_(std::make_shared<Impl>(std::move(deps), std::move(options))) {}
Door::~Door() = default;

net::SessionHandler Door::handler() {
  Impl& impl = *impl_;
  return [&impl](std::unique_ptr<net::Stream> stream) {
    return smtp_session::serve(std::move(stream), impl.server, impl, impl.gate);
  };
}

net::Task<bool> Door::takes_mail_for(std::string domain) {
  const auto impl = impl_;
  const auto ours = co_await impl->is_ours(domain);
  co_return ours && *ours;
}

void Door::finish() { impl_->gate.close(); }

Door::Counters Door::counters() const {
  return {impl_->accepted, impl_->malformed,   impl_->forged,      impl_->expired,
          impl_->unknown,  impl_->turned_away, impl_->unsubscribed};
}

}  // namespace sesame::feedback
