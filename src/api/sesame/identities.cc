// Identities with the state of all their parts, a page at a time.
#include <boost/json/parse.hpp>

#include "api/page_token.h"
#include "api/query.h"
#include "api/sesame/api.h"
#include "base/time_text.h"
#include "identity/identity_service.h"
#include "store/identity_json.h"

namespace sesame::api {
namespace {

namespace json = boost::json;

constexpr std::string_view list_name = "sesame-identities";
constexpr std::size_t max_contains_octets = 256;

struct ListRequest {
  std::string contains;  // without regard to case; empty: all
  std::optional<store::IdentityKind> kind;
  bool drifted = false;  // only those that lost what they had; of both kinds
  std::size_t limit = SesameApi::default_page;
  std::string after;
};

ApiResult<ListRequest> read_request(const Call& call) {
  ListRequest request;
  Validation validation;
  request.contains = text_parameter(call, "contains").value_or("");
  validation.must(request.contains.size() <= max_contains_octets, "contains",
                  "Member must have length less than or equal to 256");
  request.limit = number_parameter(call, "limit", 1, SesameApi::max_page, validation).value_or(request.limit);
  if (const auto kind = text_parameter(call, "kind")) {
    validation.must(*kind == "domain" || *kind == "email_address", "kind",
                    "Member must satisfy enum value set: [domain, email_address]");
    request.kind = *kind == "domain" ? store::IdentityKind::domain : store::IdentityKind::email_address;
  }
  if (const auto drifted = text_parameter(call, "drifted")) {
    validation.must(*drifted == "true", "drifted", "Member must satisfy enum value set: [true]");
    validation.must(!request.kind, "kind", "Member must be absent with drifted");
    request.drifted = true;
  }
  if (const auto error = validation.error()) return std::unexpected(*error);
  if (const auto token = text_parameter(call, "next_token")) {
    auto after = read_page_token(list_name, call.caller.account_id, *token);
    if (!after) return refuse(ErrorName::invalid_next_token, "The specified next_token is not valid.");
    request.after = std::move(*after);
  }
  return request;
}

// What the last diagnosis says of DMARC; null when nobody has looked, or the look found nothing out.
json::value dmarc_of(const std::string& diagnosis) {
  boost::system::error_code problem;
  const json::value parsed = json::parse(diagnosis, problem);
  const json::object* object = problem ? nullptr : parsed.if_object();
  const json::value* dmarc = object == nullptr ? nullptr : object->if_contains("dmarc");
  return dmarc == nullptr ? json::value() : *dmarc;
}

json::object shape(const store::IdentityRecord& identity) {
  json::object shape{{"identity", identity.name},
                     {"kind", identity.kind == store::IdentityKind::domain ? "domain" : "email_address"},
                     {"created", format_rfc3339_ms(identity.created)},
                     {"verification", store::name(identity.verification)},
                     {"dkim", nullptr},
                     {"mail_from", nullptr},
                     {"dmarc", nullptr}};
  if (const auto& dkim = identity.dkim) {
    shape["dkim"] = json::object{{"status", store::name(dkim->status)}, {"signing_enabled", dkim->signing_enabled}};
  }
  if (const auto& mail_from = identity.mail_from) {
    shape["mail_from"] = json::object{{"domain", mail_from->domain}, {"status", store::name(mail_from->status)}};
  }
  return shape;
}

}  // namespace

net::Task<Outcome> SesameApi::list_identities(Call call, Arguments) {
  const auto request = read_request(call);
  if (!request) co_return std::unexpected(request.error());
  const std::string& account = call.caller.account_id;
  auto reading =
      request->drifted
          ? deps_.control.list_drifted_identities(account, request->after, request->limit, request->contains)
          : deps_.control.list_identities(account, request->after, request->limit, request->kind, request->contains);
  const auto page = co_await std::move(reading);
  if (!page) co_return std::unexpected(to_api_error(page.error(), "List"));
  json::array identities;
  for (const store::IdentityRecord& identity : page->identities) {
    json::object entry = shape(identity);
    const auto diagnosis = co_await deps_.control.find_diagnosis(account, identity.name);
    if (diagnosis) entry["dmarc"] = dmarc_of(*diagnosis);
    identities.push_back(std::move(entry));
  }
  const auto total = co_await deps_.control.count_identities(account);
  if (!total) co_return std::unexpected(to_api_error(total.error(), "List"));
  json::object answer{{"identities", std::move(identities)}, {"next_token", nullptr}, {"total", *total}};
  const auto& next_after = page->next_after;
  if (next_after) answer["next_token"] = make_page_token(list_name, account, *next_after);
  co_return answer;
}

net::Task<Outcome> SesameApi::history(Call call, Arguments arguments) {
  constexpr std::int64_t beyond_all = std::numeric_limits<std::int64_t>::max();
  Validation validation;
  const auto before = number_parameter(call, "before", 1, beyond_all, validation).value_or(beyond_all);
  const auto limit = number_parameter(call, "limit", 1, max_page, validation).value_or(default_page);
  if (const auto error = validation.error()) co_return std::unexpected(*error);
  const auto entries =
      co_await deps_.identities.history(call.caller.account_id, arguments[0], static_cast<std::int64_t>(before), limit);
  if (!entries) co_return std::unexpected(to_api_error(entries.error()));
  json::array shapes;
  for (const store::HistoryEntry& entry : *entries) {
    boost::system::error_code problem;
    json::value document = json::parse(entry.document, problem);
    if (problem || !document.is_object()) {
      co_return std::unexpected(to_api_error(store::StoreError{store::StoreErrc::corrupt, entry.document}, "History"));
    }
    json::object& shape = document.as_object();
    shape["entry"] = entry.entry_id;
    shape["at"] = format_rfc3339_ms(entry.at);
    shapes.push_back(std::move(document));
  }
  json::object answer{{"entries", std::move(shapes)}, {"next_before", nullptr}};
  if (entries->size() == limit) answer["next_before"] = entries->back().entry_id;
  co_return answer;
}

}  // namespace sesame::api
