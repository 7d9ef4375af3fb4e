// The evaluation is one object per message. check() is §4's function and calls itself for include and redirect, which
// the ten-term limit bounds. Every term either matches, does not, or ends the whole evaluation with an error.
#include "mailauth/spf/check_host.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>

#include "base/text.h"
#include "dns/name.h"
#include "mailauth/spf/lookups.h"
#include "mailauth/spf/record.h"

namespace sesame::mailauth::spf {
namespace {

constexpr std::size_t usual_trace_steps = 16;

enum class Match { no, yes, temperror, permerror };

net::IpAddress without_mapping(const net::IpAddress& ip) {
  if (ip.is_v6() && ip.to_v6().is_v4_mapped())
    return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, ip.to_v6());
  return ip;
}

bool failed_for_now(const dns::Answer& answer) {
  return answer.status == dns::AnswerStatus::servfail || answer.status == dns::AnswerStatus::timeout;
}

bool asks_dns(const Mechanism& mechanism) {
  return !std::holds_alternative<All>(mechanism) && !std::holds_alternative<Ip>(mechanism);
}

// Strings are passed by reference: every coroutine here is awaited where it is called.
class Evaluation {
 public:
  Evaluation(dns::Resolver& resolver, SpfQuery query, net::Deadline deadline, SpfOutcome& outcome)
      : lookups_(resolver, deadline), query_(std::move(query)), ip_(without_mapping(query_.ip)), outcome_(outcome) {}

  net::Task<void> run(std::string local_part, std::string domain);

 private:
  // What a record decided, and what to explain it with if it is fail.
  struct Decision {
    SpfResult result = SpfResult::none;
    std::optional<MacroString> explanation;
    std::string domain;  // %{d} of the explanation
    std::string matched_term;
  };

  net::Task<Decision> check(const std::string& domain, unsigned depth);
  net::Task<Result<SpfRecord, SpfResult>> fetch_record(const std::string& domain);
  net::Task<Decision> follow_redirect(const SpfRecord& record, const std::string& domain, unsigned depth);
  std::size_t begin_step(const Directive& directive, const std::string& domain, unsigned depth);
  void end_step(std::size_t step, Match matched);
  Match match_without_dns(const Directive& directive, const std::string& domain, unsigned depth);
  net::Task<Match> match_counted(const Directive& directive, const std::string& domain, unsigned depth);

  net::Task<Match> match_by_dns(const Mechanism& mechanism, const std::string& domain, unsigned depth);
  net::Task<Match> match(const Include& mechanism, const std::string& domain, unsigned depth);
  net::Task<Match> match(const A& mechanism, const std::string& domain, unsigned depth);
  net::Task<Match> match(const Mx& mechanism, const std::string& domain, unsigned depth);
  net::Task<Match> match(const Ptr& mechanism, const std::string& domain, unsigned depth);
  net::Task<Match> match(const Exists& mechanism, const std::string& domain, unsigned depth);

  net::Task<std::optional<std::string>> target(const MacroString* spec, const std::string& domain);
  net::Task<std::optional<std::string>> expand_for(const MacroString& text, const std::string& domain);
  net::Task<Match> match_addresses(const std::string& host, const AddressOf& mechanism);
  net::Task<std::string> explain(const MacroString& spec, const std::string& domain);

  Match problem(Match match, std::string text) {
    if (outcome_.problem.empty()) outcome_.problem = std::move(text);
    return match;
  }
  Match unanswered(std::string_view what, std::string_view name) {
    return problem(Match::temperror, fmt::format("DNS did not answer the question for {} of {}", what, name));
  }

  Lookups lookups_;
  const SpfQuery query_;
  const net::IpAddress ip_;
  SpfOutcome& outcome_;
  std::string local_part_;
  std::string sender_domain_;
};

net::Task<void> Evaluation::run(std::string local_part, std::string domain) {
  local_part_ = local_part.empty() ? "postmaster" : std::move(local_part);  // §4.3
  const auto ascii = dns::to_ascii(domain);
  sender_domain_ = ascii ? *ascii : domain;
  outcome_.domain = sender_domain_;
  outcome_.trace.reserve(usual_trace_steps);
  // §4.3: not a multi-label domain name, or malformed.
  if (!ascii || !is_askable(*ascii) || dns::label_count(*ascii) < 2 || ascii->starts_with('[')) {
    outcome_.problem = fmt::format("'{}' is not a domain name that could publish SPF", domain);
    co_return;
  }
  Decision decision = co_await check(sender_domain_, 0);
  outcome_.result = decision.result;
  outcome_.matched_term = decision.matched_term;
  outcome_.lookups = lookups_.terms();
  outcome_.void_lookups = lookups_.voids();
  if (decision.result == SpfResult::fail && decision.explanation)
    outcome_.explanation = co_await explain(*decision.explanation, decision.domain);
  const bool decided = decision.result != SpfResult::none && decision.result != SpfResult::temperror &&
                       decision.result != SpfResult::permerror;
  if (decided) outcome_.problem.clear();  // of an include, say, that did not matter in the end
}

// §4.4, §4.5: the one record of a domain, or what its absence means.
net::Task<Result<SpfRecord, SpfResult>> Evaluation::fetch_record(const std::string& domain) {
  const dns::Answer answer = co_await lookups_.ask(domain, dns::RecordType::txt);
  if (failed_for_now(answer)) {
    unanswered("TXT", domain);
    co_return std::unexpected(SpfResult::temperror);
  }
  std::string spf_text;
  std::size_t spf_records = 0;
  for (const dns::Record& record : answer.records) {
    const auto* txt = std::get_if<dns::Txt>(&record.data);
    if (txt == nullptr) continue;
    std::string text = txt->joined();
    if (is_spf_record(text) && spf_records++ == 0) spf_text = std::move(text);
  }
  if (spf_records == 0) {
    problem(Match::no, fmt::format("{} publishes no SPF record", domain));
    co_return std::unexpected(SpfResult::none);
  }
  if (spf_records > 1) {
    problem(Match::permerror, fmt::format("{} publishes {} SPF records; there must be one", domain, spf_records));
    co_return std::unexpected(SpfResult::permerror);
  }
  auto record = parse_record(spf_text);
  if (!record) {
    problem(Match::permerror, fmt::format("the SPF record of {} is broken: {}", domain, record.error().text));
    co_return std::unexpected(SpfResult::permerror);
  }
  co_return *std::move(record);
}

net::Task<Evaluation::Decision> Evaluation::check(const std::string& domain, unsigned depth) {
  const auto record = co_await fetch_record(domain);
  Decision decision;
  decision.domain = domain;
  if (!record) {
    decision.result = record.error();
    co_return decision;
  }
  for (const Directive& directive : record->directives) {
    Match matched = Match::no;
    if (asks_dns(directive.mechanism)) {
      matched = co_await match_counted(directive, domain, depth);
    } else {
      matched = match_without_dns(directive, domain, depth);
    }
    if (matched == Match::no) continue;
    decision.matched_term = directive.text;
    if (matched == Match::yes) {
      decision.result = directive.result;
      decision.explanation = record->explanation;
    } else {
      decision.result = matched == Match::temperror ? SpfResult::temperror : SpfResult::permerror;
    }
    co_return decision;
  }
  if (record->redirect) {
    decision = co_await follow_redirect(*record, domain, depth);
    co_return decision;
  }
  decision.result = SpfResult::neutral;  // §4.7
  co_return decision;
}

// §6.1: the target's result is the result, its explanation the explanation; none there is a broken record here.
net::Task<Evaluation::Decision> Evaluation::follow_redirect(const SpfRecord& record, const std::string& domain,
                                                            unsigned depth) {
  Decision decision;
  const auto& redirect = record.redirect;
  if (!redirect) co_return decision;
  decision.result = SpfResult::permerror;
  decision.domain = domain;
  decision.matched_term = record.redirect_text;
  if (!lookups_.spend_term()) {
    problem(Match::permerror,
            fmt::format("more than {} DNS look-ups ({} of {})", max_lookup_terms, record.redirect_text, domain));
    co_return decision;
  }
  const std::size_t step = outcome_.trace.size();
  const bool traced = step < max_trace_steps;
  if (traced) outcome_.trace.push_back({depth, domain, record.redirect_text, lookups_.terms() - 1, 0, true, ""});
  const auto name = co_await target(&*redirect, domain);
  if (name) decision = co_await check(*name, depth + 1);
  if (traced) outcome_.trace[step].lookups_after = lookups_.terms();
  if (decision.result == SpfResult::none || !name) {
    decision.result = SpfResult::permerror;
    problem(Match::permerror, fmt::format("{} of {} leads to no SPF record", record.redirect_text, domain));
  }
  co_return decision;
}

// Where the step stands in the trace; at max_trace_steps and beyond it is not recorded.
std::size_t Evaluation::begin_step(const Directive& directive, const std::string& domain, unsigned depth) {
  const std::size_t step = outcome_.trace.size();
  if (step < max_trace_steps) outcome_.trace.push_back({depth, domain, directive.text, lookups_.terms(), 0, false, ""});
  return step;
}

void Evaluation::end_step(std::size_t step, Match matched) {
  if (step >= max_trace_steps) return;
  TraceStep& done = outcome_.trace[step];
  done.lookups_after = lookups_.terms();
  done.matched = matched == Match::yes;
  if (matched == Match::temperror || matched == Match::permerror) done.note = outcome_.problem;
}

Match Evaluation::match_without_dns(const Directive& directive, const std::string& domain, unsigned depth) {
  const std::size_t step = begin_step(directive, domain, depth);
  const auto* ip = std::get_if<Ip>(&directive.mechanism);
  const bool matched = ip == nullptr || in_network(ip_, ip->network, ip->prefix_bits);  // else it is all
  end_step(step, matched ? Match::yes : Match::no);
  return matched ? Match::yes : Match::no;
}

net::Task<Match> Evaluation::match_counted(const Directive& directive, const std::string& domain, unsigned depth) {
  const std::size_t step = begin_step(directive, domain, depth);
  Match matched = Match::no;
  if (lookups_.spend_term()) {
    matched = co_await match_by_dns(directive.mechanism, domain, depth);
  } else {
    matched = problem(Match::permerror,
                      fmt::format("more than {} DNS look-ups ({} of {})", max_lookup_terms, directive.text, domain));
  }
  const bool undecided = matched == Match::no || matched == Match::yes;
  if (undecided && lookups_.too_many_voids()) {
    matched = problem(Match::permerror, fmt::format("more than {} look-ups found nothing ({} of {})", max_void_lookups,
                                                    directive.text, domain));
  }
  end_step(step, matched);
  co_return matched;
}

net::Task<Match> Evaluation::match_by_dns(const Mechanism& mechanism, const std::string& domain, unsigned depth) {
  if (const auto* include = std::get_if<Include>(&mechanism)) return match(*include, domain, depth);
  if (const auto* a = std::get_if<A>(&mechanism)) return match(*a, domain, depth);
  if (const auto* mx = std::get_if<Mx>(&mechanism)) return match(*mx, domain, depth);
  if (const auto* ptr = std::get_if<Ptr>(&mechanism)) return match(*ptr, domain, depth);
  return match(std::get<Exists>(mechanism), domain, depth);
}

// §5.2: the table of what the included result means here.
net::Task<Match> Evaluation::match(const Include& mechanism, const std::string& domain, unsigned depth) {
  const auto name = co_await target(&mechanism.domain, domain);
  if (!name) co_return Match::no;
  const Decision decision = co_await check(*name, depth + 1);
  switch (decision.result) {
    case SpfResult::pass: co_return Match::yes;
    case SpfResult::fail:
    case SpfResult::softfail:
    case SpfResult::neutral: co_return Match::no;
    case SpfResult::temperror: co_return Match::temperror;
    case SpfResult::permerror: co_return Match::permerror;
    case SpfResult::none:
      co_return problem(Match::permerror, fmt::format("{} includes {}, which publishes no SPF record", domain, *name));
  }
  co_return Match::permerror;
}

net::Task<Match> Evaluation::match_addresses(const std::string& host, const AddressOf& mechanism) {
  const dns::Answer answer = co_await lookups_.ask_for_term(host, address_type_of(ip_));
  if (failed_for_now(answer)) co_return unanswered("addresses", host);
  const unsigned bits = ip_.is_v4() ? mechanism.ip4_prefix_bits : mechanism.ip6_prefix_bits;
  const auto found = addresses(answer);
  const bool matched = std::ranges::any_of(found, [&](const auto& address) { return in_network(ip_, address, bits); });
  co_return matched ? Match::yes : Match::no;
}

net::Task<Match> Evaluation::match(const A& mechanism, const std::string& domain, unsigned) {
  const MacroString* spec = mechanism.domain ? &*mechanism.domain : nullptr;
  const auto name = co_await target(spec, domain);
  if (!name) co_return Match::no;
  const Match matched = co_await match_addresses(*name, mechanism);
  co_return matched;
}

net::Task<Match> Evaluation::match(const Mx& mechanism, const std::string& domain, unsigned) {
  const MacroString* spec = mechanism.domain ? &*mechanism.domain : nullptr;
  const auto name = co_await target(spec, domain);
  if (!name) co_return Match::no;
  const dns::Answer answer = co_await lookups_.ask_for_term(*name, dns::RecordType::mx);
  if (failed_for_now(answer)) co_return unanswered("MX", *name);
  if (answer.records.size() > max_mx_records)
    co_return problem(Match::permerror, fmt::format("{} has more than {} MX records", *name, max_mx_records));
  for (const dns::Record& record : answer.records) {
    const auto* mx = std::get_if<dns::Mx>(&record.data);
    if (mx == nullptr || mx->exchange.empty()) continue;
    const Match matched = co_await match_addresses(mx->exchange, mechanism);
    if (matched != Match::no) co_return matched;
  }
  co_return Match::no;
}

// §5.5: an error of DNS is no match.
net::Task<Match> Evaluation::match(const Ptr& mechanism, const std::string& domain, unsigned) {
  const MacroString* spec = mechanism.domain ? &*mechanism.domain : nullptr;
  const auto name = co_await target(spec, domain);
  if (!name) co_return Match::no;
  const auto valid = co_await lookups_.validated_names(ip_, *name);
  const bool matched = std::ranges::any_of(valid, [&](const auto& host) { return dns::is_at_or_below(host, *name); });
  co_return matched ? Match::yes : Match::no;
}

// §5.7: an A record of any value, whatever the family of the client.
net::Task<Match> Evaluation::match(const Exists& mechanism, const std::string& domain, unsigned) {
  const auto name = co_await target(&mechanism.domain, domain);
  if (!name) co_return Match::no;
  const dns::Answer answer = co_await lookups_.ask_for_term(*name, dns::RecordType::a);
  if (failed_for_now(answer)) co_return unanswered("A", *name);
  co_return answer.status == dns::AnswerStatus::found ? Match::yes : Match::no;
}

// §4.8: the name a term is about. nullopt: it cannot be formed for this message, so the term matches nothing.
net::Task<std::optional<std::string>> Evaluation::target(const MacroString* spec, const std::string& domain) {
  if (spec == nullptr) co_return domain;
  if (const std::string* literal = spec->literal()) co_return fit_in_name(*literal);
  auto expanded = co_await expand_for(*spec, domain);
  if (expanded) expanded = fit_in_name(*std::move(expanded));
  co_return expanded;
}

net::Task<std::optional<std::string>> Evaluation::expand_for(const MacroString& text, const std::string& domain) {
  if (const std::string* literal = text.literal()) co_return *literal;
  std::string validated = "unknown";
  if (text.uses('p')) {
    const auto names = co_await lookups_.validated_names(ip_, domain);
    if (!names.empty()) validated = names[0];
  }
  const MacroValues values{.local_part = local_part_,
                           .sender_domain = sender_domain_,
                           .domain = domain,
                           .helo = query_.helo,
                           .ip = ip_,
                           .validated_name = validated,
                           .receiver = query_.receiver.empty() ? std::string_view("unknown") : query_.receiver,
                           .now = query_.now};
  co_return expand(text, values);
}

// §6.2: anything that goes wrong means that there is no explanation.
net::Task<std::string> Evaluation::explain(const MacroString& spec, const std::string& domain) {
  const auto name = co_await target(&spec, domain);
  if (!name) co_return std::string();
  const dns::Answer answer = co_await lookups_.ask(*name, dns::RecordType::txt);
  if (answer.status != dns::AnswerStatus::found || answer.records.size() != 1) co_return std::string();
  const auto* txt = std::get_if<dns::Txt>(&answer.records[0].data);
  if (txt == nullptr) co_return std::string();
  const auto text = parse_macro_string(txt->joined(), MacroUse::explanation);
  if (!text) co_return std::string();
  const auto expanded = co_await expand_for(*text, domain);
  co_return expanded.value_or("");
}

}  // namespace

std::string_view name(SpfResult result) {
  switch (result) {
    case SpfResult::none: return "none";
    case SpfResult::neutral: return "neutral";
    case SpfResult::pass: return "pass";
    case SpfResult::fail: return "fail";
    case SpfResult::softfail: return "softfail";
    case SpfResult::temperror: return "temperror";
    case SpfResult::permerror: return "permerror";
  }
  return "";
}

net::Task<SpfOutcome> check_host(dns::Resolver& resolver, SpfQuery query, net::Deadline deadline) {
  SpfOutcome outcome;
  if (query.mail_from_domain.empty()) {
    outcome = co_await check_helo(resolver, std::move(query), deadline);
    co_return outcome;
  }
  std::string local_part = query.mail_from_local_part;
  std::string domain = query.mail_from_domain;
  Evaluation evaluation(resolver, std::move(query), deadline, outcome);
  co_await evaluation.run(std::move(local_part), std::move(domain));
  co_return outcome;
}

net::Task<SpfOutcome> check_helo(dns::Resolver& resolver, SpfQuery query, net::Deadline deadline) {
  SpfOutcome outcome;
  outcome.identity = Identity::helo;
  std::string domain = query.helo;
  Evaluation evaluation(resolver, std::move(query), deadline, outcome);
  co_await evaluation.run("postmaster", std::move(domain));
  co_return outcome;
}

}  // namespace sesame::mailauth::spf
