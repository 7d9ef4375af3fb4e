// What is known about identities (spec 1.2, 1.4, 2.6, 3.2).
#include <algorithm>

#include "api/ses_v1/actions.h"
#include "api/ses_v1/form.h"
#include "api/ses_v1/paging.h"
#include "api/ses_v1/words.h"
#include "identity/identity_service.h"

namespace sesame::api::ses_v1 {
namespace {

constexpr std::size_t max_asked = 100;  // spec 2.6

struct ListInput {
  std::optional<store::IdentityKind> kind;
  PageRequest page;
};

// A token is good for the filter it was given for only.
std::string list_name(std::optional<store::IdentityKind> kind) {
  std::string name = "ses_v1/ListIdentities";
  if (kind) name.append("/").append(word_of(identity_type_words, *kind));
  return name;
}

QueryResult<ListInput> read_list(const Call& call) {
  const Form form(call.parameters);
  Problems problems;
  const FormReader input(form, problems);
  ListInput list;
  list.kind = input.one_of("IdentityType", identity_type_words);
  auto page = read_page_request(input, problems, list_name(list.kind), call.caller.account_id);
  if (!page) return std::unexpected(page.error());
  list.page = std::move(*page);
  return list;
}

// Each name once: the entries of the answer are a map.
QueryResult<std::vector<std::string>> read_identities(const Call& call) {
  const Form form(call.parameters);
  Problems problems;
  std::vector<std::string> names = FormReader(form, problems).required_texts("Identities", max_asked);
  if (const auto error = problems.error()) return std::unexpected(*error);
  std::ranges::sort(names);
  const auto repeated = std::ranges::unique(names);
  names.erase(repeated.begin(), repeated.end());
  return names;
}

struct Asked {
  std::string key;  // as the caller wrote it; the record may be under its canonical form
  store::IdentityRecord identity;
};

// The answers show searches under way, whose looks are hurried while somebody asks.
net::Task<QueryResult<std::vector<Asked>>> find_asked(const SesV1Deps& deps, const Call& call) {
  auto names = read_identities(call);
  if (!names) co_return std::unexpected(names.error());
  std::vector<Asked> found;
  for (std::string& name : *names) {
    auto identity = co_await deps.identities.get_watched(call.caller.account_id, name);
    if (identity) {
      found.push_back({std::move(name), std::move(*identity)});
    } else if (identity.error().code != identity::IdentityErrc::not_found) {
      co_return std::unexpected(to_query_error(identity.error()));
    }
  }
  co_return found;
}

// One <entry> of a map; `write_value` writes the members of its value.
template <class WriteValue>
void write_entry(XmlWriter& answer, std::string_view key, WriteValue write_value) {
  answer.open("entry");
  answer.text("key", key);
  answer.open("value");
  write_value();
  answer.close();
  answer.close();
}

void write_dkim(XmlWriter& answer, const std::optional<store::DkimState>& dkim) {
  answer.flag("DkimEnabled", dkim && dkim->signing_enabled);
  answer.text("DkimVerificationStatus", word(dkim ? dkim->status : store::VerificationStatus::not_started));
  // The selector of an own key is no token: nothing could be published for it.
  if (dkim && dkim->origin == store::DkimOrigin::service) answer.list("DkimTokens", dkim->selectors);
}

// An address shows the DKIM of its domain if that is registered (spec 1.4).
net::Task<QueryResult<std::optional<store::DkimState>>> shown_dkim(const SesV1Deps& deps,
                                                                   const store::IdentityRecord& identity) {
  if (identity.kind == store::IdentityKind::domain) co_return identity.dkim;
  auto domain = co_await deps.identities.get_watched(identity.account_id, identity::domain_of(identity.name));
  if (domain) co_return std::move(domain->dkim);
  if (domain.error().code == identity::IdentityErrc::not_found) co_return std::nullopt;
  co_return std::unexpected(to_query_error(domain.error()));
}

}  // namespace

net::Task<Done> list_identities(const SesV1Deps& deps, Call call, XmlWriter& answer) {
  const auto input = read_list(call);
  if (!input) co_return std::unexpected(input.error());
  const auto page =
      co_await deps.identities.list(call.caller.account_id, input->page.after, input->page.limit, input->kind);
  if (!page) co_return std::unexpected(to_query_error(page.error()));
  std::vector<std::string> names;
  for (const store::IdentityRecord& identity : page->identities) names.push_back(identity.name);
  answer.list("Identities", names);
  put_next_token(answer, list_name(input->kind), call.caller.account_id, page->next_after);
  co_return Done{};
}

net::Task<Done> list_verified_addresses(const SesV1Deps& deps, Call call, XmlWriter& answer) {
  std::vector<std::string> addresses;
  std::optional<std::string> after = "";
  while (after) {  // ten times at most: an account has 10,000 identities (identity/names.h)
    auto page = co_await deps.identities.list(call.caller.account_id, *after, max_page_size,
                                              store::IdentityKind::email_address);
    if (!page) co_return std::unexpected(to_query_error(page.error()));
    for (store::IdentityRecord& identity : page->identities) {
      if (identity.verification == store::VerificationStatus::success) addresses.push_back(std::move(identity.name));
    }
    after = std::move(page->next_after);
  }
  answer.list("VerifiedEmailAddresses", addresses);
  co_return Done{};
}

net::Task<Done> get_verification_attributes(const SesV1Deps& deps, Call call, XmlWriter& answer) {
  const auto found = co_await find_asked(deps, call);
  if (!found) co_return std::unexpected(found.error());
  answer.open("VerificationAttributes");
  for (const auto& [key, identity] : *found) {
    write_entry(answer, key, [&] {
      answer.text("VerificationStatus", word(identity.verification));
      if (identity.txt_token) answer.text("VerificationToken", *identity.txt_token);
    });
  }
  answer.close();
  co_return Done{};
}

net::Task<Done> get_dkim_attributes(const SesV1Deps& deps, Call call, XmlWriter& answer) {
  const auto found = co_await find_asked(deps, call);
  if (!found) co_return std::unexpected(found.error());
  answer.open("DkimAttributes");
  for (const Asked& asked : *found) {
    const auto dkim = co_await shown_dkim(deps, asked.identity);
    if (!dkim) co_return std::unexpected(dkim.error());
    write_entry(answer, asked.key, [&] { write_dkim(answer, *dkim); });
  }
  answer.close();
  co_return Done{};
}

net::Task<Done> get_mail_from_attributes(const SesV1Deps& deps, Call call, XmlWriter& answer) {
  const auto found = co_await find_asked(deps, call);
  if (!found) co_return std::unexpected(found.error());
  answer.open("MailFromDomainAttributes");
  for (const auto& [key, identity] : *found) {
    write_entry(answer, key, [&] {
      const auto& mail_from = identity.mail_from;
      if (mail_from) answer.text("MailFromDomain", mail_from->domain);
      if (mail_from) answer.text("MailFromDomainStatus", word(mail_from->status));
      const auto behavior = mail_from ? mail_from->behavior : store::BehaviorOnMxFailure::use_default;
      answer.text("BehaviorOnMXFailure", word_of(behavior_words, behavior));
    });
  }
  answer.close();
  co_return Done{};
}

}  // namespace sesame::api::ses_v1
