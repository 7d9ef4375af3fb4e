#include <fmt/format.h>

#include "app/commands/api_command.h"
#include "app/json_path.h"
#include "base/text.h"

namespace sesame::app {
namespace {

constexpr std::string_view identities = "/v2/email/identities";

std::string path_of(const std::string& name) { return fmt::format("{}/{}", identities, percent_encode(name)); }

void show_mail_from(const boost::json::value& identity) {
  const std::string domain = text_at(identity, "MailFromAttributes.MailFromDomain");
  fmt::print("MAIL FROM     {}\n", domain.empty() ? "(the service's default)" : domain);
  if (!domain.empty()) fmt::print("  status      {}\n", text_at(identity, "MailFromAttributes.MailFromDomainStatus"));
  fmt::print("  otherwise   {}\n", text_at(identity, "MailFromAttributes.BehaviorOnMxFailure"));
}

void show_identity(const boost::json::value& identity) {
  fmt::print("verification  {}\n", text_at(identity, "VerificationStatus"));
  fmt::print("DKIM          {}\n", text_at(identity, "DkimAttributes.Status"));
  show_mail_from(identity);
}

// The records to publish, from the diagnosis: `name TYPE value`, with what was found.
void show_records(const boost::json::value& diagnosis) {
  const auto* records = at(diagnosis, "records").if_array();
  if (records == nullptr) return;
  for (const boost::json::value& record : *records) {
    const std::string expected = text_at(record, "expected");
    if (expected.empty()) continue;
    fmt::print("{:<8}  {} {} {}\n", text_at(record, "status"), text_at(record, "name"), text_at(record, "type"),
               expected);
    const std::string advice = text_at(record, "advice");
    if (!advice.empty()) fmt::print("          {}\n", advice);
  }
}

// Looks now: what was seen before the last change would mislead.
int show_look(const ApiArguments& api, const std::string& name) {
  const std::string target = fmt::format("/v2/sesame/identities/{}/look", percent_encode(name));
  return api_command(api, "POST", target, std::nullopt, show_records);
}

}  // namespace

int identity_create(const IdentityArguments& arguments) {
  const boost::json::object body{{"EmailIdentity", arguments.name}};
  const int created = api_command(arguments.api, "POST", std::string(identities), body, [](const auto&) {});
  return created == exit_good ? show_look(arguments.api, arguments.name) : created;
}

int identity_show(const IdentityArguments& arguments) {
  const int shown = api_command(arguments.api, "GET", path_of(arguments.name), std::nullopt, show_identity);
  return shown == exit_good ? show_look(arguments.api, arguments.name) : shown;
}

int identity_list(const IdentityArguments& arguments) {
  std::string next;
  do {
    const std::string target =
        fmt::format("{}?PageSize=1000{}", identities, next.empty() ? "" : "&NextToken=" + percent_encode(next));
    next.clear();
    const int listed = api_command(arguments.api, "GET", target, std::nullopt, [&next](const boost::json::value& page) {
      next = text_at(page, "NextToken");
      const auto* entries = at(page, "EmailIdentities").if_array();
      if (entries == nullptr) return;
      for (const boost::json::value& entry : *entries) {
        fmt::print("{:<18} {}\n", text_at(entry, "VerificationStatus"), text_at(entry, "IdentityName"));
      }
    });
    if (listed != exit_good) return listed;
  } while (!next.empty());
  return exit_good;
}

int identity_delete(const IdentityArguments& arguments) {
  return api_command(arguments.api, "DELETE", path_of(arguments.name), std::nullopt, [](const auto&) {});
}

int mail_from_set(const MailFromArguments& arguments) {
  const boost::json::object body{{"MailFromDomain", arguments.mail_from_domain},
                                 {"BehaviorOnMxFailure", arguments.reject ? "REJECT_MESSAGE" : "USE_DEFAULT_VALUE"}};
  const int set =
      api_command(arguments.api, "PUT", path_of(arguments.identity) + "/mail-from", body, [](const auto&) {});
  return set == exit_good ? show_look(arguments.api, arguments.identity) : set;
}

int mail_from_show(const MailFromArguments& arguments) {
  const int shown = api_command(arguments.api, "GET", path_of(arguments.identity), std::nullopt, show_mail_from);
  return shown == exit_good ? show_look(arguments.api, arguments.identity) : shown;
}

int mail_from_clear(const MailFromArguments& arguments) {
  const boost::json::object body{{"MailFromDomain", ""}};
  return api_command(arguments.api, "PUT", path_of(arguments.identity) + "/mail-from", body, [](const auto&) {});
}

int send(const SendArguments& arguments) {
  boost::json::array to;
  for (const std::string& address : arguments.to) to.emplace_back(address);
  const boost::json::object subject{{"Data", arguments.subject}, {"Charset", "UTF-8"}};
  const boost::json::object text{{"Data", arguments.text}, {"Charset", "UTF-8"}};
  const boost::json::object parts{{"Text", text}};
  const boost::json::object simple{{"Subject", subject}, {"Body", parts}};
  const boost::json::object content{{"Simple", simple}};
  const boost::json::object destination{{"ToAddresses", to}};
  const boost::json::object body{
      {"FromEmailAddress", arguments.from}, {"Destination", destination}, {"Content", content}};
  return api_command(arguments.api, "POST", "/v2/email/outbound-emails", body,
                     [](const boost::json::value& answer) { fmt::print("{}\n", text_at(answer, "MessageId")); });
}

}  // namespace sesame::app
