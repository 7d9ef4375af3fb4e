#include "api/sesame/credentials_api.h"

#include "api/json.h"
#include "api/sigv4/smtp_password.h"
#include "base/log.h"
#include "base/time_text.h"
#include "store/new_credential.h"

namespace sesame::api {
namespace {

namespace json = boost::json;

json::object shape(const store::Credential& credential) {
  return {{"access_key_id", credential.access_key_id},
          {"description", credential.description},
          {"created", format_rfc3339_ms(credential.created)}};
}

}  // namespace

net::Task<http::Response> CredentialsApi::handle(Call call) {
  static constexpr auto routes = std::to_array<Route<CredentialsApi>>({
      {"GET", "/v2/sesame/credentials", &CredentialsApi::list},
      {"POST", "/v2/sesame/credentials", &CredentialsApi::create},
      {"DELETE", "/v2/sesame/credentials/{id}", &CredentialsApi::remove},
  });
  http::Response response = co_await route<CredentialsApi>(*this, routes, std::move(call));
  co_return response;
}

net::Task<Outcome> CredentialsApi::list(Call call, Arguments) {
  const auto known = co_await deps_.control.list_credentials(call.caller.account_id);
  if (!known) co_return std::unexpected(to_api_error(known.error(), "List"));
  json::array credentials;
  for (const store::Credential& credential : *known) credentials.push_back(shape(credential));
  co_return json::object{{"credentials", std::move(credentials)}};
}

net::Task<Outcome> CredentialsApi::create(Call call, Arguments) {
  const auto body = parse_body(call.body);
  if (!body) co_return std::unexpected(body.error());
  Validation validation;
  const std::string description = ObjectReader(*body, validation).text("description").value_or("");
  validation.length_between(description, "description", 0, max_description_octets);
  if (const auto error = validation.error()) co_return std::unexpected(*error);
  const auto known = co_await deps_.control.list_credentials(call.caller.account_id);
  if (!known) co_return std::unexpected(to_api_error(known.error(), "List"));
  if (known->size() >= max_credentials) {
    co_return refuse(ErrorName::limit_exceeded, "The account has 1000 access keys already: delete one first.");
  }
  store::Credential made = store::new_credential(call.caller.account_id, description, deps_.clock, deps_.random);
  json::object answer = shape(made);
  answer["secret_access_key"] = made.secret_access_key.reveal();
  answer["smtp_password"] = sigv4::smtp_password(made.secret_access_key, deps_.region).reveal();
  const std::string access_key_id = made.access_key_id;
  const auto stored = co_await deps_.control.create_credential(std::move(made));
  if (!stored) co_return std::unexpected(to_api_error(stored.error(), "Access key"));
  log::info("api", "access key made", {{"access_key_id", access_key_id}, {"by", call.caller.access_key_id}});
  co_return answer;
}

net::Task<Outcome> CredentialsApi::remove(Call call, Arguments arguments) {
  const std::string what = "Access key " + arguments[0];
  const auto known = co_await deps_.control.find_credential(arguments[0]);
  if (!known) co_return std::unexpected(to_api_error(known.error(), what));
  if (known->account_id != call.caller.account_id) {
    co_return std::unexpected(to_api_error(store::StoreError{store::StoreErrc::not_found, ""}, what));
  }
  const auto deleted = co_await deps_.control.delete_credential(arguments[0]);
  if (!deleted) co_return std::unexpected(to_api_error(deleted.error(), what));
  log::info("api", "access key deleted", {{"access_key_id", arguments[0]}, {"by", call.caller.access_key_id}});
  co_return json::object{};
}

}  // namespace sesame::api
