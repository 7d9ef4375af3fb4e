#include "check/tls_look.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "check/questions.h"

namespace sesame::check {
namespace {

constexpr std::string_view mta_sts_version = "v=STSv1";
constexpr const char* policy_path = "/.well-known/mta-sts.txt";

std::string shown_text(const std::string& text) { return identity::shown(dns::Txt{{text}}); }

class MtaStsJudge {
 public:
  MtaStsJudge(MtaStsFinding& finding, std::string domain) : finding_(finding), domain_(std::move(domain)) {}

  void add_about_record(Severity severity, std::string found, std::string change) {
    add(severity, question_text("_mta-sts." + domain_, dns::RecordType::txt), std::move(found), std::move(change));
  }

  void add_not_fetched(const FetchError& error) {
    finding_.not_fetched = error.detail;
    const bool definite = error.code == FetchErrc::no_host || error.code == FetchErrc::refused;
    add(definite ? Severity::bad : Severity::unknown, file(), error.detail,
        definite ? "The record promises a policy that cannot be had, so senders ignore it. Serve the policy there over "
                   "HTTPS with a valid certificate, as text/plain, or remove the record."
                 : "The policy was not fetched. Look at it from elsewhere.");
  }

  void add_broken_policy(const RecordProblem& problem) {
    finding_.not_fetched = fmt::format("the policy {}", problem.text);
    add(Severity::bad, file(), finding_.not_fetched,
        "Senders ignore a broken policy (RFC 8461 §3.2). Correct the file.");
  }

  void judge_hosts(const std::vector<std::string>& mx_hosts) {
    if (!finding_.policy || finding_.policy->mode == MtaStsMode::none) return;
    std::vector<std::string> unnamed;
    for (const std::string& host : mx_hosts) {
      if (!finding_.policy->names_host(host)) unnamed.push_back(host);
    }
    if (unnamed.empty()) return;
    const bool enforced = finding_.policy->mode == MtaStsMode::enforce;
    add(enforced ? Severity::bad : Severity::advice, file(),
        fmt::format("mx: {}", fmt::join(finding_.policy->mx, ", ")),
        fmt::format(
            "The policy does not name {}, where the MX records of {} lead{}. Name it in the policy, then give the "
            "record a new id=.",
            fmt::join(unnamed, ", "), domain_,
            enforced ? ": senders deliver nothing there, replies and bounces among it" : ""));
  }

 private:
  std::string file() const { return fmt::format("https://mta-sts.{}{}", domain_, policy_path); }
  void add(Severity severity, std::string asked, std::string found, std::string change) {
    finding_.problems.push_back({Topic::mta_sts, severity, std::move(asked), std::move(found), std::move(change)});
  }

  MtaStsFinding& finding_;
  const std::string domain_;
};

// The records at a name that claim a version. RFC 8461 §3.1, RFC 8460 §3: if there is not exactly one, there is none.
std::vector<std::string> claiming(const dns::Answer& answer, std::string_view version) {
  std::vector<std::string> found = texts(answer.records);
  std::erase_if(found, [&](const std::string& text) { return !text.starts_with(version); });
  return found;
}

}  // namespace

net::Task<MtaStsFinding> look_at_mta_sts(dns::Resolver& resolver, PolicyFetcher* fetcher, std::string domain,
                                         std::vector<std::string> mx_hosts, net::Deadline deadline) {
  MtaStsFinding finding;
  MtaStsJudge judge(finding, domain);
  const dns::Answer answer = co_await resolver.resolve("_mta-sts." + domain, dns::RecordType::txt, deadline);
  if (!is_answered(answer)) {
    judge.add_about_record(Severity::unknown, "no answer", "Try again.");
    co_return finding;
  }
  const std::vector<std::string> records = claiming(answer, mta_sts_version);
  if (records.empty()) co_return finding;
  finding.record = records.front();
  if (records.size() > 1) {
    judge.add_about_record(Severity::bad, fmt::format("{} records", records.size()),
                           "Senders ignore all of them (RFC 8461 §3.1). Keep one.");
    co_return finding;
  }
  auto parsed = parse_mta_sts_record(finding.record);
  if (!parsed) {
    judge.add_about_record(
        Severity::bad, shown_text(finding.record),
        fmt::format("The record {}. Publish \"v=STSv1; id=<a new number for each policy>\".", parsed.error().text));
    co_return finding;
  }
  finding.parsed = std::move(*parsed);
  if (!fetcher) {
    finding.not_fetched = "not asked for";
    co_return finding;
  }
  const auto body = co_await fetcher->fetch(domain, deadline);
  if (!body) {
    judge.add_not_fetched(body.error());
    co_return finding;
  }
  auto policy = parse_mta_sts_policy(*body);
  if (!policy) {
    judge.add_broken_policy(policy.error());
    co_return finding;
  }
  finding.policy = std::move(*policy);
  judge.judge_hosts(mx_hosts);
  co_return finding;
}

net::Task<TlsRptFinding> look_at_tls_rpt(dns::Resolver& resolver, std::string domain, net::Deadline deadline) {
  TlsRptFinding finding;
  const std::string at = "_smtp._tls." + domain;
  const auto add = [&](Severity severity, std::string found, std::string change) {
    finding.problems.push_back(
        {Topic::tls_rpt, severity, question_text(at, dns::RecordType::txt), std::move(found), std::move(change)});
  };
  const dns::Answer answer = co_await resolver.resolve(at, dns::RecordType::txt, deadline);
  if (!is_answered(answer)) {
    add(Severity::unknown, "no answer", "Try again.");
    co_return finding;
  }
  const std::vector<std::string> records = claiming(answer, "v=TLSRPTv1");
  if (records.empty()) co_return finding;
  finding.record = records.front();
  if (records.size() > 1) {
    add(Severity::bad, fmt::format("{} records", records.size()),
        "Senders ignore all of them (RFC 8460 §3). Keep one.");
    co_return finding;
  }
  auto parsed = parse_tls_rpt_record(finding.record);
  if (parsed) {
    finding.parsed = std::move(*parsed);
  } else {
    add(Severity::bad, shown_text(finding.record),
        fmt::format("The record {}. Publish \"v=TLSRPTv1; rua=mailto:<where you read reports>\".",
                    parsed.error().text));
  }
  co_return finding;
}

}  // namespace sesame::check
