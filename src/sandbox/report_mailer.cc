#include "sandbox/report_mailer.h"

#include "base/log.h"
#include "delivery/next_hop.h"
#include "delivery/session.h"

namespace sesame::sandbox {
namespace {

using namespace std::chrono_literals;

constexpr auto dns_patience = 10s;
constexpr auto hosts_patience = std::chrono::seconds(30);
constexpr auto first_pause = 1s;  // doubled each time: 31 s in all
constexpr auto lifetime = 1h;     // for the retry decision only; attempts run out long before

delivery::AttemptOutcome outcome_of(const Result<smtp::Reply, smtp_session::Failure>& result) {
  if (result) return delivery::DeliveredOutcome{*result};
  return delivery::to_outcome(result.error());
}

}  // namespace

ReportMailer::ReportMailer(ReportMailerDeps deps, const Hosts& hosts, std::uint16_t smtp_port)
    : deps_(deps), tls_(net::TlsContext::client_opportunistic()) {
  options_.port = smtp_port;
  const delivery::OwnAddress own{.address = hosts.receiver_address, .helo_name = ""};
  sources_.first = std::make_shared<const delivery::Source>(delivery::make_source(own, std::string(mx_host)));
  options_.hosts.allow_private = true;
  options_.loopback_only = true;
}

void ReportMailer::mail(Report report) {
  const std::string recipient = smtp::format_mailbox(report.recipient);
  if (has_room() && tasks_.spawn(deps_.runtime.next(), deliver(std::move(report)))) return;
  log::warning("sandbox", "report dropped",
               {{"to", recipient}, {"why", tasks_.stopping() ? "stopping" : "too many are under way"}});
}

net::Task<void> ReportMailer::deliver(Report report) {
  const std::string recipient = smtp::format_mailbox(report.recipient);
  const Time begun = deps_.clock.now();
  std::chrono::milliseconds pause = first_pause;
  for (std::uint32_t attempts = 0;; ++attempts, pause *= 2) {
    const delivery::AttemptOutcome outcome = co_await attempt(report);
    const Time now = deps_.clock.now();
    const auto decision = delivery::decide(outcome, attempts, begun, begun + lifetime, now, deps_.random);
    if (decision.state == store::RecipientState::delivered) {
      ++sent_;
      log::info("sandbox", "report sent", {{"to", recipient}, {"reply", decision.text}});
      co_return;
    }
    bool again = decision.state == store::RecipientState::queued && attempts + 1 < max_attempts;
    if (again) {
      const bool stopped = co_await stopping_.wait(0, net::after(pause));
      again = !stopped;
    }
    if (!again) {
      log::warning("sandbox", "report dropped", {{"to", recipient}, {"why", decision.text}});
      co_return;
    }
  }
}

net::Task<delivery::AttemptOutcome> ReportMailer::attempt(const Report& report) {
  auto next_hop = co_await delivery::find_next_hop(deps_.resolver, report.recipient.domain, options_.hosts,
                                                   deps_.random, net::after(dns_patience));
  if (auto* failure = std::get_if<delivery::NextHopFailure>(&next_hop)) co_return std::move(*failure);
  auto hosts = std::get<std::vector<delivery::MxHost>>(std::move(next_hop));
  auto opened = co_await delivery::open_session(std::move(hosts), sources_, options_, tls_, deps_.random,
                                                net::after(hosts_patience));
  if (auto* none = std::get_if<delivery::NoSession>(&opened)) co_return std::move(none->why);
  smtp_session::ClientSession& session = *std::get<delivery::OpenSession>(opened).session;
  smtp_session::OutboundMessage message;
  message.recipients = {report.recipient};
  message.content = report.content;
  const smtp_session::SendOutcome sent = co_await session.send(std::move(message));
  co_await session.quit();
  co_return outcome_of(sent.recipients.at(0));
}

net::Task<void> ReportMailer::stop(net::Deadline deadline) {
  stopping_.committed();
  co_await tasks_.drain(deadline);
  co_await tasks_.stop();
}

}  // namespace sesame::sandbox
