#include "check/dmarc_look.h"

#include <fmt/format.h>

#include <algorithm>

#include "check/beside.h"
#include "check/questions.h"

namespace sesame::check {
namespace {

namespace dmarc = mailauth::dmarc;
using dmarc::DmarcResult;
using dmarc::Policy;
using dmarc::ReportConsent;

std::string record_name(const std::string& domain) { return "_dmarc." + domain; }

std::string publish_one(const std::string& domain) {
  return fmt::format(
      "Publish {} TXT \"v=DMARC1; p=none; rua=mailto:<where you read reports>\", and p=quarantine or "
      "p=reject once the reports show that all your mail passes. The large receivers require a policy of "
      "bulk senders.",
      record_name(domain));
}

bool says_dmarc(const std::string& text) {
  const auto parsed = dmarc::parse_record(text);
  return parsed || parsed.error() != dmarc::RecordError::not_dmarc;
}

class Judge {
 public:
  Judge(const DmarcFinding& finding, const DmarcQuestion& question) : finding_(finding), question_(question) {}

  Problems judge(const std::vector<std::string>& texts_at_author) && {
    const dmarc::DmarcOutcome& outcome = finding_.outcome;
    if (outcome.result == DmarcResult::temperror) {
      add(Severity::unknown, "no answer", outcome.problem + ". Try again.");
    } else if (finding_.record.empty()) {
      add_nothing_usable(texts_at_author);
    } else {
      add_about_record();
      add_alignment();
    }
    for (const ReportAddress& address : finding_.reports) add_destination(address);
    return std::move(problems_);
  }

 private:
  void add(Severity severity, std::string found, std::string change) {
    const std::string& at = finding_.outcome.policy_domain;
    problems_.push_back({Topic::dmarc, severity,
                         question_text(record_name(at.empty() ? finding_.author_domain : at), dns::RecordType::txt),
                         std::move(found), std::move(change)});
  }

  void add_nothing_usable(const std::vector<std::string>& texts_at_author) {
    const auto count = std::ranges::count_if(texts_at_author, says_dmarc);
    if (count > 1)
      return add(Severity::bad, fmt::format("{} DMARC records", count),
                 "Receivers ignore all of them (RFC 9989 §4.10). Keep one.");
    if (!finding_.outcome.problem.empty())
      return add(Severity::bad, "a record that asks for nothing",
                 fmt::format("Receivers find no policy: {}. {}", finding_.outcome.problem,
                             publish_one(finding_.author_domain)));
    add(Severity::bad, "no DMARC record, here or above", publish_one(finding_.author_domain));
  }

  void add_about_record() {
    const dmarc::DmarcOutcome& outcome = finding_.outcome;
    const std::string shown = identity::shown(dns::Txt{{finding_.record}});
    if (!outcome.problem.empty()) add(Severity::bad, shown, fmt::format("Correct the record: {}.", outcome.problem));
    if (outcome.testing)
      add(Severity::advice, shown,
          "t=y asks receivers to apply a milder policy than published. Remove it when done testing.");
    if (outcome.policy == Policy::none)
      add(Severity::advice, shown,
          fmt::format(
              "p=none watches and protects nothing: whoever writes mail in the name of {} is let through. Move to "
              "p=quarantine or p=reject once all your own mail passes.",
              outcome.author_domain));
    if (finding_.parsed && finding_.parsed->rua.empty())
      add(Severity::advice, shown,
          "Without rua= nobody tells you which mail fails. Add rua=mailto:<where you read reports>.");
  }

  void add_alignment() {
    const dmarc::DmarcOutcome& outcome = finding_.outcome;
    if (question_.mail_from_domain.empty() || outcome.spf_aligned) return;
    const bool strict = finding_.parsed && finding_.parsed->aspf == dmarc::Alignment::strict;
    const Severity severity = outcome.dkim_aligned ? Severity::advice : Severity::bad;
    add(severity,
        fmt::format("MAIL FROM domain {}, author domain {}", question_.mail_from_domain, outcome.author_domain),
        strict ? "aspf=s lets SPF count only for the very same domain. Remove it, so that a subdomain counts too."
               : fmt::format(
                     "SPF passes for a domain that is not in line with the author's, so it does not count for DMARC. "
                     "Use a MAIL FROM domain below {}.",
                     outcome.organizational_domain));
  }

  void add_destination(const ReportAddress& address) {
    const ReportConsent consent = address.destination.consent;
    if (consent == ReportConsent::not_needed || consent == ReportConsent::given) return;
    const std::string tag = address.failures ? "ruf" : "rua";
    const std::string& at = address.destination.record_name;
    Problem problem{Topic::reports, Severity::bad,
                    at.empty() ? fmt::format("{}= of {}", tag, record_name(finding_.outcome.policy_domain))
                               : question_text(at, dns::RecordType::txt),
                    address.destination.problem, ""};
    if (consent == ReportConsent::temperror) {
      problem.severity = Severity::unknown;
      problem.change = "Try again.";
    } else if (consent == ReportConsent::permerror) {
      problem.change = fmt::format("{} is no address reports could go to: correct or remove it.", address.uri);
    } else {
      problem.found = "no record that agrees";
      problem.change = fmt::format(
          "No reports go to {} until {} agrees: whoever runs it publishes {} TXT \"v=DMARC1\" "
          "(RFC 9990 §4). Or name an address below {}.",
          address.uri, address.destination.host, at, finding_.outcome.organizational_domain);
    }
    problems_.push_back(std::move(problem));
  }

  const DmarcFinding& finding_;
  const DmarcQuestion& question_;
  Problems problems_;
};

net::Task<void> ask_consent(dns::Resolver& resolver, std::string policy_domain, ReportAddress& address,
                            net::Deadline deadline) {
  address.destination =
      co_await dmarc::check_report_destination(resolver, std::move(policy_domain), address.uri, deadline);
}

std::vector<ReportAddress> addresses_in(const dmarc::DmarcRecord& record) {
  std::vector<ReportAddress> addresses;
  for (const std::string& uri : record.rua) addresses.push_back({uri, false, {}});
  for (const std::string& uri : record.ruf) addresses.push_back({uri, true, {}});
  if (addresses.size() > max_report_addresses) addresses.resize(max_report_addresses);
  return addresses;
}

}  // namespace

std::string explain_policy(const dmarc::DmarcOutcome& outcome) {
  const std::string whose = outcome.policy_domain == outcome.author_domain
                                ? outcome.author_domain
                                : fmt::format("{} (policy of {})", outcome.author_domain, outcome.policy_domain);
  const std::string_view test = outcome.testing ? ", milder while t=y" : "";
  switch (outcome.policy) {
    case Policy::none:
      return fmt::format("Mail as from {} that fails is delivered all the same; only reports are asked for.", whose);
    case Policy::quarantine:
      return fmt::format("Mail as from {} that fails is to be treated as suspicious{}.", whose, test);
    case Policy::reject: break;
  }
  return fmt::format("Mail as from {} that fails is to be rejected{}.", whose, test);
}

net::Task<DmarcFinding> look_at_dmarc(dns::Resolver& resolver, DmarcQuestion question, net::Deadline deadline) {
  DmarcFinding finding;
  finding.author_domain = question.author_domain;
  mailauth::spf::SpfOutcome spf;
  spf.result = question.mail_from_domain.empty() ? mailauth::spf::SpfResult::none : mailauth::spf::SpfResult::pass;
  spf.domain = question.mail_from_domain;
  std::vector<mailauth::dkim::SignatureResult> dkim(question.signing_domain.empty() ? 0 : 1);
  for (auto& signature : dkim) {
    signature.result = mailauth::dkim::DkimResult::pass;
    signature.domain = question.signing_domain;
  }
  finding.outcome = co_await dmarc::evaluate(resolver, {question.author_domain}, spf, dkim, deadline);
  const bool found = !finding.outcome.policy_domain.empty();
  const std::string at = record_name(found ? finding.outcome.policy_domain : question.author_domain);
  const dns::Answer answer = co_await resolver.resolve(at, dns::RecordType::txt, deadline);
  const std::vector<std::string> published = texts(answer.records);
  if (const auto record = std::ranges::find_if(published, says_dmarc); found && record != published.end()) {
    finding.record = *record;
    finding.meaning = explain_policy(finding.outcome);
    if (auto parsed = dmarc::parse_record(*record)) finding.parsed = std::move(*parsed);
  }
  if (finding.parsed) finding.reports = addresses_in(*finding.parsed);
  std::vector<net::Task<void>> questions;
  for (ReportAddress& address : finding.reports) {
    questions.push_back(ask_consent(resolver, finding.outcome.policy_domain, address, deadline));
  }
  co_await beside(std::move(questions));
  finding.problems = Judge(finding, question).judge(published);
  co_return finding;
}

}  // namespace sesame::check
