// Four steps, each of questions beside each other: is there such a domain at all; its records at the zone's own
// servers; what receivers make of them, through the resolver; DMARC, which depends on what was found before.
#include "check/check.h"

#include <fmt/format.h>

#include <algorithm>

#include "check/beside.h"
#include "dns/name.h"
#include "mailauth/dmarc/record.h"
#include "mailauth/spf/record.h"

namespace sesame::check {
namespace {

using dns::RecordType;
using identity::Reply;

// A resolver that says nothing within this is taken to be dead. A silent name server must not hold up the others: what
// it would say is worth this much.
constexpr std::chrono::milliseconds time_to_start{8'000};
constexpr std::chrono::milliseconds time_to_compare{3'000};
constexpr std::chrono::milliseconds time_for_servers{3'500};
constexpr std::chrono::milliseconds time_for_policy{5'000};
constexpr std::chrono::milliseconds time_for_dmarc{4'000};  // at the end

std::string record_problem(const Problems& problems, std::string_view asked) {
  for (const Problem& problem : problems) {
    if (problem.asked == asked && problem.severity != Severity::advice) return problem.change;
  }
  return "";
}

identity::Judged judge_spf_record(const Reply& reply) {
  return identity::judge_record(
      identity::RecordPurpose::mail_from_spf, reply, "\"v=spf1 include:<your sending service> ~all\"",
      [](const std::vector<dns::Record>& records) {
        auto found = texts(records);
        std::erase_if(found, [](const auto& text) { return !mailauth::spf::is_spf_record(text); });
        return found.size() == 1 && mailauth::spf::parse_record(found.front());
      });
}

identity::Judged judge_dmarc_record(const Reply& reply) {
  return identity::judge_record(identity::RecordPurpose::verification, reply,
                                "\"v=DMARC1; p=none; rua=mailto:<where you read reports>\"",
                                [](const std::vector<dns::Record>& records) {
                                  const auto found = texts(records);
                                  return std::ranges::count_if(found, [](const auto& text) {
                                           const auto parsed = mailauth::dmarc::parse_record(text);
                                           return parsed && parsed->p;
                                         }) == 1;
                                });
}

class Check {
 public:
  Check(Sources sources, Question question, Time now, net::Deadline deadline)
      : sources_(sources),
        question_(std::move(question)),
        now_(now),
        deadline_(deadline),
        fresh_(sources.resolver),
        domain_txt_{question_.domain, RecordType::txt, "", {}, std::nullopt},
        dmarc_txt_{"", RecordType::txt, "", {}, std::nullopt},
        mx_{question_.domain, RecordType::mx, "", {}, std::nullopt},
        mail_from_txt_{question_.mail_from_domain, RecordType::txt, "", {}, std::nullopt} {
    report_.at = now_;
    report_.domain = question_.domain;
    report_.author_domain = question_.author_domain.empty() ? question_.domain : question_.author_domain;
    report_.mail_from_domain = question_.mail_from_domain.empty() ? question_.domain : question_.mail_from_domain;
    dmarc_txt_.name = "_dmarc." + report_.author_domain;
  }

  net::Task<Report> run();

 private:
  bool has_mail_from() const { return report_.mail_from_domain != report_.domain; }
  net::Task<void> find_zone();
  net::Task<void> explain_silence(dns::Answer answer);
  net::Task<void> ask(Reply& reply, net::Deadline deadline);
  net::Task<void> look_at_servers(net::Deadline deadline);
  net::Task<void> look_at_mail_from_records(net::Deadline deadline);
  net::Task<void> ask_servers_for_records();
  net::Task<void> look_through_resolver();
  net::Task<void> add_spf(std::string domain, bool is_mail_from, net::Deadline deadline);
  net::Task<void> add_dkim(net::Deadline deadline);
  net::Task<void> add_mta_sts(net::Deadline deadline);
  net::Task<void> add_tls_rpt(net::Deadline deadline);
  net::Task<void> add_address(net::IpAddress ip, AddressFinding& finding, net::Deadline deadline);
  net::Task<void> look_at_policy();
  void add_record(std::string purpose, identity::Judged judged, const Problems& problems);
  void add_records();
  void refuse(Severity severity, std::string found, std::string change);

  const Sources sources_;
  const Question question_;
  const Time now_;
  const net::Deadline deadline_;
  Report report_;
  std::optional<dns::ZoneServers> zone_;
  FreshResolver fresh_;
  Reply domain_txt_, dmarc_txt_, mx_, mail_from_txt_;
};

void Check::refuse(Severity severity, std::string found, std::string change) {
  report_.problems.push_back(
      {Topic::domain, severity, question_text(report_.domain, RecordType::soa), std::move(found), std::move(change)});
}

// Is it the resolver or the domain that says nothing?
net::Task<void> Check::explain_silence(dns::Answer answer) {
  const std::string above(dns::parent(report_.domain));
  const net::Deadline deadline = std::min(deadline_, net::after(time_to_compare));
  const dns::Answer compared = co_await sources_.resolver.resolve(above, RecordType::soa, deadline);
  refuse(Severity::unknown, answer.detail.empty() ? std::string(dns::name(answer.status)) : answer.detail,
         is_answered(compared)
             ? fmt::format(
                   "The resolver answers about {} and not about {}: the domain's name servers are broken or out of "
                   "reach. Receivers that see the same put its mail off.",
                   above.empty() ? "the root" : above, report_.domain)
             : "No resolver answers. Is the network there? With --resolver another one is asked.");
}

net::Task<void> Check::find_zone() {
  const net::Deadline deadline = std::min(deadline_, net::after(time_to_start));
  const dns::Answer soa = co_await sources_.resolver.resolve(report_.domain, RecordType::soa, deadline);
  if (soa.bogus) {
    refuse(Severity::bad, soa.detail,
           "The answers about the domain fail DNSSEC validation, so receivers that validate see nothing of it. Compare "
           "the "
           "DS record at the registrar with the keys of the zone.");
    co_return;
  }
  if (!is_answered(soa)) {
    co_await explain_silence(soa);
    co_return;
  }
  if (soa.status == dns::AnswerStatus::nxdomain) {
    refuse(Severity::bad, "no such name",
           fmt::format("There is no {} in the DNS. Is it spelled so, registered and delegated?", report_.domain));
    co_return;
  }
  report_.exists = true;
  auto zone = co_await sources_.servers.servers_for(report_.domain, deadline);
  if (zone) {
    zone_ = std::move(*zone);
    report_.zone.apex = zone_->apex;
  } else {
    report_.zone.problems.push_back({Topic::name_servers, Severity::unknown,
                                     question_text(report_.domain, RecordType::ns), zone.error().detail,
                                     "The zone's name servers could not be found out. Try again."});
  }
}

// An alias is followed, as receivers follow it: policies are often kept in another zone.
net::Task<void> Check::ask(Reply& reply, net::Deadline deadline) {
  reply = co_await ask_servers(sources_.servers, sources_.resolver, reply.name, reply.type, deadline);
  if (!identity::alias_at(reply)) co_return;
  const dns::Answer followed = co_await sources_.resolver.resolve(reply.name, reply.type, deadline);
  for (dns::ServerLook& server : reply.servers) {
    if (server.answer.cname) server.answer.records = followed.records;
  }
}

net::Task<void> Check::look_at_servers(net::Deadline deadline) {
  if (!zone_) co_return;
  report_.zone = co_await look_at_zone(sources_.servers, *zone_, sources_.name_server_port, deadline);
  std::vector<std::string> names;
  for (const NameServerFinding& server : report_.zone.servers) names.push_back(server.name);
  report_.provider = recognise_provider(names);
}

net::Task<void> Check::look_at_mail_from_records(net::Deadline deadline) {
  MailFromQuestion question;
  question.identity_domain = report_.domain;
  question.mail_from_domain = question_.mail_from_domain;
  question.service = question_.service;
  question.zone = zone_ ? zone_->apex : "";
  std::ranges::copy_if(question_.selectors, std::back_inserter(question.dkim_tokens), is_token);
  MailFromFinding finding =
      co_await look_at_mail_from(sources_.servers, sources_.resolver, std::move(question), now_, deadline);
  for (const Reply& reply : finding.replies) fresh_.learn(reply);
  report_.mail_from = std::move(finding);
}

net::Task<void> Check::ask_servers_for_records() {
  const net::Deadline deadline = std::min(deadline_, net::after(2 * time_for_servers));
  std::vector<Reply*> replies{&domain_txt_, &dmarc_txt_, &mx_};
  const bool has_tokens = question_.service && std::ranges::any_of(question_.selectors, is_token);
  const bool wants_records = question_.mail_from_records && (has_mail_from() || has_tokens);
  if (has_mail_from() && !wants_records) replies.push_back(&mail_from_txt_);
  std::vector<net::Task<void>> questions;
  questions.push_back(look_at_servers(std::min(deadline_, net::after(time_for_servers))));
  for (Reply* reply : replies) questions.push_back(ask(*reply, deadline));
  if (wants_records) questions.push_back(look_at_mail_from_records(deadline));
  co_await beside(std::move(questions));
  for (const Reply* reply : replies) fresh_.learn(*reply);
}

net::Task<void> Check::add_spf(std::string domain, bool is_mail_from, net::Deadline deadline) {
  SpfFinding finding = co_await look_at_spf(fresh_, std::move(domain), is_mail_from, now_, deadline);
  if (is_mail_from) {
    report_.spf = std::move(finding);
  } else if (!finding.tree.record.empty()) {  // nothing has to be published for a name that is not used
    report_.domain_spf = std::move(finding);
  }
}

net::Task<void> Check::add_dkim(net::Deadline deadline) {
  report_.dkim = co_await look_at_dkim(fresh_, report_.domain, question_.selectors, now_, deadline);
}

net::Task<void> Check::add_mta_sts(net::Deadline deadline) {
  std::vector<std::string> hosts;
  for (const dns::Record& record : majority_records(mx_)) {
    const auto* mx = std::get_if<dns::Mx>(&record.data);
    if (mx && !mx->exchange.empty()) hosts.push_back(mx->exchange);
  }
  report_.mta_sts = co_await look_at_mta_sts(fresh_, sources_.policies, report_.domain, std::move(hosts), deadline);
}

net::Task<void> Check::add_tls_rpt(net::Deadline deadline) {
  report_.tls_rpt = co_await look_at_tls_rpt(fresh_, report_.domain, deadline);
}

net::Task<void> Check::add_address(net::IpAddress ip, AddressFinding& finding, net::Deadline deadline) {
  finding = co_await look_at_address(fresh_, std::move(ip), report_.mail_from_domain, now_, deadline);
}

net::Task<void> Check::look_through_resolver() {
  const net::Deadline deadline = deadline_ - time_for_dmarc;
  report_.addresses.resize(question_.addresses.size());
  std::vector<net::Task<void>> questions;
  questions.push_back(add_spf(report_.mail_from_domain, true, deadline));
  if (has_mail_from()) questions.push_back(add_spf(report_.domain, false, deadline));
  questions.push_back(add_dkim(deadline));
  questions.push_back(add_mta_sts(std::min(deadline, net::after(time_for_policy))));
  questions.push_back(add_tls_rpt(deadline));
  for (std::size_t i = 0; i < report_.addresses.size(); ++i) {
    questions.push_back(add_address(question_.addresses[i], report_.addresses[i], deadline));
  }
  co_await beside(std::move(questions));
}

net::Task<void> Check::look_at_policy() {
  DmarcQuestion question;
  question.author_domain = report_.author_domain;
  question.mail_from_domain = report_.mail_from_domain;
  question.signing_domain = report_.dkim.has_accepted_key() ? report_.domain : "";
  report_.dmarc = co_await look_at_dmarc(fresh_, std::move(question), deadline_);
  const std::string& at = report_.dmarc.outcome.policy_domain;
  if (at.empty() || at == report_.author_domain) co_return;
  // The policy is that of a domain above.
  dmarc_txt_.name = "_dmarc." + at;
  co_await ask(dmarc_txt_, std::min(deadline_, net::after(time_for_servers)));
}

void Check::add_record(std::string purpose, identity::Judged judged, const Problems& problems) {
  identity::RecordFinding& finding = judged.record;
  if (finding.status != identity::RecordStatus::good)
    finding.advice = record_problem(problems, question_text(finding.name, finding.type));
  report_.records.push_back({std::move(purpose), std::move(finding)});
}

void Check::add_records() {
  if (report_.mail_from) report_.records = report_.mail_from->records;
  const Problems none;
  const Problems& about_domain =
      has_mail_from() ? (report_.domain_spf ? report_.domain_spf->problems : none) : report_.spf.problems;
  add_record("spf", judge_spf_record(domain_txt_), about_domain);
  add_record("dmarc", judge_dmarc_record(dmarc_txt_), report_.dmarc.problems);
  for (const Reply* reply : {&domain_txt_, &dmarc_txt_, &mx_}) {
    const Problems disagreement = judge_agreement(*reply);
    report_.zone.problems.insert(report_.zone.problems.end(), disagreement.begin(), disagreement.end());
  }
}

net::Task<Report> Check::run() {
  co_await find_zone();
  if (report_.exists) {
    co_await ask_servers_for_records();
    co_await look_through_resolver();
    co_await look_at_policy();
    add_records();
  }
  conclude(report_);
  co_return std::move(report_);
}

}  // namespace

net::Task<Report> check_domain(Sources sources, Question question, Time now, net::Deadline deadline) {
  Check check(sources, std::move(question), now, deadline);
  Report report = co_await check.run();
  co_return report;
}

}  // namespace sesame::check
