#include "dns_providers/providers_api.h"

#include <array>

#include "api/json.h"
#include "api/query.h"
#include "dns/name.h"
#include "dns_providers/shapes.h"

namespace sesame::dns_providers {
namespace {

namespace json = boost::json;
using api::Arguments;
using api::Call;
using api::Route;

// The bodies of a connection's POST and PUT.
api::ApiResult<ConnectionInput> read_connection(const Call& call) {
  const auto body = api::parse_body(call.body);
  if (!body) return std::unexpected(body.error());
  api::Validation validation;
  ConnectionInput input = connection_input(*body, validation);
  if (const auto error = validation.error()) return std::unexpected(*error);
  return input;
}

api::ApiResult<PublishInput> read_publish(const Call& call) {
  const auto body = api::parse_body(call.body);
  if (!body) return std::unexpected(body.error());
  return publish_input(*body);
}

template <class T>
api::Outcome answer_of(const Result<T, PublishError>& result) {
  if (!result) return std::unexpected(to_api_error(result.error()));
  return to_json(*result);
}

}  // namespace

net::Task<http::Response> ProvidersApi::handle(Call call) {
  static constexpr auto routes = std::to_array<Route<ProvidersApi>>({
      {"GET", "/v2/sesame/dns/providers", &ProvidersApi::list_kinds},
      {"GET", "/v2/sesame/dns/domain-connect-templates", &ProvidersApi::list_templates},
      {"GET", "/v2/sesame/identities/{identity}/domain-connect", &ProvidersApi::domain_connect},
      {"GET", "/v2/sesame/dns/connections", &ProvidersApi::list_connections},
      {"POST", "/v2/sesame/dns/connections", &ProvidersApi::create_connection},
      {"GET", "/v2/sesame/dns/connections/{id}", &ProvidersApi::get_connection},
      {"PUT", "/v2/sesame/dns/connections/{id}", &ProvidersApi::update_connection},
      {"DELETE", "/v2/sesame/dns/connections/{id}", &ProvidersApi::delete_connection},
      {"POST", "/v2/sesame/dns/connections/{id}/test", &ProvidersApi::test_connection},
      {"POST", "/v2/sesame/identities/{identity}/records/preview", &ProvidersApi::preview},
      {"POST", "/v2/sesame/identities/{identity}/records/publish", &ProvidersApi::publish},
      {"GET", "/v2/sesame/identities/{identity}/records/publications", &ProvidersApi::list_publications},
      {"POST", "/v2/sesame/identities/{identity}/records/publications/{id}/undo", &ProvidersApi::undo},
  });
  http::Response response = co_await api::route<ProvidersApi>(*this, routes, std::move(call));
  co_return response;
}

ProvidersApi::Answer ProvidersApi::list_kinds(Call, Arguments) {
  json::array all;
  for (const Kind& kind : kinds()) all.push_back(to_json(kind));
  co_return json::object{
      {"kinds", std::move(all)},
      {"delegation", {{"offered", options_.delegation_offered}, {"name_server", options_.name_server}}},
      {"private_addresses", options_.private_addresses}};
}

ProvidersApi::Answer ProvidersApi::list_templates(Call, Arguments) {
  co_return json::object{{"templates", json::array{domain_connect_template(domain_connect_.names())}}};
}

ProvidersApi::Answer ProvidersApi::domain_connect(Call call, Arguments arguments) {
  const auto status = co_await domain_connect_.status(call.caller.account_id, arguments[0]);
  co_return answer_of(status);
}

ProvidersApi::Answer ProvidersApi::list_connections(Call call, Arguments) {
  const std::string identity = dns::canonical(api::text_parameter(call, "identity").value_or(""));
  const auto connections = co_await connections_.list(call.caller.account_id, identity);
  if (!connections) co_return std::unexpected(to_api_error(connections.error()));
  json::array all;
  for (const Connection& connection : *connections) all.push_back(to_json(connection));
  co_return json::object{{"connections", std::move(all)}};
}

ProvidersApi::Answer ProvidersApi::create_connection(Call call, Arguments) {
  auto input = read_connection(call);
  if (!input) co_return std::unexpected(input.error());
  const auto made = co_await connections_.create(call.caller.account_id, std::move(*input));
  co_return answer_of(made);
}

ProvidersApi::Answer ProvidersApi::get_connection(Call call, Arguments arguments) {
  const auto connection = co_await connections_.get(call.caller.account_id, arguments[0]);
  co_return answer_of(connection);
}

ProvidersApi::Answer ProvidersApi::update_connection(Call call, Arguments arguments) {
  auto input = read_connection(call);
  if (!input) co_return std::unexpected(input.error());
  const auto updated = co_await connections_.update(call.caller.account_id, arguments[0], std::move(*input));
  co_return answer_of(updated);
}

ProvidersApi::Answer ProvidersApi::delete_connection(Call call, Arguments arguments) {
  const auto removed = co_await connections_.remove(call.caller.account_id, arguments[0]);
  if (!removed) co_return std::unexpected(to_api_error(removed.error()));
  co_return json::object{};
}

ProvidersApi::Answer ProvidersApi::test_connection(Call call, Arguments arguments) {
  const auto result = co_await connections_.test(call.caller.account_id, arguments[0]);
  co_return answer_of(result);
}

ProvidersApi::Answer ProvidersApi::preview(Call call, Arguments arguments) {
  auto input = read_publish(call);
  if (!input) co_return std::unexpected(input.error());
  const auto preview = co_await publisher_.preview(call.caller.account_id, arguments[0], std::move(*input));
  co_return answer_of(preview);
}

ProvidersApi::Answer ProvidersApi::publish(Call call, Arguments arguments) {
  auto input = read_publish(call);
  if (!input) co_return std::unexpected(input.error());
  const auto body = api::parse_body(call.body);
  api::Validation validation;
  std::string seen;
  if (body) seen = api::ObjectReader(*body, validation).required_text("seen");
  if (const auto error = validation.error()) co_return std::unexpected(*error);
  const auto outcome = co_await publisher_.publish(call.caller.account_id, call.caller.access_key_id, arguments[0],
                                                   std::move(*input), std::move(seen));
  co_return answer_of(outcome);
}

ProvidersApi::Answer ProvidersApi::list_publications(Call call, Arguments arguments) {
  const auto all = co_await publisher_.list(call.caller.account_id, arguments[0]);
  if (!all) co_return std::unexpected(to_api_error(all.error()));
  json::array publications;
  for (const Published& each : *all) publications.push_back(to_json(each));
  co_return json::object{{"publications", std::move(publications)}};
}

ProvidersApi::Answer ProvidersApi::undo(Call call, Arguments arguments) {
  const auto outcome =
      co_await publisher_.undo(call.caller.account_id, call.caller.access_key_id, arguments[0], arguments[1]);
  co_return answer_of(outcome);
}

}  // namespace sesame::dns_providers
