#include "identity/testing/house.h"

#include <fmt/format.h>

namespace sesame::identity {
namespace {

dns::AuthoritativeOptions quick(std::uint16_t port) {
  dns::AuthoritativeOptions options;
  options.allow_private_servers = true;
  options.port = port;
  options.limits.per_server_per_second = 0;
  options.first_try = std::chrono::milliseconds(50);
  return options;
}

}  // namespace

net::Task<bool> CollectedNotices::send(Notice notice) {
  if (refusing_) co_return false;
  const std::lock_guard lock(mutex_);
  sent_.push_back(std::move(notice));
  co_return true;
}

std::vector<Notice> CollectedNotices::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(sent_, {});
}

House::House()
    : client(runtime.executor(0), servers.resolver(), random, quick(servers.port())),
      service(ServiceDeps{*temp.stores.control, client, notices, clock, random, workers.executor(), names,
                          "https://svc.example", &servers.resolver()}) {
  servers.resolver().add(names.service_domain, dns::RecordType::txt, "\"v=spf1 ip4:192.0.2.25 ~all\"");
  run(temp.stores.control->put_account({account, "owner@example.org", clock.now()})).value();
}

House::~House() { runtime.run_blocking(client.stop()); }

store::IdentityRecord House::domain(const std::string& name) {
  return must(service.create(account, name,
                             CreateOptions{.own_key = {}, .next_key_bits = 1024, .configuration_set = {}, .tags = {}}));
}

store::IdentityRecord House::read(const std::string& name) { return must(service.get(account, name)); }

void House::publish_dkim(const store::IdentityRecord& identity) {
  if (!identity.dkim) throw std::invalid_argument(identity.name + " has no DKIM");
  for (const std::string& token : identity.dkim->selectors) {
    servers.publish(fmt::format("{}._domainkey.{}", token, identity.name), dns::RecordType::cname,
                    names.dkim_target(token));
  }
}

void House::publish_mail_from(const std::string& mail_from_domain) {
  servers.publish(mail_from_domain, dns::RecordType::mx, "10 " + names.feedback_host());
  servers.publish(mail_from_domain, dns::RecordType::txt, "\"" + names.spf_record() + "\"");
}

}  // namespace sesame::identity
