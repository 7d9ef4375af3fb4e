#include "dns_providers/domain_connect_finder.h"

#include <fmt/format.h>

#include "base/log.h"
#include "base/text.h"
#include "dns/name.h"

namespace sesame::dns_providers {
namespace {

using mailauth::dkim::SigningKey;

constexpr const char* secret_name = "domain-connect/1";
constexpr std::size_t max_problem_octets = 300;

std::string sentence(std::string_view text) { return printable_utf8(text, max_problem_octets); }

}  // namespace

net::Task<Result<std::unique_ptr<SigningKey>, std::string>> load_domain_connect_key(store::ControlStore& control) {
  const auto kept = co_await control.secrets_with_prefix(secret_name);
  if (!kept) co_return std::unexpected("the Domain Connect key cannot be read: " + kept.error().detail);
  if (!kept->empty()) {
    auto key = SigningKey::from_der(kept->front().second.reveal());
    if (!key) co_return std::unexpected("the Domain Connect key is damaged");
    co_return std::make_unique<SigningKey>(std::move(*key));
  }
  auto made = std::make_unique<SigningKey>(SigningKey::generate_rsa());
  const auto put = co_await control.put_secret(secret_name, made->private_key());
  if (!put) co_return std::unexpected("the Domain Connect key cannot be stored: " + put.error().detail);
  log::info("dns_providers", "made the key that signs Domain Connect URLs");
  co_return made;
}

net::Task<Result<http::ClientResponse, std::string>> DomainConnectFinder::get(http::Url url, net::Deadline deadline) {
  http::ClientRequest request;
  request.url = std::move(url);
  request.headers.set("Accept", "application/json");
  http::ClientOptions options;
  options.deadline = deadline;
  options.max_body_octets = max_settings_octets;
  const std::string host = request.url.host;
  auto response = co_await deps_.client.send(std::move(request), options);
  if (response) co_return std::move(*response);
  co_return std::unexpected(sentence(fmt::format("{} cannot be asked: {}.", host, response.error().detail)));
}

// Nothing: the provider does not offer it.
net::Task<Result<std::optional<DomainConnectProvider>, std::string>> DomainConnectFinder::discover(
    std::string zone, net::Deadline deadline) {
  const std::string place = "_domainconnect." + zone;
  const dns::Answer found = co_await deps_.resolver.resolve(place, dns::RecordType::txt, deadline);
  if (found.status == dns::AnswerStatus::servfail || found.status == dns::AnswerStatus::timeout) {
    co_return std::unexpected(sentence(fmt::format("The DNS does not answer for {}.", place)));
  }
  const auto* txt = found.records.size() == 1 ? std::get_if<dns::Txt>(&found.records.front().data) : nullptr;
  if (txt == nullptr) co_return std::optional<DomainConnectProvider>();
  const auto url = settings_url(txt->joined(), zone);
  if (!url) co_return std::unexpected(sentence(fmt::format("{} does not hold the name of a host.", place)));
  const auto response = co_await get(*url, deadline);
  if (!response) co_return std::unexpected(response.error());
  if (response->status == 404) co_return std::optional<DomainConnectProvider>();  // not for this domain
  if (response->status != 200) {
    co_return std::unexpected(fmt::format("{} answers with status {}.", url->host, response->status));
  }
  auto provider = parse_domain_connect_settings(response->body);
  if (!provider) co_return std::unexpected(provider.error());
  co_return std::optional<DomainConnectProvider>(std::move(*provider));
}

PublishTask<DomainConnectStatus> DomainConnectFinder::status(std::string account_id, std::string identity) {
  const net::Deadline deadline = net::after(patience);
  const auto record = co_await deps_.identities.get_watched(account_id, identity);
  if (!record) {
    const bool missing = record.error().code == identity::IdentityErrc::not_found;
    co_return refuse(missing ? PublishErrc::not_found : PublishErrc::unavailable, record.error().text);
  }
  if (record->kind != store::IdentityKind::domain) {
    co_return refuse(PublishErrc::invalid,
                     fmt::format("{} is an address: records are published for domains.", identity));
  }
  DomainConnectStatus status;
  const auto zone = co_await deps_.authoritative.servers_for(record->name, deadline);
  if (!zone) {
    status.problem = sentence(fmt::format("The zone of {} cannot be found: {}.", record->name, zone.error().detail));
    co_return status;
  }
  auto provider = co_await discover(zone->apex, deadline);
  if (!provider) {
    status.problem = provider.error();
    co_return status;
  }
  status.provider = std::move(*provider);
  if (!status.provider) co_return status;
  const auto query = apply_query(*record, zone->apex);
  if (!query) {
    status.problem = query.error();
    co_return status;
  }
  const auto supported = co_await get(template_url(*status.provider, deps_.names), deadline);
  if (!supported) {
    status.problem = supported.error();
    co_return status;
  }
  status.template_supported = supported->status == 200;
  if (status.template_supported) {
    status.apply_url = signed_apply_url(*status.provider, deps_.names, *query, deps_.key);
  } else {
    status.problem = sentence(fmt::format("{} has not taken in the template of {}.", status.provider->display_name,
                                          deps_.names.service_domain));
  }
  co_return status;
}

}  // namespace sesame::dns_providers
