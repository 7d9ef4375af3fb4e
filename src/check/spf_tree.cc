#include "check/spf_tree.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "dns/name.h"
#include "mailauth/spf/lookups.h"
#include "mailauth/spf/record.h"

namespace sesame::check {
namespace {

namespace spf = mailauth::spf;
using dns::RecordType;
using spf::SpfResult;

constexpr const char* by_message = "depends on the message";

bool is_void(const dns::Answer& answer) {
  return answer.status == dns::AnswerStatus::nxdomain || answer.status == dns::AnswerStatus::no_data;
}

bool is_unanswered(const dns::Answer& answer) {
  return answer.status == dns::AnswerStatus::servfail || answer.status == dns::AnswerStatus::timeout;
}

std::string network_text(const net::IpAddress& address, unsigned bits) {
  const unsigned whole = address.is_v4() ? 32 : 128;
  return bits == whole ? address.to_string() : fmt::format("{}/{}", address.to_string(), bits);
}

bool is_among(const std::string& text, const std::vector<std::string>& texts) {
  return std::ranges::find(texts, text) != texts.end();
}

class Walk {
 public:
  Walk(dns::Resolver& resolver, net::Deadline deadline) : resolver_(resolver), deadline_(deadline) {}

  // `path`: the domains above, to see a loop.
  net::Task<SpfNode> node(std::string domain, std::vector<std::string> path);

 private:
  net::Task<void> read_record(SpfNode& node, std::optional<spf::SpfRecord>& record);
  net::Task<SpfTerm> term(const spf::Directive& directive, const std::string& domain,
                          const std::vector<std::string>& path);
  net::Task<void> follow(SpfTerm& term, const spf::MacroString& target, const std::vector<std::string>& path);
  net::Task<void> add_addresses(SpfTerm& term, std::string host, const spf::AddressOf& mechanism);
  net::Task<void> add_a(SpfTerm& term, const spf::A& mechanism, const std::string& domain);
  net::Task<void> add_mx(SpfTerm& term, const spf::Mx& mechanism, const std::string& domain);
  net::Task<void> add_exists(SpfTerm& term, const spf::Exists& mechanism);
  net::Task<dns::Answer> ask(std::string name, RecordType type);
  void add_network(SpfTerm& term, std::string network);

  dns::Resolver& resolver_;
  net::Deadline deadline_;
  std::size_t records_ = 0;
  std::size_t networks_ = 0;
};

// The name of a term; nullopt if it depends on the message.
std::optional<std::string> literal_name(const std::optional<spf::MacroString>& spec, const std::string& domain) {
  if (!spec) return domain;
  const std::string* literal = spec->literal();
  if (!literal) return std::nullopt;
  return spf::fit_in_name(*literal);
}

net::Task<dns::Answer> Walk::ask(std::string name, RecordType type) {
  dns::Answer answer;
  answer.status = dns::AnswerStatus::nxdomain;
  if (spf::is_askable(name)) answer = co_await resolver_.resolve(std::move(name), type, deadline_);
  co_return answer;
}

net::Task<void> Walk::read_record(SpfNode& node, std::optional<spf::SpfRecord>& record) {
  const dns::Answer answer = co_await ask(node.domain, RecordType::txt);
  if (is_unanswered(answer)) {
    node.unanswered = true;
    node.problem = fmt::format("DNS did not answer the question for TXT of {}.", node.domain);
    co_return;
  }
  std::vector<std::string> found;
  for (const dns::Record& each : answer.records) {
    const auto* txt = std::get_if<dns::Txt>(&each.data);
    if (txt && spf::is_spf_record(txt->joined())) found.push_back(txt->joined());
  }
  if (found.empty()) {
    node.problem = fmt::format("{} publishes no SPF record.", node.domain);
    co_return;
  }
  node.record = found.front();
  if (found.size() > 1) {
    node.problem =
        fmt::format("{} publishes {} SPF records; there must be one (RFC 7208 §4.5).", node.domain, found.size());
    co_return;
  }
  auto parsed = spf::parse_record(node.record);
  if (parsed) {
    record = std::move(*parsed);
  } else {
    node.problem = fmt::format("The SPF record of {} is broken: {}", node.domain, parsed.error().text);
  }
}

net::Task<SpfNode> Walk::node(std::string domain, std::vector<std::string> path) {
  SpfNode node;
  node.domain = dns::canonical(domain);
  if (is_among(node.domain, path)) {
    node.problem = fmt::format("{} includes itself.", node.domain);
    co_return node;
  }
  if (++records_ > max_spf_records) {
    node.problem = fmt::format("Not followed: there are more than {} records.", max_spf_records);
    co_return node;
  }
  path.push_back(node.domain);
  std::optional<spf::SpfRecord> record;
  co_await read_record(node, record);
  if (!record) co_return node;
  bool has_all = false;
  for (const spf::Directive& directive : record->directives) {
    SpfTerm each = co_await term(directive, node.domain, path);
    node.lookups += each.lookups;
    node.void_lookups += each.void_lookups;
    has_all = each.is_all;
    node.terms.push_back(std::move(each));
    if (has_all) break;  // §5.1: what follows is not read
  }
  if (has_all || !record->redirect) co_return node;
  SpfTerm redirect;
  redirect.text = record->redirect_text;
  redirect.lookups = 1;
  co_await follow(redirect, *record->redirect, path);
  node.lookups += redirect.lookups;
  node.void_lookups += redirect.void_lookups;
  node.terms.push_back(std::move(redirect));
  co_return node;
}

net::Task<SpfTerm> Walk::term(const spf::Directive& directive, const std::string& domain,
                              const std::vector<std::string>& path) {
  SpfTerm term;
  term.text = directive.text;
  term.result = directive.result;
  const spf::Mechanism& mechanism = directive.mechanism;
  term.is_all = std::holds_alternative<spf::All>(mechanism);
  if (const auto* ip = std::get_if<spf::Ip>(&mechanism)) add_network(term, network_text(ip->network, ip->prefix_bits));
  if (term.is_all || std::holds_alternative<spf::Ip>(mechanism)) co_return term;
  term.lookups = 1;
  if (const auto* include = std::get_if<spf::Include>(&mechanism)) co_await follow(term, include->domain, path);
  if (const auto* a = std::get_if<spf::A>(&mechanism)) co_await add_a(term, *a, domain);
  if (const auto* mx = std::get_if<spf::Mx>(&mechanism)) co_await add_mx(term, *mx, domain);
  if (const auto* exists = std::get_if<spf::Exists>(&mechanism)) co_await add_exists(term, *exists);
  if (std::holds_alternative<spf::Ptr>(mechanism))
    term.note = "ptr: slow and unreliable, should not be used (RFC 7208 §5.5)";
  co_return term;
}

net::Task<void> Walk::follow(SpfTerm& term, const spf::MacroString& target, const std::vector<std::string>& path) {
  const std::string* literal = target.literal();
  if (!literal) {
    term.note = by_message;
    co_return;
  }
  SpfNode below = co_await node(spf::fit_in_name(*literal), path);
  term.lookups += below.lookups;
  term.void_lookups += below.void_lookups;
  term.below.push_back(std::move(below));
}

// Both families are asked for, because both are let in; a look-up is void as an IPv4 client finds it.
net::Task<void> Walk::add_addresses(SpfTerm& term, std::string host, const spf::AddressOf& mechanism) {
  const dns::Answer v4 = co_await ask(host, RecordType::a);
  const dns::Answer v6 = co_await ask(host, RecordType::aaaa);
  if (is_void(v4)) ++term.void_lookups;
  if (is_void(v4) && is_void(v6)) term.note = fmt::format("{} has no address", host);
  if (is_unanswered(v4) || is_unanswered(v6)) term.note = fmt::format("DNS did not answer for {}", host);
  for (const auto& [answer, bits] :
       {std::pair(&v4, mechanism.ip4_prefix_bits), std::pair(&v6, mechanism.ip6_prefix_bits)}) {
    for (const net::IpAddress& address : spf::addresses(*answer)) add_network(term, network_text(address, bits));
  }
}

net::Task<void> Walk::add_a(SpfTerm& term, const spf::A& mechanism, const std::string& domain) {
  const auto name = literal_name(mechanism.domain, domain);
  if (!name) {
    term.note = by_message;
    co_return;
  }
  co_await add_addresses(term, *name, mechanism);
}

net::Task<void> Walk::add_mx(SpfTerm& term, const spf::Mx& mechanism, const std::string& domain) {
  const auto name = literal_name(mechanism.domain, domain);
  if (!name) {
    term.note = by_message;
    co_return;
  }
  const dns::Answer answer = co_await ask(*name, RecordType::mx);
  if (is_unanswered(answer)) term.note = fmt::format("DNS did not answer for {}", *name);
  if (is_void(answer)) {
    ++term.void_lookups;
    term.note = fmt::format("{} has no MX", *name);
  }
  if (answer.records.size() > spf::max_mx_records) {
    term.note = fmt::format("{} has more than {} MX records, which is an error here", *name, spf::max_mx_records);
    co_return;
  }
  for (const dns::Record& record : answer.records) {
    const auto* mx = std::get_if<dns::Mx>(&record.data);
    if (mx && !mx->exchange.empty()) co_await add_addresses(term, mx->exchange, mechanism);
  }
}

net::Task<void> Walk::add_exists(SpfTerm& term, const spf::Exists& mechanism) {
  const std::string* literal = mechanism.domain.literal();
  if (!literal) {
    term.note = by_message;
    co_return;
  }
  const dns::Answer answer = co_await ask(spf::fit_in_name(*literal), RecordType::a);
  if (is_void(answer)) ++term.void_lookups;
  if (answer.status == dns::AnswerStatus::found) term.note = "always matches: its name is the same for every message";
}

void Walk::add_network(SpfTerm& term, std::string network) {
  if (++networks_ > max_spf_networks) return;
  term.networks.push_back(std::move(network));
}

void collect(const SpfNode& node, std::vector<std::string>& networks) {
  for (const SpfTerm& term : node.terms) {
    if (term.result != SpfResult::pass) continue;
    for (const std::string& network : term.networks) {
      if (!is_among(network, networks)) networks.push_back(network);
    }
    for (const SpfNode& below : term.below) collect(below, networks);
  }
}

}  // namespace

net::Task<SpfNode> spf_tree(dns::Resolver& resolver, std::string domain, net::Deadline deadline) {
  Walk walk(resolver, deadline);
  SpfNode root = co_await walk.node(std::move(domain), {});
  co_return root;
}

SpfResult result_for_others(const SpfNode& node) {
  for (const SpfTerm& term : node.terms) {
    if (term.is_all) return term.result;
    if (term.below.empty()) continue;
    const SpfResult below = result_for_others(term.below.front());
    const bool is_redirect = ascii_lower(term.text).starts_with("redirect=");
    if (is_redirect) return below;
    if (below == SpfResult::pass) return term.result;  // §5.2: an include matches on pass only
  }
  return SpfResult::neutral;
}

std::vector<std::string> allowed_networks(const SpfNode& node) {
  std::vector<std::string> networks;
  collect(node, networks);
  return networks;
}

std::uint64_t ipv4_addresses(const std::vector<std::string>& networks) {
  std::uint64_t count = 0;
  for (const std::string& network : networks) {
    if (network.find(':') != network.npos) continue;
    const std::size_t slash = network.find('/');
    const auto bits =
        slash == network.npos ? 32 : parse_decimal(std::string_view(network).substr(slash + 1)).value_or(32);
    count += std::uint64_t{1} << (32 - std::min<std::uint64_t>(bits, 32));
  }
  return count;
}

}  // namespace sesame::check
