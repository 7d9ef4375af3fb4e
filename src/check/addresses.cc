#include "check/addresses.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "check/questions.h"
#include "mailauth/spf/check_host.h"
#include "mailauth/spf/lookups.h"

namespace sesame::check {
namespace {

namespace spf = mailauth::spf;

void judge_name(AddressFinding& finding) {
  const mailauth::ReverseDns& reverse = finding.reverse;
  if (!reverse.confirmed.empty()) return;
  const std::string address = finding.ip.to_string();
  Problem problem{Topic::addresses, Severity::bad, question_text(spf::reverse_name(finding.ip), dns::RecordType::ptr),
                  "nothing", ""};
  if (!mailauth::is_public(finding.ip)) {
    problem.severity = Severity::advice;
    problem.found = "not asked";
    problem.change =
        fmt::format("{} is no address of the Internet: receivers see another one. Give that one.", address);
  } else if (reverse.unanswered) {
    problem.severity = Severity::unknown;
    problem.found = "no answer";
    problem.change = "Try again.";
  } else if (reverse.names.empty()) {
    problem.change = fmt::format(
        "{} has no name, and large receivers refuse such senders. Let whoever gave you the address "
        "set its PTR to the name of the host.",
        address);
  } else {
    problem.found = fmt::format("{}", fmt::join(reverse.names, ", "));
    problem.change = fmt::format(
        "None of these names leads back to {}. Give the name that address too, or let the PTR be changed.", address);
  }
  finding.problems.push_back(std::move(problem));
}

net::Task<void> ask_spf(dns::Resolver& resolver, AddressFinding& finding, std::string mail_from_domain, Time now,
                        net::Deadline deadline) {
  spf::SpfQuery query;
  query.ip = finding.ip;
  query.helo = finding.reverse.confirmed.empty() ? mail_from_domain : finding.reverse.confirmed;
  query.mail_from_local_part = "postmaster";
  query.mail_from_domain = mail_from_domain;
  query.now = now;
  finding.spf = co_await spf::check_host(resolver, query, deadline);
  const spf::SpfResult result = finding.spf.result;
  // What is wrong with the record itself is told once, about the record.
  const bool listed = result == spf::SpfResult::pass || result == spf::SpfResult::none ||
                      result == spf::SpfResult::permerror || result == spf::SpfResult::temperror;
  if (listed) co_return;
  finding.problems.push_back(
      {Topic::addresses, Severity::bad, fmt::format("SPF of {} for {}", mail_from_domain, finding.ip.to_string()),
       fmt::format("{}{}", spf::name(result),
                   finding.spf.matched_term.empty() ? "" : fmt::format(", decided by {}", finding.spf.matched_term)),
       fmt::format("{} may not send for {}. Add it to the SPF record (ip{}:{}), or include the service it belongs to.",
                   finding.ip.to_string(), mail_from_domain, finding.ip.is_v4() ? 4 : 6, finding.ip.to_string())});
}

}  // namespace

net::Task<AddressFinding> look_at_address(dns::Resolver& resolver, net::IpAddress ip, std::string mail_from_domain,
                                          Time now, net::Deadline deadline) {
  AddressFinding finding;
  finding.ip = ip;
  finding.reverse = co_await mailauth::look_up_reverse(resolver, ip, deadline);
  judge_name(finding);
  co_await ask_spf(resolver, finding, std::move(mail_from_domain), now, deadline);
  co_return finding;
}

}  // namespace sesame::check
