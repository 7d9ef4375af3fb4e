#include "sandbox/sandbox.h"

#include "sandbox/inbox.h"
#include "sandbox/provider.h"
#include "sandbox/receiver.h"
#include "sandbox/report_mailer.h"
#include "sandbox/sandbox_api.h"
#include "sandbox/world.h"

namespace sesame::sandbox {
namespace {

constexpr std::size_t max_message_octets = 40u << 20;  // what SES takes at most

// Lies in the service domain, whose own zone knows nothing of it; the longer apex wins.
std::shared_ptr<zone::Zone> simulator_zone(const Hosts& hosts) {
  const std::string domain = hosts.simulator_domain();
  zone::ZoneData zone = new_zone(hosts, domain, 1);
  add_record(zone, domain, dns::RecordType::mx, "10 " + std::string(mx_host));
  return std::make_shared<zone::Zone>(std::move(zone));
}

}  // namespace

struct Sandbox::Impl {
  Impl(const Deps& d, const Options& options, Hosts h, std::unique_ptr<Provider> p)
      : deps(d),
        account_id(options.account_id),
        hosts(std::move(h)),
        provider(std::move(p)),
        inbox({options.max_inbox_messages, options.max_inbox_octets}),
        reports({deps.resolver, deps.runtime, deps.clock, deps.random}, hosts, options.smtp_port),
        receiver({deps.resolver, inbox, reports, deps.clock, deps.random},
                 {hosts, std::min(max_message_octets, options.max_inbox_octets)}),
        api(inbox, *provider, worker.executor()) {}

  Deps deps;
  const std::string account_id;
  const Hosts hosts;
  std::unique_ptr<Provider> provider;
  net::WorkerPool worker{1};  // writes zones.json, takes large messages apart
  Inbox inbox;
  ReportMailer reports;
  Receiver receiver;
  SandboxApi api;
};

Sandbox::Sandbox(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Sandbox::~Sandbox() = default;

Result<std::unique_ptr<Sandbox>, std::string> Sandbox::open(Deps deps, Options options) {
  if (options.name_server_addresses.empty()) {
    return std::unexpected("sandbox: the DNS provider needs at least one name server address");
  }
  Hosts hosts{options.service_domain, options.receiver_address, options.name_server_addresses};
  auto provider = Provider::open({deps.authority, deps.clock}, hosts, options.data_dir / "zones.json");
  if (!provider) return std::unexpected(provider.error().text);
  deps.authority.put(hosts.simulator_domain(), simulator_zone(hosts));
  auto impl = std::make_unique<Impl>(deps, options, std::move(hosts), std::move(*provider));
  return std::unique_ptr<Sandbox>(new Sandbox(std::move(impl)));
}

std::shared_ptr<zone::ZoneSource> Sandbox::world(std::shared_ptr<zone::ZoneSource> before) {
  return std::make_shared<World>(impl_->hosts, impl_->account_id, impl_->deps.control, *impl_->provider,
                                 std::move(before));
}

net::SessionHandler Sandbox::receiver() { return impl_->receiver.session_handler(); }

api::Api& Sandbox::api() { return impl_->api; }

void Sandbox::finish() {
  impl_->receiver.finish();
  impl_->inbox.stop_waiting();
}

net::Task<void> Sandbox::stop(net::Deadline deadline) { co_await impl_->reports.stop(deadline); }

}  // namespace sesame::sandbox
