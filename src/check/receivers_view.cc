#include "check/receivers_view.h"

#include <algorithm>

#include "identity/names.h"

namespace sesame::check {
namespace {

using identity::RecordPurpose;
using identity::RecordStatus;

Topic topic_of(RecordPurpose purpose) {
  switch (purpose) {
    case RecordPurpose::dkim: return Topic::dkim;
    case RecordPurpose::verification: return Topic::domain;
    case RecordPurpose::mail_from_mx:
    case RecordPurpose::mail_from_spf:
    case RecordPurpose::mail_from_delegation: break;
  }
  return Topic::mail_from;
}

}  // namespace

void add_look(Report& report, const identity::Look& look) {
  for (const identity::RecordFinding& record : look.records) {
    if (record.status == RecordStatus::good) continue;
    // The TXT token is one way of several to verify a domain; receivers do not see it.
    const Severity severity = record.purpose == RecordPurpose::verification ? Severity::advice
                              : record.status == RecordStatus::unknown      ? Severity::unknown
                                                                            : Severity::bad;
    report.problems.push_back({topic_of(record.purpose), severity, question_text(record.name, record.type),
                               shown_found(record), record.advice});
  }
}

net::Task<boost::json::object> CheckedReceivers::see(identity::Look look, store::IdentityRecord identity) {
  Question question;
  question.domain = identity::domain_of(identity.name);
  question.mail_from_domain = identity.mail_from ? identity.mail_from->domain : names_.default_mail_from_domain();
  question.mail_from_records = false;
  question.service = names_;
  if (identity.dkim) question.selectors = identity.dkim->selectors;
  Report report = co_await check_domain(sources_, std::move(question), clock_.now(), net::after(time_for_receivers));
  add_look(report, look);
  conclude(report);
  co_return receivers_json(report);
}

}  // namespace sesame::check
