#include "dns_providers/powerdns.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/text.h"
#include "dns/name.h"

namespace sesame::dns_providers {
namespace {

namespace json = boost::json;

std::unexpected<ProviderError> malformed() {
  return std::unexpected(
      said(ProviderErrc::malformed, "settings.url", "What answers there is not the API of a PowerDNS server."));
}

// What the server says in an answer that is none: {"error": "..."}.
std::string error_in(const http::ClientResponse& response) {
  const auto body = json_in(response);
  const json::object* object = body ? body->if_object() : nullptr;
  const std::string text = object ? text_at(*object, "error") : "";
  return text.empty() ? fmt::format("status {}", response.status) : text;
}

ProviderError refusal_of(const http::ClientResponse& response, const std::string& zone) {
  const std::string text = error_in(response);
  switch (response.status) {
    case 401:
    case 403: return said(ProviderErrc::bad_credentials, "secrets.api_key", "The server does not take the key.");
    case 404: return said(ProviderErrc::no_zone, "zone", fmt::format("The server does not have {}: {}.", zone, text));
    case 400:
    case 409:
    case 422: return said(ProviderErrc::refused, "", fmt::format("The server does not take it: {}", text));
    default: break;
  }
  ProviderError error = said(ProviderErrc::refused, "settings.url", fmt::format("The server answers: {}.", text));
  error.may_have_happened = response.status >= 500;
  return error;
}

// nullopt: malformed. A set of a type we do not know is empty.
std::optional<RecordSet> read_set(const json::object& rrset, bool& disabled) {
  const auto type = dns::parse_record_type(text_at(rrset, "type"));
  RecordSet set{dns::canonical(text_at(rrset, "name")), type.value_or(dns::RecordType::any), 0, {}};
  const json::value* ttl = rrset.if_contains("ttl");
  const json::array* records = array_at(rrset, "records");
  if (!type || records == nullptr || ttl == nullptr || !ttl->is_int64()) return std::nullopt;
  set.ttl = static_cast<std::uint32_t>(ttl->get_int64());
  for (const json::value& each : *records) {
    const json::object* record = each.if_object();
    if (record == nullptr) return std::nullopt;
    const json::value* off = record->if_contains("disabled");
    disabled = disabled || (off != nullptr && off->is_bool() && off->get_bool());
    auto data = dns::parse_record_data(*type, text_at(*record, "content"));
    auto* good = std::get_if<dns::RecordData>(&data);
    if (good == nullptr) return std::nullopt;
    set.data.push_back(std::move(*good));
  }
  return set;
}

bool is_known_set(const json::object& rrset) {
  const auto type = dns::parse_record_type(text_at(rrset, "type"));
  return type && is_known(*type);
}

}  // namespace

Result<std::vector<RecordSet>, ProviderError> sets_in_powerdns_zone(const json::object& zone,
                                                                    const std::vector<std::string>& names) {
  const json::array* rrsets = array_at(zone, "rrsets");
  if (rrsets == nullptr) return malformed();
  std::vector<RecordSet> sets;
  for (const json::value& each : *rrsets) {
    const json::object* rrset = each.if_object();
    if (rrset == nullptr) return malformed();
    const std::string name = dns::canonical(text_at(*rrset, "name"));
    if (std::ranges::find(names, name) == names.end() || !is_known_set(*rrset)) continue;
    bool disabled = false;
    auto set = read_set(*rrset, disabled);
    if (!set) return malformed();
    if (disabled) {
      return std::unexpected(said(
          ProviderErrc::refused, "",
          fmt::format("{} has disabled {} records, which a change would lose: remove or enable them at the server.",
                      name, dns::name(set->type))));
    }
    if (!set->data.empty()) sets.push_back(std::move(*set));
  }
  return sets;
}

std::string powerdns_patch(const std::vector<Change>& changes) {
  json::array going, coming;
  for (const Change& change : changes) {
    json::object rrset{{"name", change.key().name + "."}, {"type", dns::name(change.key().type)}};
    if (change.after.data.empty()) {
      rrset["changetype"] = "DELETE";
      going.push_back(std::move(rrset));
      continue;
    }
    json::array records;
    for (const dns::RecordData& data : change.after.data) {
      records.push_back(json::object{{"content", dns::presentation(data)}, {"disabled", false}});
    }
    rrset["changetype"] = "REPLACE";
    rrset["ttl"] = change.after.ttl;
    rrset["records"] = std::move(records);
    coming.push_back(std::move(rrset));
  }
  for (json::value& each : coming) going.push_back(std::move(each));
  return json::serialize(json::object{{"rrsets", std::move(going)}});
}

ProviderTask<http::ClientResponse> PowerDnsProvider::call(std::string method, std::string_view query, std::string body,
                                                          net::Deadline deadline) {
  WebCall call;
  call.url_field = "settings.url";
  call.changes = method == "PATCH";
  call.request.method = std::move(method);
  call.request.url = settings_.url;
  std::string path = settings_.url.target;
  if (path.ends_with('/')) path.pop_back();
  call.request.url.target =
      fmt::format("{}/api/v1/servers/{}/zones/{}.{}", path, percent_encode(settings_.server_id), settings_.zone, query);
  call.request.headers.set("X-API-Key", std::string(settings_.api_key.reveal()));
  call.request.headers.set("Accept", "application/json");
  if (!body.empty()) call.request.headers.set("Content-Type", "application/json");
  call.request.body = std::move(body);
  auto response = co_await call_web(client_, std::move(call), deadline);
  if (!response) co_return std::unexpected(response.error());
  if (response->status / 100 != 2) co_return std::unexpected(refusal_of(*response, settings_.zone));
  co_return std::move(*response);
}

ProviderTask<json::object> PowerDnsProvider::zone(std::string_view query, net::Deadline deadline) {
  const auto response = co_await call("GET", query, "", deadline);
  if (!response) co_return std::unexpected(response.error());
  auto body = json_in(*response);
  json::object* object = body ? body->if_object() : nullptr;
  const bool is_zone = object != nullptr && dns::canonical(text_at(*object, "name")) == settings_.zone;
  if (!is_zone) co_return malformed();
  co_return std::move(*object);
}

ProviderTask<ZoneFacts> PowerDnsProvider::test(net::Deadline deadline) {
  const auto found = co_await zone("?rrsets=false", deadline);
  if (!found) co_return std::unexpected(found.error());
  ZoneFacts facts;
  const json::value* serial = found->if_contains("serial");
  if (serial != nullptr && serial->is_int64()) facts.serial = static_cast<std::uint32_t>(serial->get_int64());
  co_return facts;
}

ProviderTask<std::vector<RecordSet>> PowerDnsProvider::read(std::vector<SetKey> questions, net::Deadline deadline) {
  // The whole zone: asked for one name only, the server does not tell of disabled records.
  const auto found = co_await zone("", deadline);
  if (!found) co_return std::unexpected(found.error());
  co_return sets_in_powerdns_zone(*found, names_of(questions));
}

ProviderTask<void> PowerDnsProvider::apply(ChangeSet changes, net::Deadline deadline) {
  const auto present = co_await read_expected(*this, changes.expected, deadline);
  if (!present) co_return std::unexpected(present.error());
  const auto response = co_await call("PATCH", "", powerdns_patch(changes.changes), deadline);
  if (!response) co_return std::unexpected(response.error());
  co_return Result<void, ProviderError>();
}

}  // namespace sesame::dns_providers
