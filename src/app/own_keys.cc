#include "app/own_keys.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include "app/wait_for.h"

namespace sesame::app {

Result<OwnKeys, std::string> load_own_keys(net::Runtime& runtime, net::WorkerPool& workers,
                                           store::ControlStore& control, RandomSource& random,
                                           std::string service_domain) {
  auto beside = boost::asio::co_spawn(workers.executor(), publish::SigningKey::load(control, std::move(service_domain)),
                                      boost::asio::use_future);
  auto beside_too = boost::asio::co_spawn(workers.executor(), dns_providers::load_domain_connect_key(control),
                                          boost::asio::use_future);
  auto dkim = wait_for(runtime, submission::load_service_key(control, random));
  auto notifications = beside.get();
  auto domain_connect = beside_too.get();
  if (!dkim) return std::unexpected(dkim.error());
  if (!notifications) return std::unexpected(notifications.error());
  if (!domain_connect) return std::unexpected(domain_connect.error());
  return OwnKeys{std::move(*dkim), std::move(*notifications), std::move(*domain_connect)};
}

}  // namespace sesame::app
