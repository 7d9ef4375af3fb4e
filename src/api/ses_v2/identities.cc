// Operations on identities (spec 1, 2.6).
#include "api/paging.h"
#include "api/ses_v2/api.h"
#include "api/ses_v2/dkim_input.h"
#include "api/ses_v2/identity_shapes.h"
#include "api/tags.h"
#include "submission/configuration_sets.h"

namespace sesame::api {
namespace {

namespace json = boost::json;

constexpr std::string_view list_name = "ListEmailIdentities";

struct CreateRequest {
  std::string name;
  identity::CreateOptions options;
};

ApiResult<CreateRequest> read_create(const std::string& text) {
  const auto body = parse_body(text);
  if (!body) return std::unexpected(body.error());
  Validation validation;
  const ObjectReader input(*body, validation);
  CreateRequest request;
  request.name = input.required_text("EmailIdentity");
  if (input.has("EmailIdentity")) {
    validation.must(!request.name.empty(), "emailIdentity", "Member must have length greater than or equal to 1");
  }
  request.options.tags = read_tags(input, validation);
  if (const auto attributes = input.object("DkimSigningAttributes")) {
    auto signing = read_dkim_signing(*attributes, validation);
    if (!signing) return std::unexpected(signing.error());
    request.options.own_key = std::move(signing->own_key);
    request.options.next_key_bits = signing->next_key_bits;
  }
  request.options.configuration_set = input.text("ConfigurationSetName");
  if (const auto error = validation.error()) return std::unexpected(*error);
  return request;
}

struct MailFromRequest {
  std::string domain;  // empty: clear
  store::BehaviorOnMxFailure behavior = store::BehaviorOnMxFailure::use_default;
};

ApiResult<MailFromRequest> read_mail_from(const std::string& text) {
  const auto body = parse_body(text);
  if (!body) return std::unexpected(body.error());
  Validation validation;
  const ObjectReader input(*body, validation);
  MailFromRequest request;
  request.domain = input.text("MailFromDomain").value_or("");
  request.behavior = input.one_of("BehaviorOnMxFailure", behavior_words).value_or(request.behavior);
  if (const auto error = validation.error()) return std::unexpected(*error);
  return request;
}

ApiResult<bool> read_forwarding_enabled(const std::string& text) {
  const auto body = parse_body(text);
  if (!body) return std::unexpected(body.error());
  Validation validation;
  const bool enabled = ObjectReader(*body, validation).flag("EmailForwardingEnabled").value_or(false);
  if (const auto error = validation.error()) return std::unexpected(*error);
  return enabled;
}

ApiResult<std::optional<std::string>> read_configuration_set(const std::string& text) {
  const auto body = parse_body(text);
  if (!body) return std::unexpected(body.error());
  Validation validation;
  auto name = ObjectReader(*body, validation).text("ConfigurationSetName");
  if (const auto error = validation.error()) return std::unexpected(*error);
  if (name && name->empty()) name.reset();
  return name;
}

}  // namespace

net::Task<Outcome> SesV2::create_email_identity(Call call, Arguments) {
  auto request = read_create(call.body);
  if (!request) co_return std::unexpected(request.error());
  if (const std::optional<std::string> set = request->options.configuration_set) {
    const auto known = co_await deps_.configuration.find(call.caller.account_id, *set);
    if (!known) co_return std::unexpected(to_api_error(known.error()));
  }
  const auto created =
      co_await deps_.identities.create(call.caller.account_id, std::move(request->name), std::move(request->options));
  if (!created) co_return std::unexpected(to_api_error(created.error()));
  const auto dkim = co_await shown_dkim(*created);
  if (!dkim) co_return std::unexpected(dkim.error());
  const json::object shape = email_identity(*created, *dkim, deps_.names);
  json::object answer;
  for (const char* member : {"IdentityType", "VerifiedForSendingStatus", "DkimAttributes"}) {
    answer[member] = shape.at(member);
  }
  co_return answer;
}

net::Task<Outcome> SesV2::get_email_identity(Call call, Arguments arguments) {
  // Somebody is looking: what is pending is looked at every two seconds for the next minute (DESIGN 4).
  const auto found = co_await deps_.identities.get_watched(call.caller.account_id, arguments[0]);
  if (!found) co_return std::unexpected(to_api_error(found.error()));
  const auto dkim = co_await shown_dkim(*found);
  if (!dkim) co_return std::unexpected(dkim.error());
  co_return email_identity(*found, *dkim, deps_.names);
}

net::Task<Outcome> SesV2::list_email_identities(Call call, Arguments) {
  const std::string& account = call.caller.account_id;
  const auto asked = read_page_request(call, list_name);
  if (!asked) co_return std::unexpected(asked.error());
  const auto page = co_await deps_.identities.list(account, asked->after, asked->limit, std::nullopt);
  if (!page) co_return std::unexpected(to_api_error(page.error()));
  json::array identities;
  for (const store::IdentityRecord& identity : page->identities) identities.push_back(identity_info(identity));
  json::object answer{{"EmailIdentities", std::move(identities)}};
  put_next_token(answer, list_name, account, page->next_after);
  co_return answer;
}

net::Task<Outcome> SesV2::delete_email_identity(Call call, Arguments arguments) {
  const auto removed = co_await deps_.identities.remove(call.caller.account_id, arguments[0]);
  if (!removed) co_return std::unexpected(to_api_error(removed.error()));
  co_return json::object();
}

net::Task<Outcome> SesV2::put_mail_from_attributes(Call call, Arguments arguments) {
  auto request = read_mail_from(call.body);
  if (!request) co_return std::unexpected(request.error());
  const auto set = co_await deps_.identities.set_mail_from(call.caller.account_id, arguments[0],
                                                           std::move(request->domain), request->behavior);
  if (set) co_return json::object();
  ApiError error = to_api_error(set.error());
  // The model lists NotFoundException, the service answers this (spec 2.1, 10.4).
  if (error.name == ErrorName::not_found) error.name = ErrorName::bad_request;
  co_return std::unexpected(std::move(error));
}

net::Task<Outcome> SesV2::put_feedback_attributes(Call call, Arguments arguments) {
  const auto enabled = read_forwarding_enabled(call.body);
  if (!enabled) co_return std::unexpected(enabled.error());
  const auto set = co_await deps_.identities.set_feedback_forwarding(call.caller.account_id, arguments[0], *enabled);
  if (!set) co_return std::unexpected(to_api_error(set.error()));
  co_return json::object();
}

net::Task<Outcome> SesV2::put_configuration_set_attributes(Call call, Arguments arguments) {
  const auto read = read_configuration_set(call.body);
  if (!read) co_return std::unexpected(read.error());
  const std::optional<std::string> name = *read;
  if (name) {
    const auto known = co_await deps_.configuration.find(call.caller.account_id, *name);
    if (!known) co_return std::unexpected(to_api_error(known.error()));
  }
  const auto set = co_await deps_.identities.set_configuration_set(call.caller.account_id, arguments[0], name);
  if (!set) co_return std::unexpected(to_api_error(set.error()));
  co_return json::object();
}

}  // namespace sesame::api
