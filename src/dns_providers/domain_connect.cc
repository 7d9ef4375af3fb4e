#include "dns_providers/domain_connect.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/digest.h"
#include "base/text.h"
#include "dns/name.h"
#include "dns_providers/web_call.h"

namespace sesame::dns_providers {
namespace {

namespace json = boost::json;

constexpr std::size_t max_name_octets = 100;
constexpr std::size_t max_url_octets = 1024;
constexpr std::size_t key_part_octets = 200;  // one record of the key stays one character-string
constexpr std::size_t tokens = 3;             // of Easy DKIM
constexpr std::uint32_t ttl = 3600;

// https, without a query, and without a slash at its end.
std::optional<http::Url> base_url(std::string_view text) {
  if (text.empty() || text.size() > max_url_octets) return std::nullopt;
  auto url = http::parse_url(text);
  if (!url || !url->tls || text.find_first_of("?#") != std::string::npos) return std::nullopt;
  while (url->target.ends_with('/')) url->target.pop_back();
  return url;
}

http::Url below(http::Url base, std::string path) {
  base.target += path;
  return base;
}

std::string service_path(const identity::ServiceNames& names) {
  return fmt::format("/v2/domainTemplates/providers/{}/services/{}", percent_encode(names.service_domain),
                     domain_connect_service);
}

int pixels_at(const json::object& object, std::string_view member) {
  const std::int64_t given = number_at(object, member);
  return given >= 100 && given <= 4000 ? static_cast<int>(given) : 750;
}

void add_parameter(std::string& query, std::string_view name, std::string_view value) {
  if (!query.empty()) query += '&';
  query.append(name).append("=").append(percent_encode(value));
}

}  // namespace

std::optional<http::Url> settings_url(std::string_view discovered, std::string_view zone) {
  discovered = trim(discovered);
  const bool is_host_and_path = !discovered.empty() && !discovered.contains("//");
  if (!is_host_and_path || discovered.size() > max_discovery_octets) return std::nullopt;
  const auto url = base_url(fmt::format("https://{}", discovered));
  if (!url) return std::nullopt;
  return below(*url, fmt::format("/v2/{}/settings", percent_encode(zone)));
}

Result<DomainConnectProvider, std::string> parse_domain_connect_settings(std::string_view body) {
  boost::system::error_code problem;
  const json::value parsed = json::parse(json::string_view(body), problem);
  const json::object* object = problem ? nullptr : parsed.if_object();
  if (object == nullptr) return std::unexpected("The provider's settings are no JSON object.");
  DomainConnectProvider provider;
  provider.id = printable_utf8(text_at(*object, "providerId"), max_name_octets);
  provider.name = printable_utf8(text_at(*object, "providerName"), max_name_octets);
  provider.display_name = printable_utf8(text_at(*object, "providerDisplayName"), max_name_octets);
  if (provider.display_name.empty()) provider.display_name = provider.name;
  if (provider.name.empty()) return std::unexpected("The provider's settings do not name the provider.");
  const auto sync = base_url(text_at(*object, "urlSyncUX")), api = base_url(text_at(*object, "urlAPI"));
  if (!sync) return std::unexpected("The provider does not offer the synchronous flow.");
  if (!api) return std::unexpected("The provider's settings name no API.");
  provider.sync_ux = *sync;
  provider.api = *api;
  provider.width = pixels_at(*object, "width");
  provider.height = pixels_at(*object, "height");
  return provider;
}

http::Url template_url(const DomainConnectProvider& provider, const identity::ServiceNames& names) {
  return below(provider.api, service_path(names));
}

json::object domain_connect_template(const identity::ServiceNames& names) {
  json::array records;
  for (std::size_t i = 1; i <= tokens; ++i) {
    const std::string token = fmt::format("%token{}%", i);
    records.push_back(json::object{{"type", "CNAME"},
                                   {"groupId", "dkim"},
                                   {"host", token + "._domainkey"},
                                   {"pointsTo", fmt::format("{}.{}", token, names.dkim_zone())},
                                   {"ttl", ttl}});
  }
  records.push_back(json::object{{"type", "MX"},
                                 {"groupId", "mail-from"},
                                 {"host", "%mailfrom%"},
                                 {"pointsTo", names.feedback_host()},
                                 {"priority", 10},
                                 {"ttl", ttl}});
  records.push_back(json::object{{"type", "TXT"},
                                 {"groupId", "mail-from"},
                                 {"host", "%mailfrom%"},
                                 {"data", names.spf_record()},
                                 {"ttl", ttl},
                                 {"txtConflictMatchingMode", "Prefix"},
                                 {"txtConflictMatchingPrefix", "v=spf1"}});
  return {{"providerId", names.service_domain},
          {"providerName", names.service_domain},
          {"serviceId", domain_connect_service},
          {"serviceName", "Sending mail"},
          {"version", 1},
          {"syncPubKeyDomain", names.service_domain},
          {"description", "Mail that is sent for the domain carries its name: DKIM and a MAIL FROM domain of its own."},
          {"variableDescription",
           "mailfrom: the label of the MAIL FROM domain; token1 to token3: names of the domain's DKIM keys"},
          {"records", std::move(records)}};
}

Result<std::string, std::string> apply_query(const store::IdentityRecord& identity, std::string_view zone) {
  const bool is_easy =
      identity.dkim && identity.dkim->origin == store::DkimOrigin::service && identity.dkim->selectors.size() == tokens;
  if (!is_easy && !identity.mail_from) {
    return std::unexpected("There is neither Easy DKIM nor a MAIL FROM domain to publish.");
  }
  if (!dns::is_at_or_below(identity.name, zone)) return std::unexpected("The domain does not lie in the zone.");
  std::string query;
  std::vector<std::string_view> groups;
  add_parameter(query, "domain", zone);
  if (!dns::equal(identity.name, zone)) {
    add_parameter(query, "host", identity.name.substr(0, identity.name.size() - zone.size() - 1));
  }
  if (is_easy) {
    groups.emplace_back("dkim");
    for (std::size_t i = 0; i < tokens; ++i) {
      add_parameter(query, fmt::format("token{}", i + 1), identity.dkim->selectors[i]);
    }
  }
  if (identity.mail_from) {
    const std::string& domain = identity.mail_from->domain;
    groups.emplace_back("mail-from");
    add_parameter(query, "mailfrom", domain.substr(0, domain.size() - identity.name.size() - 1));
  }
  add_parameter(query, "groupId", fmt::format("{}", fmt::join(groups, ",")));
  return query;
}

std::string signed_apply_url(const DomainConnectProvider& provider, const identity::ServiceNames& names,
                             const std::string& query, const mailauth::dkim::SigningKey& key) {
  const std::string signature = base64_encode(key.sign_digest(sha256(query)));
  return fmt::format("{}?{}&key={}&sig={}", http::to_string(below(provider.sync_ux, service_path(names) + "/apply")),
                     query, domain_connect_key_label, percent_encode(signature));
}

std::vector<std::string> key_records(const mailauth::dkim::SigningKey& key) {
  std::vector<std::string> records;
  std::string_view rest = key.public_key();
  while (!rest.empty()) {
    records.push_back(fmt::format("p={},a=RS256,t=x509,d={}", records.size() + 1, rest.substr(0, key_part_octets)));
    rest.remove_prefix(std::min(rest.size(), key_part_octets));
  }
  return records;
}

}  // namespace sesame::dns_providers
