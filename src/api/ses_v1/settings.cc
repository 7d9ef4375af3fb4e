// What can be set of an identity (spec 1.4, 2.6, 3.2).
#include "api/ses_v1/actions.h"
#include "api/ses_v1/form.h"
#include "api/ses_v1/words.h"
#include "identity/identity_service.h"

namespace sesame::api::ses_v1 {
namespace {

struct MailFromInput {
  std::string identity;
  std::string domain;  // empty: clear
  store::BehaviorOnMxFailure behavior = store::BehaviorOnMxFailure::use_default;
};

QueryResult<MailFromInput> read_mail_from(const Call& call) {
  const Form form(call.parameters);
  Problems problems;
  const FormReader input(form, problems);
  MailFromInput read;
  read.identity = input.required_name("Identity");
  read.domain = input.text("MailFromDomain").value_or("");
  read.behavior = input.one_of("BehaviorOnMXFailure", behavior_words).value_or(store::BehaviorOnMxFailure::use_default);
  if (const auto error = problems.error()) return std::unexpected(*error);
  return read;
}

struct SwitchInput {
  std::string identity;
  bool enabled = false;
};

QueryResult<SwitchInput> read_switch(const Call& call, std::string_view member) {
  const Form form(call.parameters);
  Problems problems;
  const FormReader input(form, problems);
  SwitchInput read;
  read.identity = input.required_name("Identity");
  read.enabled = input.required_flag(member);
  if (const auto error = problems.error()) return std::unexpected(*error);
  return read;
}

}  // namespace

net::Task<Done> set_mail_from_domain(const SesV1Deps& deps, Call call, XmlWriter&) {
  const auto input = read_mail_from(call);
  if (!input) co_return std::unexpected(input.error());
  const auto set =
      co_await deps.identities.set_mail_from(call.caller.account_id, input->identity, input->domain, input->behavior);
  if (!set) co_return std::unexpected(to_query_error(set.error()));
  co_return Done{};
}

net::Task<Done> set_dkim_enabled(const SesV1Deps& deps, Call call, XmlWriter&) {
  const auto input = read_switch(call, "DkimEnabled");
  if (!input) co_return std::unexpected(input.error());
  const auto set = co_await deps.identities.set_dkim_signing(call.caller.account_id, input->identity, input->enabled);
  if (!set) co_return std::unexpected(to_query_error(set.error()));
  co_return Done{};
}

}  // namespace sesame::api::ses_v1
