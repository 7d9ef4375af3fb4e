#include "mailauth/dmarc/evaluate.h"

#include <fmt/format.h>

#include <algorithm>

#include "dns/name.h"
#include "mailauth/dmarc/tree_walk.h"

namespace sesame::mailauth::dmarc {
namespace {

// §4.7, t=: one level milder.
Policy milder(Policy policy) { return policy == Policy::reject ? Policy::quarantine : Policy::none; }

// Two names can share an organizational domain only if they share at least their last label.
bool may_share_organization(std::string_view a, std::string_view b) {
  const auto last_label = [](std::string_view name) { return name.substr(name.rfind('.') + 1); };
  return dns::equal(last_label(a), last_label(b));
}

enum class Aligned { no, yes, unknown };

class Evaluation {
 public:
  Evaluation(dns::Resolver& resolver, net::Deadline deadline)
      : resolver_(resolver), deadline_(deadline), walker_(resolver, deadline) {}

  net::Task<DmarcOutcome> judge(std::string author_domain, const spf::SpfOutcome& spf,
                                std::span<const dkim::SignatureResult> dkim);

 private:
  net::Task<bool> find_policy(const TreeWalk& walk, DmarcOutcome& outcome);
  net::Task<Aligned> aligned(std::string identifier, Alignment mode, const DmarcOutcome& outcome);
  net::Task<bool> spf_might_pass(const spf::SpfOutcome& spf, DmarcOutcome& outcome);
  net::Task<bool> dkim_might_pass(std::span<const dkim::SignatureResult> dkim, DmarcOutcome& outcome);

  dns::Resolver& resolver_;
  net::Deadline deadline_;
  TreeWalker walker_;
  const DmarcRecord* record_ = nullptr;  // the one that applies, inside judge()'s walk
  bool organization_unknown_ = false;    // the author domain's walk was cut short
};

net::Task<DmarcOutcome> Evaluation::judge(std::string author_domain, const spf::SpfOutcome& spf,
                                          std::span<const dkim::SignatureResult> dkim) {
  DmarcOutcome outcome;
  outcome.author_domain = author_domain;
  const TreeWalk walk = co_await walker_.walk(author_domain);
  outcome.organizational_domain = walk.organizational_domain();
  outcome.problem = walk.problem;
  organization_unknown_ = walk.temperror;
  if (walk.temperror && walk.at(author_domain) == nullptr) {
    outcome.result = DmarcResult::temperror;
    co_return outcome;
  }
  const bool found = co_await find_policy(walk, outcome);
  if (!found) co_return outcome;
  const bool spf_unknown = co_await spf_might_pass(spf, outcome);
  const bool dkim_unknown = co_await dkim_might_pass(dkim, outcome);
  if (outcome.spf_aligned || outcome.dkim_aligned) {
    outcome.result = DmarcResult::pass;
  } else if (spf_unknown || dkim_unknown) {
    outcome.result = DmarcResult::temperror;
    if (outcome.problem.empty()) outcome.problem = "DNS did not answer, so SPF or DKIM may yet align";
  } else if (outcome.result != DmarcResult::temperror) {
    outcome.result = DmarcResult::fail;
    outcome.disposition = outcome.testing ? milder(outcome.policy) : outcome.policy;
  }
  co_return outcome;
}

// §4.10.1: the author domain's own record, else its organizational domain's, else the public suffix domain's. False:
// none that asks for anything, or (outcome.result temperror) it cannot be known which tag applies.
net::Task<bool> Evaluation::find_policy(const TreeWalk& walk, DmarcOutcome& outcome) {
  const WalkStep* step = walk.at(walk.start);
  const bool own = step != nullptr;
  if (!own) step = walk.at(outcome.organizational_domain);
  if (step == nullptr) step = walk.public_suffix();
  if (step == nullptr) co_return false;
  const auto& own_policy = step->record.p;
  if (!own_policy) co_return false;
  record_ = &step->record;
  outcome.policy_domain = step->domain;
  outcome.testing = step->record.testing;
  outcome.policy = *own_policy;
  if (own) co_return true;
  outcome.policy = step->record.for_existing_subdomain().value_or(*own_policy);
  const Policy for_nonexistent = step->record.for_nonexistent_subdomain().value_or(*own_policy);
  if (for_nonexistent == outcome.policy) co_return true;
  // §4.7, np=: non-existent means NXDOMAIN (RFC 8020), which any type of question shows.
  const dns::Answer answer = co_await resolver_.resolve(walk.start, dns::RecordType::a, deadline_);
  if (answer.status == dns::AnswerStatus::nxdomain) outcome.policy = for_nonexistent;
  const bool answered = answer.status != dns::AnswerStatus::servfail && answer.status != dns::AnswerStatus::timeout;
  if (!answered) {
    outcome.result = DmarcResult::temperror;
    outcome.problem = fmt::format("DNS did not answer whether {} exists, so sp= or np= may apply", walk.start);
  }
  co_return true;
}

net::Task<Aligned> Evaluation::aligned(std::string identifier, Alignment mode, const DmarcOutcome& outcome) {
  if (identifier.empty()) co_return Aligned::no;
  if (dns::equal(identifier, outcome.author_domain)) co_return Aligned::yes;
  if (mode == Alignment::strict || !may_share_organization(identifier, outcome.author_domain)) co_return Aligned::no;
  if (organization_unknown_) co_return Aligned::unknown;
  const TreeWalk walk = co_await walker_.walk(dns::canonical(identifier));
  if (walk.temperror) co_return Aligned::unknown;
  co_return dns::equal(walk.organizational_domain(), outcome.organizational_domain) ? Aligned::yes : Aligned::no;
}

// Sets spf_aligned. True: it is not aligned, but only because DNS did not answer.
net::Task<bool> Evaluation::spf_might_pass(const spf::SpfOutcome& spf, DmarcOutcome& outcome) {
  const bool passed = spf.result == spf::SpfResult::pass;
  if (!passed && spf.result != spf::SpfResult::temperror) co_return false;
  const Aligned found = co_await aligned(spf.domain, record_->aspf, outcome);
  outcome.spf_aligned = passed && found == Aligned::yes;
  co_return !outcome.spf_aligned && found != Aligned::no;
}

net::Task<bool> Evaluation::dkim_might_pass(std::span<const dkim::SignatureResult> dkim, DmarcOutcome& outcome) {
  bool unknown = false;
  for (const dkim::SignatureResult& signature : dkim) {
    const bool passed = signature.result == dkim::DkimResult::pass;
    if (!passed && signature.result != dkim::DkimResult::temperror) continue;
    const Aligned found = co_await aligned(signature.domain, record_->adkim, outcome);
    outcome.dkim_aligned = passed && found == Aligned::yes;
    if (outcome.dkim_aligned) co_return false;
    unknown = unknown || found != Aligned::no;
  }
  co_return unknown;
}

// Which of two outcomes for two authors of one message stands for the message.
int severity(const DmarcOutcome& outcome) {
  switch (outcome.result) {
    case DmarcResult::fail: return 10 + static_cast<int>(outcome.disposition);
    case DmarcResult::temperror: return 3;
    case DmarcResult::permerror: return 2;
    case DmarcResult::none: return 1;
    case DmarcResult::pass: return 0;
  }
  return 0;
}

}  // namespace

std::string_view name(DmarcResult result) {
  switch (result) {
    case DmarcResult::none: return "none";
    case DmarcResult::pass: return "pass";
    case DmarcResult::fail: return "fail";
    case DmarcResult::temperror: return "temperror";
    case DmarcResult::permerror: return "permerror";
  }
  return "";
}

net::Task<DmarcOutcome> evaluate(dns::Resolver& resolver, std::vector<std::string> author_domains,
                                 const spf::SpfOutcome& spf, std::span<const dkim::SignatureResult> dkim,
                                 net::Deadline deadline) {
  DmarcOutcome worst;
  if (author_domains.empty() || author_domains.size() > max_author_domains) {
    worst.result = DmarcResult::permerror;
    worst.problem = author_domains.empty()
                        ? "the message has no author domain"
                        : fmt::format("the message names authors of {} domains", author_domains.size());
    co_return worst;
  }
  Evaluation evaluation(resolver, deadline);
  bool first = true;
  for (const std::string& author_domain : author_domains) {
    DmarcOutcome outcome = co_await evaluation.judge(author_domain, spf, dkim);
    if (first || severity(outcome) > severity(worst)) worst = std::move(outcome);
    first = false;
  }
  co_return worst;
}

}  // namespace sesame::mailauth::dmarc
