// The JSON of DESIGN 3.1 (`check`). What there is none of is null; docs/check.md lists the members.
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include "base/text.h"
#include "base/time_text.h"
#include "check/report.h"
#include "identity/look.h"

namespace sesame::check {
namespace {

namespace json = boost::json;

constexpr std::size_t max_text_octets = 4096;

json::value text(std::string_view outside) {
  const std::string printable = printable_utf8(outside, max_text_octets);
  return json::string(printable.data(), printable.size());
}
json::value text_or_null(std::string_view outside) { return outside.empty() ? json::value() : text(outside); }

json::array texts_json(const std::vector<std::string>& values) {
  json::array array;
  for (const std::string& value : values) array.push_back(text(value));
  return array;
}

json::object problem_json(const Problem& problem) {
  return {{"topic", text(name(problem.topic))},
          {"severity", text(name(problem.severity))},
          {"asked", text(problem.asked)},
          {"found", text(problem.found)},
          {"advice", text(problem.change)}};
}

json::array problems_json(const Problems& problems) {
  json::array array;
  for (const Problem& problem : problems) array.push_back(problem_json(problem));
  return array;
}

// The advice of those that have to do with the envelope, as the service's diagnosis lists them.
json::array sentences(const Problems& problems) {
  json::array array;
  for (const Problem& problem : problems) {
    if (problem.severity != Severity::advice) array.push_back(text(problem.change));
  }
  return array;
}

json::object node_json(const SpfNode& node) {
  json::array terms;
  for (const SpfTerm& term : node.terms) {
    json::object each{{"term", text(term.text)},
                      {"result", text(mailauth::spf::name(term.result))},
                      {"lookups", term.lookups},
                      {"void_lookups", term.void_lookups},
                      {"networks", texts_json(term.networks)},
                      {"note", text_or_null(term.note)}};
    if (!term.below.empty()) each["record"] = node_json(term.below.front());
    terms.push_back(std::move(each));
  }
  return {{"domain", text(node.domain)}, {"record", text_or_null(node.record)}, {"problem", text_or_null(node.problem)},
          {"lookups", node.lookups},     {"void_lookups", node.void_lookups},   {"terms", std::move(terms)}};
}

// The word for a client nothing lists; where a record is broken, what receivers call that.
std::string_view spf_result(const SpfFinding& finding) {
  return finding.is_usable() ? name(result_for_others(finding.tree)) : name(finding.others.result);
}

json::object spf_json(const SpfFinding& finding) {
  return {{"domain", text(finding.domain)},
          {"result", text(spf_result(finding))},
          {"usable", finding.is_usable()},
          {"record", text_or_null(finding.tree.record)},
          {"lookups", finding.tree.lookups},
          {"void_lookups", finding.tree.void_lookups},
          {"networks", texts_json(finding.networks)},
          {"problem", text_or_null(finding.is_usable() ? "" : finding.others.problem)},
          {"tree", node_json(finding.tree)}};
}

json::array dkim_json(const DkimFinding& finding, const std::string& domain) {
  json::array keys;
  for (const DkimKey& key : finding.keys) {
    json::array flags;
    if (key.status == KeyStatus::testing) flags.emplace_back("y");
    if (key.exact_domain_only) flags.emplace_back("s");
    keys.push_back(json::object{{"selector", text(key.selector)},
                                {"domain", text(domain)},
                                {"name", text(key.name)},
                                {"alias", text_or_null(key.alias)},
                                {"record", text_or_null(key.record)},
                                {"status", text(name(key.status))},
                                {"algorithm", text_or_null(key.algorithm)},
                                {"key_bits", key.bits == 0 ? json::value() : json::value(key.bits)},
                                {"flags", std::move(flags)},
                                {"problem", text_or_null(key.problem)}});
  }
  return keys;
}

json::array reports_json(const DmarcFinding& finding, bool failures) {
  using mailauth::dmarc::ReportConsent;
  json::array addresses;
  for (const ReportAddress& address : finding.reports) {
    if (address.failures != failures) continue;
    const ReportConsent consent = address.destination.consent;
    addresses.push_back(
        json::object{{"uri", text(address.uri)},
                     {"authorized", consent == ReportConsent::not_needed || consent == ReportConsent::given},
                     {"consent", text(mailauth::dmarc::name(consent))},
                     {"record_name", text_or_null(address.destination.record_name)},
                     {"problem", text_or_null(address.destination.problem)}});
  }
  return addresses;
}

std::string_view alignment(mailauth::dmarc::Alignment mode) {
  return mode == mailauth::dmarc::Alignment::strict ? "strict" : "relaxed";
}

json::object dmarc_json(const Report& report) {
  const DmarcFinding& finding = report.dmarc;
  const mailauth::dmarc::DmarcOutcome& outcome = finding.outcome;
  json::object object{{"author_domain", text(finding.author_domain)},
                      {"policy_domain", text_or_null(outcome.policy_domain)},
                      {"organizational_domain", text_or_null(outcome.organizational_domain)},
                      {"record", text_or_null(finding.record)},
                      {"policy", nullptr},
                      {"subdomain_policy", nullptr},
                      {"testing", outcome.testing},
                      {"adkim", nullptr},
                      {"aspf", nullptr},
                      {"spf_aligned", report.spf_aligned()},
                      {"dkim_aligned", report.dkim_aligned()},
                      {"rua", reports_json(finding, false)},
                      {"ruf", reports_json(finding, true)},
                      {"meaning", text_or_null(finding.meaning)},
                      {"problem", text_or_null(outcome.problem)}};
  if (!finding.parsed) return object;
  const auto below = finding.parsed->for_existing_subdomain();
  object["policy"] = text(name(outcome.policy));
  object["subdomain_policy"] = below ? text(name(*below)) : json::value();
  object["adkim"] = text(alignment(finding.parsed->adkim));
  object["aspf"] = text(alignment(finding.parsed->aspf));
  return object;
}

json::object provider_json(const KnownProvider& provider) {
  const ProviderHabits& habits = provider.habits;
  return {{"name", text(provider.name)},
          {"help_url", text_or_null(provider.help_url)},
          {"txt_help_url", text_or_null(provider.txt_help_url)},
          {"domain_connect", provider.domain_connect},
          {"appends_zone", habits.appends_zone},
          {"wants_trailing_dot", habits.wants_trailing_dot},
          {"proxies", habits.proxies}};
}

json::object provider_json(const Provider& provider) {
  json::array choices;
  for (const KnownProvider* choice : provider.choices) choices.push_back(provider_json(*choice));
  const bool certain = provider.choices.size() == 1;
  const KnownProvider* only = certain ? provider.choices.front() : nullptr;
  return {{"name", text_or_null(provider.name())},
          {"help_url", only ? text_or_null(only->help_url) : json::value()},
          {"domain_connect", only ? json::value(only->domain_connect) : json::value(false)},
          {"choices", std::move(choices)}};
}

json::value mta_sts_json(const MtaStsFinding& finding) {
  if (finding.record.empty()) return nullptr;
  json::value policy;
  if (finding.policy) {
    policy = json::object{{"mode", text(name(finding.policy->mode))},
                          {"mx", texts_json(finding.policy->mx)},
                          {"max_age", finding.policy->max_age_seconds}};
  }
  return json::object{{"record", text(finding.record)},
                      {"id", finding.parsed ? text(finding.parsed->id) : json::value()},
                      {"policy", std::move(policy)},
                      {"not_fetched", text_or_null(finding.not_fetched)}};
}

json::value tls_rpt_json(const TlsRptFinding& finding) {
  if (finding.record.empty()) return nullptr;
  return json::object{{"record", text(finding.record)},
                      {"rua", finding.parsed ? texts_json(finding.parsed->rua) : json::array()}};
}

json::array addresses_json(const Report& report) {
  json::array addresses;
  for (const AddressFinding& address : report.addresses) {
    addresses.push_back(json::object{{"ip", address.ip.to_string()},
                                     {"names", texts_json(address.reverse.names)},
                                     {"confirmed", text_or_null(address.reverse.confirmed)},
                                     {"spf", text(name(address.spf.result))}});
  }
  return addresses;
}

json::array name_servers_json(const ZoneFinding& zone) {
  json::array servers;
  for (const NameServerFinding& server : zone.servers) {
    servers.push_back(json::object{{"name", text(server.name)},
                                   {"address", text_or_null(server.address)},
                                   {"status", text(dns::name(server.status))},
                                   {"serial", server.serial ? json::value(*server.serial) : json::value()},
                                   {"detail", text_or_null(server.detail)}});
  }
  return servers;
}

json::value mail_from_json(const Report& report) {
  if (!report.mail_from || report.mail_from->domain.empty()) return nullptr;
  return json::object{{"domain", text(report.mail_from->domain)},
                      {"status", text(report.mail_from->status)},
                      {"problems", sentences(report.mail_from->problems)}};
}

}  // namespace

json::object receivers_json(const Report& report) {
  const json::value none;
  return {{"seen_at", format_rfc3339_ms(report.at)},
          {"spf", report.exists ? json::value(spf_json(report.spf)) : none},
          {"domain_spf", report.domain_spf ? json::value(spf_json(*report.domain_spf)) : none},
          {"dkim", dkim_json(report.dkim, report.domain)},
          {"dkim_selectors_asked", report.dkim.asked},
          {"dmarc", report.exists ? json::value(dmarc_json(report)) : none},
          {"mta_sts", mta_sts_json(report.mta_sts)},
          {"tls_rpt", tls_rpt_json(report.tls_rpt)},
          {"addresses", addresses_json(report)},
          {"zone", text_or_null(report.zone.apex)},
          {"name_servers", name_servers_json(report.zone)},
          {"provider", provider_json(report.provider)},
          {"verdict", text(name(report.verdict))},
          {"summary", text(report.summary)},
          {"decision", text_or_null(report.decision)},
          {"problems", problems_json(report.problems)}};
}

json::object to_json(const Report& report) {
  json::array records;
  for (const Record& record : report.records) {
    json::object each = identity::to_json(record.finding);
    each["purpose"] = text(record.purpose);
    records.push_back(std::move(each));
  }
  json::object object{
      {"domain", text(report.domain)}, {"mail_from", mail_from_json(report)}, {"records", std::move(records)}};
  for (auto& [key, value] : receivers_json(report)) object[key] = std::move(value);
  return object;
}

}  // namespace sesame::check
