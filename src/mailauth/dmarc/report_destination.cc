#include "mailauth/dmarc/report_destination.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "dns/name.h"
#include "mailauth/dmarc/record.h"
#include "mailauth/dmarc/tree_walk.h"
#include "mailauth/tag_list.h"

namespace sesame::mailauth::dmarc {
namespace {

// RFC 3986 §3.2: //[userinfo@]host[:port] up to the path, query or fragment.
std::optional<std::string_view> authority_host(std::string_view rest) {
  if (!rest.starts_with("//")) return std::nullopt;
  rest.remove_prefix(2);
  rest = rest.substr(0, rest.find_first_of("/?#"));
  if (const std::size_t at = rest.rfind('@'); at != rest.npos) rest.remove_prefix(at + 1);
  return rest.substr(0, rest.find(':'));
}

// RFC 6068 §2: what follows '?' are header fields.
std::optional<std::string_view> mailto_host(std::string_view address) {
  address = address.substr(0, address.find('?'));
  const std::size_t at = address.rfind('@');
  if (at == address.npos) return std::nullopt;
  return address.substr(at + 1);
}

// Step 6: tag=value pairs throughout, v=DMARC1 first.
bool has_the_form(std::string_view txt) {
  const auto tags = parse_tag_list(txt);
  return tags && ascii_iequals(tags->front().name, "v") && tags->front().value == "DMARC1";
}

ReportDestination without_consent(ReportConsent consent, std::string host, std::string record_name,
                                  std::string problem) {
  return {.consent = consent,
          .host = std::move(host),
          .record_name = std::move(record_name),
          .rua = {},
          .problem = std::move(problem)};
}

// nullopt: DNS did not answer.
net::Task<std::optional<bool>> same_organization(dns::Resolver& resolver, std::string a, std::string b,
                                                 net::Deadline deadline) {
  if (dns::equal(a, b)) co_return true;
  const auto last_label = [](std::string_view name) { return name.substr(name.rfind('.') + 1); };
  if (!dns::equal(last_label(a), last_label(b))) co_return false;
  TreeWalker walker(resolver, deadline);
  const TreeWalk walk_a = co_await walker.walk(std::move(a));
  const TreeWalk walk_b = co_await walker.walk(std::move(b));
  if (walk_a.temperror || walk_b.temperror) co_return std::nullopt;
  co_return dns::equal(walk_a.organizational_domain(), walk_b.organizational_domain());
}

}  // namespace

std::string_view name(ReportConsent consent) {
  switch (consent) {
    case ReportConsent::not_needed: return "not needed";
    case ReportConsent::given: return "given";
    case ReportConsent::missing: return "missing";
    case ReportConsent::temperror: return "temperror";
    case ReportConsent::permerror: return "permerror";
  }
  return "";
}

std::optional<std::string> report_host(std::string_view uri) {
  const std::size_t colon = uri.find(':');
  if (colon == uri.npos) return std::nullopt;
  const std::string_view rest = uri.substr(colon + 1);
  const auto host = ascii_iequals(uri.substr(0, colon), "mailto") ? mailto_host(rest) : authority_host(rest);
  if (!host) return std::nullopt;
  auto ascii = dns::to_ascii(*host);
  if (!ascii || !dns::is_valid_name(*ascii)) return std::nullopt;
  return ascii;
}

std::optional<std::string> report_record_name(std::string_view policy_domain, std::string_view host) {
  std::string name = fmt::format("{}._report._dmarc.{}", policy_domain, host);
  if (name.size() > dns::max_name_octets) return std::nullopt;
  return name;
}

ReportDestination read_report_record(const dns::Answer& answer, std::string host, std::string record_name) {
  if (answer.status == dns::AnswerStatus::servfail || answer.status == dns::AnswerStatus::timeout) {
    std::string problem = fmt::format("DNS did not answer the question for TXT of {}", record_name);
    return without_consent(ReportConsent::temperror, std::move(host), std::move(record_name), std::move(problem));
  }
  ReportDestination destination{
      .host = std::move(host), .record_name = std::move(record_name), .rua = {}, .problem = {}};
  bool any = false;
  for (const dns::Record& record : answer.records) {
    const auto* txt = std::get_if<dns::Txt>(&record.data);
    if (txt == nullptr) continue;
    any = true;
    const std::string text = txt->joined();
    if (!has_the_form(text)) continue;
    destination.consent = ReportConsent::given;
    const auto parsed = parse_record(text);
    if (!parsed) continue;
    for (const std::string& uri : parsed->rua) {
      if (report_host(uri) == destination.host) destination.rua.push_back(uri);
    }
  }
  if (destination.consent != ReportConsent::given) {
    destination.problem =
        any ? fmt::format("no record at {} begins with v=DMARC1 and consists of tag=value", destination.record_name)
            : fmt::format("there is no TXT record at {}", destination.record_name);
  }
  return destination;
}

net::Task<ReportDestination> check_report_destination(dns::Resolver& resolver, std::string policy_domain,
                                                      std::string uri, net::Deadline deadline) {
  auto host = report_host(uri);
  if (!host) co_return without_consent(ReportConsent::permerror, {}, {}, fmt::format("{} names no host", uri));
  const auto same = co_await same_organization(resolver, policy_domain, *host, deadline);
  if (!same) {
    co_return without_consent(ReportConsent::temperror, *std::move(host), {},
                              "DNS did not answer which organization the report address belongs to");
  }
  if (*same) co_return without_consent(ReportConsent::not_needed, *std::move(host), {}, {});
  auto record_name = report_record_name(policy_domain, *host);
  if (!record_name) {
    co_return without_consent(ReportConsent::permerror, *std::move(host), {},
                              "the name of the record that would give consent is longer than DNS allows");
  }
  const dns::Answer answer = co_await resolver.resolve(*record_name, dns::RecordType::txt, deadline);
  co_return read_report_record(answer, *std::move(host), *std::move(record_name));
}

}  // namespace sesame::mailauth::dmarc
