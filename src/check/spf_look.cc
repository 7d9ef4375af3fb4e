#include "check/spf_look.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "check/questions.h"
#include "mailauth/spf/check_host.h"
#include "net/endpoint.h"

namespace sesame::check {
namespace {

namespace spf = mailauth::spf;
using spf::SpfResult;

// The first broken record of the tree, top down, as receivers come to it.
const SpfNode* first_broken(const SpfNode& node) {
  if (!node.problem.empty()) return &node;
  for (const SpfTerm& term : node.terms) {
    for (const SpfNode& below : term.below) {
      if (const SpfNode* broken = first_broken(below)) return broken;
    }
  }
  return nullptr;
}

void void_terms(const SpfNode& node, std::vector<std::string>& terms) {
  for (const SpfTerm& term : node.terms) {
    if (term.below.empty() && term.void_lookups > 0) terms.push_back(term.text);
    for (const SpfNode& below : term.below) void_terms(below, terms);
  }
}

// ": include:a.example takes 4, ...": where more than one look-up goes. Empty if every term takes one.
std::string dearest(const SpfNode& node) {
  std::vector<std::string> parts;
  for (const SpfTerm& term : node.terms) {
    if (term.lookups > 1) parts.push_back(fmt::format("{} takes {}", term.text, term.lookups));
  }
  return parts.empty() ? "" : fmt::format(": {}", fmt::join(parts, ", "));
}

std::string shown_record(const SpfNode& node) {
  return node.record.empty() ? "no SPF record" : identity::shown(dns::Txt{{node.record}});
}

bool ends_without_all(const SpfNode& node) {
  if (node.terms.empty()) return true;
  const SpfTerm& last = node.terms.back();
  return !last.is_all && !last.text.starts_with("redirect=");
}

class Judge {
 public:
  Judge(const SpfFinding& finding, Severity serious) : finding_(finding), serious_(serious) {}

  Problems judge() && {
    const SpfNode& tree = finding_.tree;
    if (const SpfNode* broken = first_broken(tree)) add_broken(*broken);
    if (tree.lookups > max_spf_lookups) add_too_many();
    if (tree.void_lookups > max_void_spf_lookups) add_too_many_void();
    if (problems_.empty() && finding_.others.result == SpfResult::permerror)
      add(serious_, shown_record(tree), fmt::format("Receivers find a permanent error: {}.", finding_.others.problem));
    if (problems_.empty() && finding_.others.result == SpfResult::temperror)
      add(Severity::unknown, shown_record(tree), finding_.others.problem + ".");
    if (tree.problem.empty()) add_end();
    return std::move(problems_);
  }

 private:
  void add(Severity severity, std::string found, std::string change) {
    problems_.push_back({Topic::spf, severity, question_text(finding_.domain, dns::RecordType::txt), std::move(found),
                         std::move(change)});
  }

  void add_broken(const SpfNode& broken) {
    if (broken.unanswered) return add(Severity::unknown, "no answer", broken.problem + " Try again.");
    const bool is_root = &broken == &finding_.tree;
    if (!is_root)
      return add(
          serious_, shown_record(finding_.tree),
          fmt::format("{} Receivers take that as a permanent error (RFC 7208 §5.2): correct or remove what leads "
                      "to {}.",
                      broken.problem, broken.domain));
    if (broken.record.empty())
      return add(
          serious_, "no SPF record",
          fmt::format("Publish one that names who sends for {}: {} TXT \"v=spf1 include:<your sending service> ~all\".",
                      broken.domain, broken.domain));
    add(serious_, shown_record(broken),
        fmt::format("{} Receivers take that as a permanent error; keep exactly one correct "
                    "record.",
                    broken.problem));
  }

  void add_too_many() {
    add(serious_, fmt::format("{} look-ups, at most {} are allowed", finding_.tree.lookups, max_spf_lookups),
        fmt::format(
            "Receivers stop with a permanent error (RFC 7208 §4.6.4). Remove what does not send for {} any more, or "
            "replace a, mx and include by ip4 and ip6{}.",
            finding_.domain, dearest(finding_.tree)));
  }

  void add_too_many_void() {
    std::vector<std::string> terms;
    void_terms(finding_.tree, terms);
    add(serious_,
        fmt::format("{} look-ups find nothing, at most {} may", finding_.tree.void_lookups, max_void_spf_lookups),
        fmt::format("Receivers stop with a permanent error (RFC 7208 §4.6.4). Remove: {}.", fmt::join(terms, ", ")));
  }

  void add_end() {
    const SpfNode& tree = finding_.tree;
    const SpfResult others = result_for_others(tree);
    if (others == SpfResult::pass)
      return add(serious_, shown_record(tree),
                 fmt::format("Everybody may send in the name of {}, so the record protects nothing. End it in ~all.",
                             finding_.domain));
    if (others != SpfResult::neutral) return;
    add(Severity::advice, shown_record(tree),
        ends_without_all(tree) ? "The record does not say what holds for everybody else. End it in ~all."
                               : "?all says nothing about everybody else. End it in ~all.");
  }

  const SpfFinding& finding_;
  const Severity serious_;
  Problems problems_;
};

}  // namespace

bool SpfFinding::is_usable() const {
  return tree.problem.empty() && others.result != SpfResult::permerror && others.result != SpfResult::temperror &&
         others.result != SpfResult::none;
}

Problems judge_spf(const SpfFinding& finding, bool is_mail_from) {
  return Judge(finding, is_mail_from ? Severity::bad : Severity::advice).judge();
}

net::Task<SpfFinding> look_at_spf(dns::Resolver& resolver, std::string domain, bool is_mail_from, Time now,
                                  net::Deadline deadline) {
  SpfFinding finding;
  finding.domain = domain;
  finding.tree = co_await spf_tree(resolver, domain, deadline);
  finding.networks = allowed_networks(finding.tree);
  spf::SpfQuery query;
  query.ip = boost::asio::ip::make_address("240.0.0.1");  // RFC 1112 §4: reserved, so nobody lists it
  query.helo = domain;
  query.mail_from_local_part = "postmaster";
  query.mail_from_domain = domain;
  query.now = now;
  finding.others = co_await spf::check_host(resolver, query, deadline);
  finding.problems = judge_spf(finding, is_mail_from);
  co_return finding;
}

}  // namespace sesame::check
