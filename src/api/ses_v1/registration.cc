// Identities come and go (spec 1.2, 1.4).
#include <fmt/format.h>

#include "api/ses_v1/actions.h"
#include "api/ses_v1/form.h"
#include "identity/identity_service.h"

namespace sesame::api::ses_v1 {
namespace {

QueryResult<std::string> read_name(const Call& call, std::string_view member) {
  const Form form(call.parameters);
  Problems problems;
  std::string name = FormReader(form, problems).required_name(member);
  if (const auto error = problems.error()) return std::unexpected(*error);
  return name;
}

net::Task<Done> delete_named(const SesV1Deps& deps, std::string account_id, std::string name) {
  const auto removed = co_await deps.identities.remove(std::move(account_id), std::move(name));
  if (!removed && removed.error().code != identity::IdentityErrc::not_found) {
    co_return std::unexpected(to_query_error(removed.error()));
  }
  co_return Done{};
}

}  // namespace

net::Task<Done> verify_domain_identity(const SesV1Deps& deps, Call call, XmlWriter& answer) {
  const auto domain = read_name(call, "Domain");
  if (!domain) co_return std::unexpected(domain.error());
  const auto token = co_await deps.identities.verify_domain_by_txt(call.caller.account_id, *domain);
  if (!token) co_return std::unexpected(to_query_error(token.error()));
  answer.text("VerificationToken", *token);
  co_return Done{};
}

net::Task<Done> verify_domain_dkim(const SesV1Deps& deps, Call call, XmlWriter& answer) {
  const auto domain = read_name(call, "Domain");
  if (!domain) co_return std::unexpected(domain.error());
  const auto tokens = co_await deps.identities.verify_domain_dkim(call.caller.account_id, *domain);
  if (!tokens) co_return std::unexpected(to_query_error(tokens.error()));
  answer.list("DkimTokens", *tokens);
  co_return Done{};
}

net::Task<Done> verify_email_identity(const SesV1Deps& deps, Call call, XmlWriter&) {
  const auto address = read_name(call, "EmailAddress");
  if (!address) co_return std::unexpected(address.error());
  const auto begun = co_await deps.identities.verify_address(call.caller.account_id, *address);
  if (!begun) co_return std::unexpected(to_query_error(begun.error()));
  co_return Done{};
}

net::Task<Done> delete_identity(const SesV1Deps& deps, Call call, XmlWriter&) {
  const auto name = read_name(call, "Identity");
  if (!name) co_return std::unexpected(name.error());
  Done done = co_await delete_named(deps, call.caller.account_id, *name);
  co_return done;
}

net::Task<Done> delete_verified_address(const SesV1Deps& deps, Call call, XmlWriter&) {
  const auto address = read_name(call, "EmailAddress");
  if (!address) co_return std::unexpected(address.error());
  if (!address->contains('@')) {
    co_return std::unexpected(
        QueryError{ErrorCode::invalid_parameter_value, fmt::format("Invalid email address<{}>.", *address)});
  }
  Done done = co_await delete_named(deps, call.caller.account_id, *address);
  co_return done;
}

}  // namespace sesame::api::ses_v1
