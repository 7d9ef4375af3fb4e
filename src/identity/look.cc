// Three rounds: the records themselves, beside each other; then, about those that are not good, the questions that tell
// why; then the evaluation of SPF. Everything is judged by judge.h and explained by advice.h, which know no I/O.
#include "identity/look.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/digest.h"
#include "base/time_text.h"
#include "dns/name.h"
#include "identity/advice.h"
#include "identity/judge.h"
#include "identity/names.h"
#include "mailauth/spf/check_host.h"

namespace sesame::identity {
namespace {

namespace asio = boost::asio;
using dns::RecordType;

// For the records themselves. A name server that is silent holds up every look, so it must not hold it long: whoever
// watches a domain waits for the look to end. What is left of the deadline is for the explanations.
constexpr std::chrono::milliseconds first_round{2'500};

constexpr std::size_t max_alias_links = 8;

// One record looked at, through all rounds.
struct Asked {
  RecordPurpose purpose;
  std::string wanted;  // CNAME target, public key or token
  Reply reply;
  Judged judged{};
  Extras extras{};

  bool is_good() const { return judged.record.status == RecordStatus::good; }
};

net::Task<void> ask(dns::AuthoritativeClient& client, Reply& reply, net::Deadline deadline) {
  auto looks = co_await client.look(reply.name, reply.type, deadline);
  if (looks) {
    reply.servers = std::move(*looks);
  } else {
    reply.no_servers = std::move(looks.error());
  }
}

// All beside each other; `replies` outlive the call. A cancellation reaches each and all are waited for.
net::Task<void> ask_all(dns::AuthoritativeClient& client, const std::vector<Reply*>& replies, net::Deadline deadline) {
  if (replies.empty()) co_return;
  const net::Executor executor = co_await net::current_executor();
  using Operation = decltype(asio::co_spawn(executor, ask(client, *replies.front(), deadline), asio::deferred));
  std::vector<Operation> operations;
  operations.reserve(replies.size());
  for (Reply* reply : replies) {
    operations.push_back(asio::co_spawn(executor, ask(client, *reply, deadline), asio::deferred));
  }
  auto group = asio::experimental::make_parallel_group(std::move(operations));
  const auto [order, errors] = co_await group.async_wait(asio::experimental::wait_for_all(), asio::use_awaitable);
  for (const std::exception_ptr& error : errors) {
    if (error) std::rethrow_exception(error);
  }
}

// The key of a customer's own may stand behind aliases, as a resolver that verifies a signature follows them.
net::Task<void> follow_aliases(dns::AuthoritativeClient& client, Asked& asked, net::Deadline deadline) {
  for (std::size_t links = 0; links < max_alias_links; ++links) {
    const auto alias = alias_at(asked.reply);
    if (!alias) co_return;
    Reply target;
    target.name = *alias;
    target.type = asked.reply.type;
    co_await ask(client, target, deadline);
    const bool leads_on = alias_at(target).has_value();
    asked.reply = with_alias_followed(std::move(asked.reply), target);
    if (!leads_on) co_return;
  }
}

Asked question(RecordPurpose purpose, std::string name, RecordType type, std::string wanted, const std::string& zone) {
  return Asked{purpose, std::move(wanted), Reply{std::move(name), type, zone, {}, std::nullopt}};
}

std::vector<Asked> plan(const store::IdentityRecord& identity, const ServiceNames& names, const LookFacts& facts,
                        const LookOptions& options, const std::string& zone) {
  std::vector<Asked> all;
  if (options.mail_from && identity.mail_from) {
    const std::string& mail_from_domain = identity.mail_from->domain;
    all.push_back(question(RecordPurpose::mail_from_mx, mail_from_domain, RecordType::mx, "", zone));
    all.push_back(question(RecordPurpose::mail_from_spf, mail_from_domain, RecordType::txt, "", zone));
  }
  if (options.dkim && identity.dkim) {
    const bool own_key = identity.dkim->origin == store::DkimOrigin::external;
    for (const std::string& selector : identity.dkim->selectors) {
      all.push_back(question(RecordPurpose::dkim,
                             dns::canonical(fmt::format("{}._domainkey.{}", selector, identity.name)),
                             own_key ? RecordType::txt : RecordType::cname,
                             own_key ? facts.own_public_key : names.dkim_target(selector), zone));
    }
  }
  if (options.txt && identity.txt_token) {
    all.push_back(question(RecordPurpose::verification, "_amazonses." + identity.name, RecordType::txt,
                           *identity.txt_token, zone));
    all.push_back(question(RecordPurpose::verification, identity.name, RecordType::txt, *identity.txt_token, zone));
  }
  return all;
}

Judged judge(const Asked& asked, const ServiceNames& names) {
  switch (asked.purpose) {
    case RecordPurpose::mail_from_mx: return judge_mail_from_mx(asked.reply, names);
    case RecordPurpose::mail_from_spf: return judge_mail_from_spf(asked.reply, names);
    case RecordPurpose::verification: return judge_txt_token(asked.reply, asked.wanted);
    case RecordPurpose::dkim:
    case RecordPurpose::mail_from_delegation: break;
  }
  return asked.reply.type == RecordType::cname ? judge_dkim_cname(asked.reply, asked.wanted)
                                               : judge_dkim_key(asked.reply, asked.wanted);
}

std::string advise(const Asked& asked, const ServiceNames& names) {
  switch (asked.purpose) {
    case RecordPurpose::mail_from_mx: return advise_mail_from_mx(asked.judged, asked.reply, asked.extras, names);
    case RecordPurpose::mail_from_spf: return advise_mail_from_spf(asked.judged, asked.reply, asked.extras, names);
    case RecordPurpose::verification: return advise_txt_token(asked.judged, asked.reply, asked.extras, asked.wanted);
    case RecordPurpose::dkim:
    case RecordPurpose::mail_from_delegation: break;
  }
  return asked.reply.type == RecordType::cname ? advise_dkim_cname(asked.judged, asked.reply, asked.extras)
                                               : advise_dkim_key(asked.judged, asked.reply, asked.extras, asked.wanted);
}

// A name beside `name` that nobody has published: only a wildcard answers for it.
std::string name_nobody_has(const std::string& name, Time now) {
  const std::string label = sha256_hex(fmt::format("{}/{}", name, to_unix_ms(now))).substr(0, 16);
  return fmt::format("{}.{}", label, dns::parent(name));
}

// The questions that tell why a record is missing or wrong. Empty for one that is good or that nobody answers for.
std::vector<Reply*> plan_extras(Asked& asked, Time now) {
  const RecordStatus status = asked.judged.record.status;
  std::vector<Reply*> wanted;
  const auto want = [&](Reply& reply, std::string name, RecordType type) {
    reply.name = std::move(name);
    reply.type = type;
    wanted.push_back(&reply);
  };
  const Reply& reply = asked.reply;
  if (reply.no_servers) return wanted;
  if (status == RecordStatus::wrong && asked.purpose == RecordPurpose::mail_from_mx) {
    want(asked.extras.wildcard, name_nobody_has(reply.name, now), reply.type);
  }
  if (status != RecordStatus::missing) return wanted;
  if (!reply.zone.empty() && reply.name != reply.zone) {
    want(asked.extras.doubled, fmt::format("{}.{}", reply.name, reply.zone), reply.type);
  }
  if (reply.type == RecordType::mx || reply.type == RecordType::cname) {
    want(asked.extras.addresses, reply.name, RecordType::a);
  }
  if (reply.type == RecordType::cname) want(asked.extras.text, reply.name, RecordType::txt);
  return wanted;
}

net::Task<void> ask_extras(dns::AuthoritativeClient& client, std::vector<Asked>& all, Time now,
                           net::Deadline deadline) {
  std::vector<Reply*> extras;
  bool dkim_asked = false;  // what is wrong with one of the three is wrong with the others too
  for (Asked& asked : all) {
    if (asked.purpose == RecordPurpose::dkim && (asked.is_good() || std::exchange(dkim_asked, true))) continue;
    std::ranges::copy(plan_extras(asked, now), std::back_inserter(extras));
  }
  co_await ask_all(client, extras, deadline);
  // Names too long for the DNS and the like are not asked; what nobody answered explains nothing.
}

// Answers one question with what the zone's servers said just now, and leaves the others to the resolver, whose cache
// may still hold the record from before its repair.
class FreshAnswer final : public dns::Resolver {
 public:
  FreshAnswer(dns::Resolver& others, const Reply& fresh) : others_(others), fresh_(fresh) {}

  net::Task<dns::Answer> resolve(std::string name, RecordType type, net::Deadline deadline) override {
    if (type != fresh_.type || !dns::equal(name, fresh_.name)) {
      dns::Answer answer = co_await others_.resolve(std::move(name), type, deadline);
      co_return answer;
    }
    dns::Answer answer;
    answer.status = dns::AnswerStatus::found;
    for (dns::RecordData& data : all_records(fresh_)) answer.records.push_back({fresh_.name, type, 0, std::move(data)});
    co_return answer;
  }

 private:
  dns::Resolver& others_;
  const Reply& fresh_;
};

// Evaluates a record that was found as a receiver does, for a client that nothing in it matches, so that every term is
// looked at.
net::Task<std::string> evaluate_spf(dns::Resolver& resolver, const Reply& found, const ServiceNames& names, Time now,
                                    net::Deadline deadline) {
  FreshAnswer fresh(resolver, found);
  mailauth::spf::SpfQuery query;
  query.ip = asio::ip::address_v4({192, 0, 2, 1});  // RFC 5737: nobody's
  query.helo = names.service_domain;
  query.mail_from_local_part = "postmaster";
  query.mail_from_domain = found.name;
  query.receiver = names.service_domain;
  query.now = now;
  const mailauth::spf::SpfOutcome outcome = co_await mailauth::spf::check_host(fresh, query, deadline);
  co_return spf_evaluation_trouble(outcome);
}

// The name is a zone of its own if none of the parent zone's servers answered for it.
void note_own_zone(Reply& reply, const dns::ZoneServers& parent) {
  const auto is_parents = [&](const dns::ServerLook& look) {
    return std::ranges::any_of(parent.servers,
                               [&](const dns::NameServer& server) { return dns::equal(server.name, look.server); });
  };
  if (!reply.servers.empty() && std::ranges::none_of(reply.servers, is_parents)) reply.zone = reply.name;
}

// The token may stand at `_amazonses.<domain>` or at the apex; only the place that matters is shown.
bool is_shown(const Asked& asked, const std::vector<Asked>& all, const std::string& domain) {
  if (asked.purpose != RecordPurpose::verification) return true;
  const auto apex = std::ranges::find_if(
      all, [&](const Asked& each) { return each.purpose == RecordPurpose::verification && each.reply.name == domain; });
  const bool at_apex = &asked == &*apex;
  return at_apex == apex->is_good();
}

void add_mail_from_problems(Look& look, const std::vector<Asked>& all, const store::IdentityRecord& identity,
                            const LookFacts& facts) {
  for (const Asked& asked : all) {
    const bool is_mail_from =
        asked.purpose == RecordPurpose::mail_from_mx || asked.purpose == RecordPurpose::mail_from_spf;
    if (is_mail_from && !asked.is_good()) look.mail_from_problems.push_back(asked.judged.record.advice);
  }
  if (facts.mail_from_is_identity && identity.mail_from) {
    look.mail_from_problems.push_back(fmt::format(
        "{} is registered for sending itself. A MAIL FROM domain should be used for nothing else: choose another "
        "name, or do not send from it.",
        identity.mail_from->domain));
  }
}

Findings findings_of(const std::vector<Asked>& all) {
  std::vector<Observed> dkim, txt;
  Findings findings;
  for (const Asked& asked : all) {
    if (asked.purpose == RecordPurpose::dkim) dkim.push_back(asked.judged.observed);
    if (asked.purpose == RecordPurpose::verification) txt.push_back(asked.judged.observed);
    if (asked.purpose == RecordPurpose::mail_from_mx) findings.mail_from = asked.judged.observed;
  }
  if (!dkim.empty()) findings.dkim = all_of(dkim);
  if (!txt.empty()) findings.txt = any_of(txt);
  return findings;
}

// Judged and, where asked for, explained.
Look conclude(std::vector<Asked> all, const ServiceNames& names, const store::IdentityRecord& identity,
              const LookFacts& facts, const LookOptions& options) {
  Look look;
  look.findings = findings_of(all);
  for (Asked& asked : all) {
    if (asked.judged.record.advice.empty()) asked.judged.record.advice = advise(asked, names);
  }
  if (options.mail_from && identity.mail_from) add_mail_from_problems(look, all, identity, facts);
  const std::string domain = domain_of(identity.name);
  for (const Asked& asked : all) {
    if (is_shown(asked, all, domain)) look.records.push_back(asked.judged.record);
    if (asked.purpose != RecordPurpose::mail_from_mx) continue;
    if (auto delegation = delegation_of(asked.reply, names)) look.records.push_back(std::move(*delegation));
  }
  return look;
}

}  // namespace

net::Task<Look> look_at(dns::AuthoritativeClient& client, dns::Resolver* resolver, ServiceNames names,
                        store::IdentityRecord identity, LookFacts facts, LookOptions options, Time now,
                        net::Deadline deadline) {
  const auto zone = co_await client.servers_for(domain_of(identity.name), deadline);
  std::vector<Asked> all = plan(identity, names, facts, options, zone ? zone->apex : "");
  std::vector<Reply*> replies;
  for (Asked& asked : all) replies.push_back(&asked.reply);
  const net::Deadline first_end = std::min(deadline, net::after(first_round));
  co_await ask_all(client, replies, first_end);
  for (Asked& asked : all) {
    if (zone) note_own_zone(asked.reply, *zone);
    const bool own_key = asked.purpose == RecordPurpose::dkim && asked.reply.type == RecordType::txt;
    if (own_key) co_await follow_aliases(client, asked, first_end);
    asked.judged = judge(asked, names);
  }

  if (options.advice) co_await ask_extras(client, all, now, deadline);
  for (Asked& asked : all) {
    if (!resolver || !options.advice || asked.purpose != RecordPurpose::mail_from_spf || !asked.is_good()) continue;
    std::string trouble = co_await evaluate_spf(*resolver, asked.reply, names, now, deadline);
    if (trouble.empty()) continue;
    asked.judged.record.status = RecordStatus::wrong;
    asked.judged.record.advice = std::move(trouble);
  }

  Look look = conclude(std::move(all), names, identity, facts, options);
  look.at = now;
  if (zone) {
    look.zone = zone->apex;
    look.findings.soa = store::SoaFacts{zone->soa.primary, zone->soa.mailbox, zone->soa.serial};
  }
  co_return look;
}

}  // namespace sesame::identity
