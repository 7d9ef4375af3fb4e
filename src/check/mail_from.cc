#include "check/mail_from.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/digest.h"
#include "check/beside.h"
#include "dns/name.h"
#include "identity/advice.h"
#include "identity/dkim_keys.h"
#include "mailauth/spf/lookups.h"
#include "mailauth/spf/record.h"

namespace sesame::check {
namespace {

using dns::RecordType;
using identity::RecordPurpose;
using identity::RecordStatus;
using identity::Reply;

constexpr std::string_view feedback_prefix = "feedback-smtp.";

struct Asked {
  RecordPurpose purpose = RecordPurpose::mail_from_mx;
  Reply reply{};
  identity::Judged judged{};
  identity::Extras extras{};
};

const dns::Mx* one_mx(const std::vector<dns::Record>& records) {
  return records.size() == 1 ? std::get_if<dns::Mx>(&records.front().data) : nullptr;
}

// What any sending service needs there.
identity::Judged judge_any_mx(const Reply& reply) {
  return identity::judge_record(RecordPurpose::mail_from_mx, reply, "10 <the feedback host your sending service names>",
                                [](const std::vector<dns::Record>& records) {
                                  const dns::Mx* mx = one_mx(records);
                                  return mx && !mx->exchange.empty();
                                });
}

std::vector<std::string> spf_records(const std::vector<dns::Record>& records) {
  std::vector<std::string> found = texts(records);
  std::erase_if(found, [](const std::string& text) { return !mailauth::spf::is_spf_record(text); });
  return found;
}

identity::Judged judge_any_spf(const Reply& reply) {
  return identity::judge_record(RecordPurpose::mail_from_spf, reply, "\"v=spf1 include:<your sending service> ~all\"",
                                [](const std::vector<dns::Record>& records) {
                                  const auto found = spf_records(records);
                                  return found.size() == 1 && mailauth::spf::parse_record(found.front());
                                });
}

std::string wrong_mx(const Reply& reply) {
  const std::vector<dns::RecordData> records = identity::all_records(reply);
  if (records.size() > 1)
    return fmt::format(
        "There are {} MX records at {} and there must be exactly one, that of your sending service. If mail "
        "is received at this name, choose another name for the MAIL FROM domain.",
        records.size(), reply.name);
  return fmt::format(
      "The MX record at {} says that the name takes no mail (null MX), so no bounce comes home. Replace it by "
      "the feedback host your sending service names.",
      reply.name);
}

std::string wrong_spf(const Reply& reply) {
  const std::vector<std::string> found = spf_records(majority_records(reply));
  if (found.empty())
    return fmt::format(
        "Among the TXT records at {} there is no SPF record. Add \"v=spf1 include:<your sending service> "
        "~all\".",
        reply.name);
  if (found.size() > 1)
    return fmt::format("There are {} SPF records, which receivers take as a permanent error (RFC 7208 §4.5). Keep one.",
                       found.size());
  const auto parsed = mailauth::spf::parse_record(found.front());
  return parsed ? "" : fmt::format("The SPF record has an error: {} Correct it.", parsed.error().text);
}

class Look {
 public:
  Look(dns::AuthoritativeClient& client, dns::Resolver& resolver, const MailFromQuestion& question, Time now,
       net::Deadline deadline)
      : client_(client), resolver_(resolver), question_(question), now_(now), deadline_(deadline) {}

  net::Task<MailFromFinding> run();

 private:
  net::Task<void> ask(Reply& reply);
  net::Task<void> ask_extras();
  net::Task<void> judge_mx_host(MailFromFinding& finding);
  void plan();
  void plan_extra(Reply& extra, std::string name, RecordType type);
  void plan_extras(Asked& asked);
  void judge(Asked& asked) const;
  std::string advise(const Asked& asked) const;
  void conclude(MailFromFinding& finding);

  dns::AuthoritativeClient& client_;
  dns::Resolver& resolver_;
  const MailFromQuestion& question_;
  const Time now_;
  const net::Deadline deadline_;
  std::optional<identity::ServiceNames> service_;
  std::vector<Asked> all_;
  std::vector<Reply*> extras_;
};

net::Task<void> Look::ask(Reply& reply) {
  std::string zone = std::move(reply.zone);
  reply = co_await ask_servers(client_, resolver_, reply.name, reply.type, deadline_);
  reply.zone = std::move(zone);
}

void Look::plan() {
  const auto add = [&](RecordPurpose purpose, std::string name, RecordType type) {
    all_.push_back({purpose, Reply{dns::canonical(name), type, question_.zone, {}, std::nullopt}, {}, {}});
  };
  if (!question_.mail_from_domain.empty()) {
    add(RecordPurpose::mail_from_mx, question_.mail_from_domain, RecordType::mx);
    add(RecordPurpose::mail_from_spf, question_.mail_from_domain, RecordType::txt);
  }
  if (!question_.service) return;
  for (const std::string& token : question_.dkim_tokens) {
    add(RecordPurpose::dkim, fmt::format("{}._domainkey.{}", token, question_.identity_domain), RecordType::cname);
  }
}

void Look::judge(Asked& asked) const {
  const Reply& reply = asked.reply;
  switch (asked.purpose) {
    case RecordPurpose::mail_from_mx:
      asked.judged = service_ ? identity::judge_mail_from_mx(reply, *service_) : judge_any_mx(reply);
      return;
    case RecordPurpose::mail_from_spf:
      asked.judged = service_ ? identity::judge_mail_from_spf(reply, *service_) : judge_any_spf(reply);
      return;
    case RecordPurpose::dkim:
    case RecordPurpose::verification:
    case RecordPurpose::mail_from_delegation: break;
  }
  const std::string token = reply.name.substr(0, reply.name.find('.'));
  if (service_) asked.judged = identity::judge_dkim_cname(reply, service_->dkim_target(token));
}

std::string Look::advise(const Asked& asked) const {
  const identity::Judged& judged = asked.judged;
  if (judged.record.status == RecordStatus::unknown)
    return fmt::format("Neither the name servers nor the resolver say what is at {}. Try again.", asked.reply.name);
  if (asked.purpose == RecordPurpose::mail_from_mx) {
    if (service_) return identity::advise_mail_from_mx(judged, asked.reply, asked.extras, *service_);
    return identity::advise_record(judged, asked.reply, asked.extras, wrong_mx(asked.reply));
  }
  if (asked.purpose == RecordPurpose::mail_from_spf) {
    if (service_) return identity::advise_mail_from_spf(judged, asked.reply, asked.extras, *service_);
    return identity::advise_record(judged, asked.reply, asked.extras, wrong_spf(asked.reply));
  }
  return identity::advise_dkim_cname(judged, asked.reply, asked.extras);
}

void Look::plan_extra(Reply& extra, std::string name, RecordType type) {
  extra.name = std::move(name);
  extra.type = type;
  extras_.push_back(&extra);
}

// As identity/look.cc asks them: what tells why a record is missing or wrong.
void Look::plan_extras(Asked& asked) {
  const Reply& reply = asked.reply;
  const RecordStatus status = asked.judged.record.status;
  if (status == RecordStatus::wrong && asked.purpose == RecordPurpose::mail_from_mx) {
    const std::string nobodys = sha256_hex(fmt::format("{}/{}", reply.name, to_unix_ms(now_))).substr(0, 16);
    plan_extra(asked.extras.wildcard, fmt::format("{}.{}", nobodys, dns::parent(reply.name)), reply.type);
  }
  if (status != RecordStatus::missing) return;
  if (!reply.zone.empty() && reply.name != reply.zone)
    plan_extra(asked.extras.doubled, fmt::format("{}.{}", reply.name, reply.zone), reply.type);
  if (reply.type != RecordType::txt) plan_extra(asked.extras.addresses, reply.name, RecordType::a);
  if (reply.type == RecordType::cname) plan_extra(asked.extras.text, reply.name, RecordType::txt);
}

net::Task<void> Look::ask_extras() {
  for (Asked& asked : all_) plan_extras(asked);
  std::vector<net::Task<void>> questions;
  for (Reply* extra : extras_) {
    if (dns::is_valid_name(extra->name)) questions.push_back(ask(*extra));
  }
  co_await beside(std::move(questions));
}

// Bounces go there, so it must be there.
net::Task<void> Look::judge_mx_host(MailFromFinding& finding) {
  const auto mx_asked = std::ranges::find(all_, RecordPurpose::mail_from_mx, &Asked::purpose);
  if (mx_asked == all_.end() || mx_asked->judged.record.status != RecordStatus::good) co_return;
  const std::vector<dns::Record> records = majority_records(mx_asked->reply);
  const dns::Mx* mx = one_mx(records);
  if (!mx) co_return;
  for (const RecordType type : {RecordType::a, RecordType::aaaa}) {
    const dns::Answer answer = co_await resolver_.resolve(mx->exchange, type, deadline_);
    if (answer.status == dns::AnswerStatus::found || !is_answered(answer)) co_return;
  }
  const std::string change = fmt::format(
      "The MX record of {} leads to {}, which has no address: bounces cannot come home, and receivers that "
      "check it refuse the mail. Correct the name.",
      mx_asked->reply.name, mx->exchange);
  mx_asked->judged.record.advice = change;
  finding.problems.push_back(
      {Topic::mail_from, Severity::bad, question_text(mx->exchange, RecordType::a), "nothing", change});
}

void Look::conclude(MailFromFinding& finding) {
  finding.service = service_;
  finding.status = "UNKNOWN";
  for (Asked& asked : all_) {
    identity::RecordFinding& record = asked.judged.record;
    if (record.advice.empty()) record.advice = record.status == RecordStatus::good ? "" : advise(asked);
    if (asked.purpose == RecordPurpose::mail_from_mx) {
      const identity::Finding said = asked.judged.observed.finding;
      if (said != identity::Finding::unknown) finding.status = said == identity::Finding::right ? "SUCCESS" : "FAILED";
    }
    if (record.status != RecordStatus::good) {
      const Topic topic = asked.purpose == RecordPurpose::dkim ? Topic::dkim : Topic::mail_from;
      const Severity severity = record.status == RecordStatus::unknown ? Severity::unknown : Severity::bad;
      finding.problems.push_back(
          {topic, severity, question_text(record.name, record.type), shown_found(record), record.advice});
    }
    finding.records.push_back({std::string(identity::name(asked.purpose)), record});
    if (asked.purpose == RecordPurpose::mail_from_mx && service_) {
      if (auto delegation = identity::delegation_of(asked.reply, *service_))
        finding.records.push_back({std::string(identity::name(delegation->purpose)), std::move(*delegation)});
    }
    if (asked.purpose != RecordPurpose::dkim) finding.replies.push_back(std::move(asked.reply));
  }
}

net::Task<MailFromFinding> Look::run() {
  plan();
  std::vector<net::Task<void>> questions;
  for (Asked& asked : all_) questions.push_back(ask(asked.reply));
  co_await beside(std::move(questions));
  service_ = question_.service;
  if (!service_ && !all_.empty()) service_ = recognise_service(majority_records(all_.front().reply));
  for (Asked& asked : all_) judge(asked);
  co_await ask_extras();
  MailFromFinding finding;
  finding.domain = question_.mail_from_domain;
  co_await judge_mx_host(finding);
  conclude(finding);
  co_return finding;
}

}  // namespace

std::optional<identity::ServiceNames> recognise_service(const std::vector<dns::Record>& mx_records) {
  const dns::Mx* mx = one_mx(mx_records);
  if (!mx) return std::nullopt;
  std::string_view host = mx->exchange;
  if (!host.starts_with(feedback_prefix)) return std::nullopt;
  host.remove_prefix(feedback_prefix.size());
  const std::string_view region = host.substr(0, host.find('.'));
  const std::string_view service_domain = dns::parent(host);
  if (dns::label_count(service_domain) < 2) return std::nullopt;
  return identity::ServiceNames{std::string(service_domain), std::string(region)};
}

bool is_token(std::string_view selector) {
  return selector.size() == identity::token_characters &&
         std::ranges::all_of(selector, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); });
}

net::Task<MailFromFinding> look_at_mail_from(dns::AuthoritativeClient& client, dns::Resolver& resolver,
                                             MailFromQuestion question, Time now, net::Deadline deadline) {
  Look look(client, resolver, question, now, deadline);
  MailFromFinding finding = co_await look.run();
  co_return finding;
}

}  // namespace sesame::check
