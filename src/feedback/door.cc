#include "feedback/door.h"

#include <atomic>
#include <set>

#include "base/log.h"
#include "base/text.h"
#include "feedback/report.h"
#include "feedback/report_events.h"
#include "smtp_session/server_session.h"

namespace sesame::feedback {
namespace {

using submission::IdCheck;

smtp::Reply no_such_recipient() { return smtp::make_reply(550, smtp::EnhancedStatus{5, 1, 1}, "No such return path"); }
smtp::Reply try_later() { return smtp::make_reply(451, smtp::EnhancedStatus{4, 3, 0}, "Temporary service failure"); }

smtp_session::ServerOptions server_options(const DoorOptions& options, const net::TlsContext& tls) {
  smtp_session::ServerOptions server;
  server.settings.host_name = options.host_name;
  server.settings.extensions.starttls = true;
  server.settings.extensions.pipelining = true;
  server.settings.extensions.eight_bit_mime = true;
  server.settings.extensions.enhanced_status_codes = true;
  server.settings.max_message_octets = options.max_message_octets;
  server.tls = tls;
  return server;
}

}  // namespace

struct Door::Impl final : smtp_session::Handler {
  Impl(DoorDeps d, DoorOptions options) : deps(std::move(d)), server(server_options(options, deps.tls)) {}

  net::Task<std::optional<smtp::Reply>> rcpt(const smtp_session::SessionFacts& facts, const smtp::Envelope& envelope,
                                             const smtp::Recipient& recipient) override;
  net::Task<smtp::Reply> message(const smtp_session::SessionFacts& facts, smtp::Envelope envelope, std::string content,
                                 std::string with_protocol) override;

  // Genuine by its tag? Counts the refusals by reason.
  bool is_genuine(const std::string& id);

  DoorDeps deps;
  const smtp_session::ServerOptions server;
  net::IdleGate gate;
  std::atomic<std::uint64_t> accepted{0}, malformed{0}, forged{0}, expired{0}, unknown{0};
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

net::Task<std::optional<smtp::Reply>> Door::Impl::rcpt(const smtp_session::SessionFacts& facts, const smtp::Envelope&,
                                                       const smtp::Recipient& recipient) {
  // Some hosts change the case of local parts on the way back; ours hold no capitals.
  const std::string id = ascii_lower(recipient.forward_path.local_part);
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
  const std::string path = id + "@" + recipient.forward_path.domain;
  if (!found || !ascii_iequals(found->message.envelope.reverse_path, path)) {
    ++unknown;
    co_return no_such_recipient();
  }
  co_return std::nullopt;
}

net::Task<smtp::Reply> Door::Impl::message(const smtp_session::SessionFacts& facts, smtp::Envelope envelope,
                                           std::string content, std::string) {
  // The same return path may be named again and again, in any case: it came home once.
  std::set<std::string> ids;
  for (const smtp::Recipient& recipient : envelope.recipients) {
    ids.insert(ascii_lower(recipient.forward_path.local_part));
  }
  const Report report = read_report(content);
  std::vector<store::Event> events;
  std::size_t left_out = 0;
  for (const std::string& id : ids) {
    auto found = co_await deps.queue.find_message_any_account(id);
    if (!found) {
      log::error("feedback", "message cannot be looked up", {{"api_message_id", id}, {"detail", found.error().detail}});
      co_return try_later();
    }
    for (store::Event& event : to_events(report, *found, deps.clock.now())) {
      if (events.size() < max_report_events) {
        events.push_back(std::move(event));
      } else {
        ++left_out;
      }
    }
    log::info("feedback", "came home", {{"api_message_id", id}, {"peer", net::to_string(facts.remote)}});
  }
  if (left_out > 0) {
    log::warning("feedback", "a report said too much",
                 {{"left_out", left_out}, {"peer", net::to_string(facts.remote)}});
  }
  if (!events.empty()) {
    auto appended = co_await deps.queue.append_events(std::move(events));
    if (!appended) {
      log::error("feedback", "events cannot be stored", {{"detail", appended.error().detail}});
      co_return try_later();
    }
    deps.feed.committed();
  }
  ++accepted;
  co_return smtp::make_reply(250, smtp::EnhancedStatus{2, 0, 0}, "Ok");
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
  return {impl_->accepted, impl_->malformed, impl_->forged, impl_->expired, impl_->unknown};
}

}  // namespace sesame::feedback
