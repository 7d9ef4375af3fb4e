// check/mail_from.h: the records of a MAIL FROM domain, judged by the rules and in the words of the service's own
// diagnosis (identity/judge.h, identity/advice.h; docs/mail-from.md).
//
// Those rules want to know which service the domain is for. If nobody says, its MX does:
// feedback-smtp.<region>.<service domain> is what services of this kind use. A domain of some other service is held
// only to what holds for all of them: one MX with an address, one SPF record.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "check/problem.h"
#include "check/questions.h"
#include "identity/service_names.h"

namespace sesame::check {

struct MailFromFinding {
  std::string domain;
  std::string status;  // "SUCCESS", "FAILED" as GetEmailIdentity spells them; "UNKNOWN": no server answered
  std::optional<identity::ServiceNames> service;  // given or recognised
  std::vector<Record> records;
  std::vector<identity::Reply> replies;  // those to MX and TXT of the domain
  Problems problems;
};

struct MailFromQuestion {
  std::string identity_domain;
  std::string mail_from_domain;  // empty: only the DKIM records of the service are looked at
  std::optional<identity::ServiceNames> service;
  std::vector<std::string> dkim_tokens;  // selectors that are the service's; of use with `service`
  std::string zone;                      // the zone the identity's domain lies in
};

net::Task<MailFromFinding> look_at_mail_from(dns::AuthoritativeClient& client, dns::Resolver& resolver,
                                             MailFromQuestion question, Time now, net::Deadline deadline);

// The service whose feedback host the one MX names; nothing if there are several or it is called otherwise.
std::optional<identity::ServiceNames> recognise_service(const std::vector<dns::Record>& mx_records);

// A selector as Easy DKIM makes them: the service publishes the key, the domain an alias.
bool is_token(std::string_view selector);

}  // namespace sesame::check
