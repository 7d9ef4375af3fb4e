// Operations on the DKIM of an identity (spec 1.2).
#include "api/ses_v2/api.h"
#include "api/ses_v2/dkim_input.h"
#include "api/ses_v2/identity_shapes.h"
#include "identity/names.h"

namespace sesame::api {
namespace {

constexpr std::size_t max_selector_characters = 63;

struct DkimSigningRequest {
  store::DkimOrigin origin = store::DkimOrigin::service;
  DkimSigningInput attributes;
};

ApiResult<DkimSigningRequest> read_request(const std::string& text) {
  const auto body = parse_body(text);
  if (!body) return std::unexpected(body.error());
  Validation validation;
  const ObjectReader input(*body, validation);
  DkimSigningRequest request;
  request.origin = input.required_one_of("SigningAttributesOrigin", origin_words).value_or(store::DkimOrigin::service);
  const auto attributes = input.object("SigningAttributes");
  if (attributes) {
    auto read = read_dkim_signing(*attributes, validation);
    if (!read) return std::unexpected(read.error());
    request.attributes = std::move(*read);
  }
  const bool external = request.origin == store::DkimOrigin::external;
  if (external) validation.must_not_be_null(attributes.has_value(), "signingAttributes");
  if (const auto error = validation.error()) return std::unexpected(*error);
  if (external != request.attributes.own_key.has_value()) {
    return refuse(ErrorName::bad_request,
                  external ? "SigningAttributesOrigin EXTERNAL needs DomainSigningSelector and DomainSigningPrivateKey."
                           : "DomainSigningSelector and DomainSigningPrivateKey can only be given with "
                             "SigningAttributesOrigin EXTERNAL.");
  }
  return request;
}

ApiResult<bool> read_signing_enabled(const std::string& text) {
  const auto body = parse_body(text);
  if (!body) return std::unexpected(body.error());
  Validation validation;
  const bool enabled = ObjectReader(*body, validation).flag("SigningEnabled").value_or(false);
  if (const auto error = validation.error()) return std::unexpected(*error);
  return enabled;
}

}  // namespace

ApiResult<DkimSigningInput> read_dkim_signing(const ObjectReader& attributes, Validation& validation) {
  const auto selector = attributes.text("DomainSigningSelector");
  const auto private_key = attributes.text("DomainSigningPrivateKey");
  DkimSigningInput read;
  read.next_key_bits = attributes.one_of("NextSigningKeyLength", key_length_words);
  if (!selector && !private_key) return read;

  if (read.next_key_bits) {
    return refuse(ErrorName::bad_request,
                  "NextSigningKeyLength cannot be given together with DomainSigningSelector and "
                  "DomainSigningPrivateKey.");
  }
  validation.must_not_be_null(attributes.has("DomainSigningSelector"), attributes.path_to("DomainSigningSelector"));
  validation.must_not_be_null(attributes.has("DomainSigningPrivateKey"), attributes.path_to("DomainSigningPrivateKey"));
  if (!selector || !private_key) return read;
  validation.length_between(*selector, attributes.path_to("DomainSigningSelector"), 1, max_selector_characters);
  validation.length_between(*private_key, attributes.path_to("DomainSigningPrivateKey"), 1,
                            identity::max_own_key_characters);
  read.own_key = identity::OwnDkimKey{*selector, *private_key};
  return read;
}

net::Task<Outcome> SesV2::put_dkim_attributes(Call call, Arguments arguments) {
  const auto enabled = read_signing_enabled(call.body);
  if (!enabled) co_return std::unexpected(enabled.error());
  const auto set = co_await deps_.identities.set_dkim_signing(call.caller.account_id, arguments[0], *enabled);
  if (!set) co_return std::unexpected(to_api_error(set.error()));
  co_return boost::json::object();
}

net::Task<Outcome> SesV2::put_dkim_signing_attributes(Call call, Arguments arguments) {
  auto request = read_request(call.body);
  if (!request) co_return std::unexpected(request.error());
  const std::string& account = call.caller.account_id;
  Result<store::DkimState, identity::IdentityError> state;
  std::optional<identity::OwnDkimKey> own_key = std::move(request->attributes.own_key);
  if (own_key) {
    state = co_await deps_.identities.set_own_dkim_key(account, arguments[0], std::move(*own_key));
  } else {
    state = co_await deps_.identities.set_easy_dkim(account, arguments[0], request->attributes.next_key_bits);
  }
  if (!state) co_return std::unexpected(to_api_error(state.error()));
  co_return boost::json::object{{"DkimStatus", word(state->status)}, {"DkimTokens", dkim_tokens(*state)}};
}

net::Task<ApiResult<std::optional<store::DkimState>>> SesV2::shown_dkim(const store::IdentityRecord& identity) {
  if (identity.kind == store::IdentityKind::domain) co_return identity.dkim;
  const std::string domain = identity::domain_of(identity.name);
  const auto parent = co_await deps_.identities.get(identity.account_id, domain);
  if (parent) co_return parent->dkim;
  if (parent.error().code == identity::IdentityErrc::not_found) co_return std::nullopt;
  co_return std::unexpected(to_api_error(parent.error()));
}

}  // namespace sesame::api
