#include "check/report.h"

#include <fmt/format.h>

#include <algorithm>

namespace sesame::check {
namespace {

using mailauth::dmarc::Policy;

void take(Problems& all, const Problems& part) { all.insert(all.end(), part.begin(), part.end()); }

// The order a reader wants: what decides, then what is not known, then what could be better.
Problems in_order(const Problems& problems) {
  Problems ordered;
  for (const Severity severity : {Severity::bad, Severity::unknown, Severity::advice}) {
    std::ranges::copy_if(problems, std::back_inserter(ordered),
                         [&](const Problem& problem) { return problem.severity == severity; });
  }
  return ordered;
}

// The same question may be asked by several parts; its first finding is enough.
void drop_repeated(Problems& problems) {
  Problems once;
  for (Problem& problem : problems) {
    const bool known = std::ranges::any_of(once, [&](const Problem& other) {
      return other.topic == problem.topic && other.asked == problem.asked && other.change == problem.change;
    });
    if (!known) once.push_back(std::move(problem));
  }
  problems = std::move(once);
}

bool mail_from_txt_is_good(const Report& report) {
  if (!report.mail_from) return true;
  return std::ranges::all_of(report.mail_from->records, [](const Record& record) {
    return record.finding.purpose != identity::RecordPurpose::mail_from_spf ||
           record.finding.status == identity::RecordStatus::good;
  });
}

// MTA-STS and TLS-RPT are about mail to the domain: not to know them leaves the verdict alone.
bool is_essential(const Problem& problem) {
  return problem.topic != Topic::mta_sts && problem.topic != Topic::tls_rpt && problem.topic != Topic::reports;
}

Verdict verdict_of(const Problems& problems) {
  const auto is = [](Severity severity) {
    return [=](const Problem& problem) { return problem.severity == severity; };
  };
  if (std::ranges::any_of(problems, is(Severity::bad))) return Verdict::bad;
  const bool unknown = std::ranges::any_of(
      problems, [&](const Problem& problem) { return is(Severity::unknown)(problem) && is_essential(problem); });
  return unknown ? Verdict::unknown : Verdict::good;
}

std::string decision_of(const Report& report) {
  const std::string spf = !report.spf.is_usable()                      ? "SPF does not pass"
                          : report.dmarc.outcome.policy_domain.empty() ? "SPF passes for hosts it lists"
                          : report.spf_aligned() ? "SPF passes for hosts it lists and counts for DMARC"
                                                 : "SPF passes for hosts it lists and does not count for DMARC";
  const std::string dkim = report.dkim.has_accepted_key() ? "signatures can pass"
                           : report.dkim.keys.empty()     ? "no key for signatures was found"
                                                          : "no signature can pass";
  std::string dmarc = "nobody has said what to do with what fails (no DMARC policy)";
  if (!report.dmarc.outcome.policy_domain.empty())
    dmarc = fmt::format("what fails is {}", report.dmarc.outcome.policy == Policy::none ? "let through (p=none)"
                                            : report.dmarc.outcome.policy == Policy::quarantine
                                                ? "suspicious (p=quarantine)"
                                                : "rejected (p=reject)");
  return fmt::format("{}; {}; {}.", spf, dkim, dmarc);
}

std::string count_of(std::size_t count, std::string_view one, std::string_view many) {
  return count == 1 ? fmt::format("one {}", one) : fmt::format("{} {}", count, many);
}

std::string summary_of(const Report& report) {
  const auto count = [&](Severity severity) {
    return static_cast<std::size_t>(std::ranges::count(report.problems, severity, &Problem::severity));
  };
  const std::size_t better = count(Severity::advice);
  switch (report.verdict) {
    case Verdict::bad:
      return fmt::format("{}: {} to put right.", report.domain, count_of(count(Severity::bad), "thing", "things"));
    case Verdict::unknown: return fmt::format("{}: could not find out enough to say.", report.domain);
    case Verdict::good: break;
  }
  if (better == 0) return fmt::format("{} is in order.", report.domain);
  return fmt::format("{} is in order; {} could be better.", report.domain, count_of(better, "thing", "things"));
}

}  // namespace

std::string_view name(Verdict verdict) {
  switch (verdict) {
    case Verdict::good: return "good";
    case Verdict::bad: return "bad";
    case Verdict::unknown: break;
  }
  return "unknown";
}

void conclude(Report& report) {
  Problems& all = report.problems;
  if (report.exists) {
    if (report.mail_from) take(all, report.mail_from->problems);
    // What is wrong with the record itself has been told in the words of the diagnosis.
    if (mail_from_txt_is_good(report)) take(all, report.spf.problems);
    take(all, report.dkim.problems);
    take(all, report.dmarc.problems);
    for (const AddressFinding& address : report.addresses) take(all, address.problems);
    take(all, report.zone.problems);
    if (report.domain_spf) take(all, report.domain_spf->problems);
    take(all, report.mta_sts.problems);
    take(all, report.tls_rpt.problems);
    report.decision = decision_of(report);
  }
  drop_repeated(all);
  all = in_order(all);
  report.verdict = verdict_of(all);
  report.summary = summary_of(report);
}

}  // namespace sesame::check
