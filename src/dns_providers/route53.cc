#include "dns_providers/route53.h"

#include <fmt/format.h>

#include <algorithm>

#include "api/sigv4/sign_request.h"
#include "base/text.h"
#include "dns/name.h"

namespace sesame::dns_providers {
namespace {

constexpr std::string_view version = "2013-04-01";
constexpr std::string_view service = "route53";
constexpr std::string_view region = "us-east-1";  // of all requests: the service is a global one
constexpr std::size_t sets_at_once = 100;         // of one name: a dozen types at most

std::unexpected<ProviderError> malformed() {
  return std::unexpected(said(ProviderErrc::malformed, "", "Route 53's answer cannot be understood."));
}

// ErrorResponse/Error/{Code,Message}, or InvalidChangeBatch/Messages/Message.
std::pair<std::string, std::string> problem_in(const std::optional<XmlElement>& answer) {
  if (!answer) return {};
  if (const XmlElement* error = answer->child("Error")) return {error->text_of("Code"), error->text_of("Message")};
  const XmlElement* messages = answer->child("Messages");
  return {answer->name, messages ? messages->text_of("Message") : ""};
}

bool is_changed_meanwhile(std::string_view text) {
  return text.contains("values provided do not match") || text.contains("it was not found") ||
         text.contains("it already exists");
}

ProviderError refusal_of(int status, const std::optional<XmlElement>& answer, const std::string& zone) {
  const auto [code, text] = problem_in(answer);
  const std::string what = fmt::format("{} ({})", text.empty() ? "no reason given" : text, code.empty() ? "?" : code);
  if (code == "SignatureDoesNotMatch" || code == "IncompleteSignature") {
    return said(ProviderErrc::bad_credentials, "secrets.secret_access_key", "Route 53 says: " + what);
  }
  if (code == "InvalidClientTokenId" || code == "UnrecognizedClientException") {
    return said(ProviderErrc::bad_credentials, "settings.access_key_id", "Route 53 says: " + what);
  }
  if (code == "RequestExpired") return said(ProviderErrc::bad_time, "", "Route 53 says: " + what);
  if (code == "NoSuchHostedZone" || code == "InvalidDomainName") {
    return said(ProviderErrc::no_zone, "settings.hosted_zone_id",
                fmt::format("Route 53 has no such zone as {}: {}", zone, what));
  }
  if (code == "AccessDenied" || code == "AccessDeniedException") {
    return said(ProviderErrc::forbidden, "settings.access_key_id", "The key may not do that: " + what);
  }
  if (code == "InvalidChangeBatch" && is_changed_meanwhile(text)) {
    return said(ProviderErrc::changed, "", "The zone is not as it was: " + what);
  }
  ProviderError error = said(ProviderErrc::refused, "", "Route 53 did not take it: " + what);
  error.may_have_happened = status >= 500;
  return error;
}

// nullopt: malformed.
std::optional<RecordSet> read_set(const XmlElement& element, std::string_view name, dns::RecordType type) {
  const XmlElement* records = element.child("ResourceRecords");
  const auto ttl = parse_decimal(element.text_of("TTL"));
  if (records == nullptr || !ttl || *ttl > 0x7fffffff) return std::nullopt;
  RecordSet set{std::string(name), type, static_cast<std::uint32_t>(*ttl), {}};
  for (const XmlElement& record : records->children) {
    auto data = dns::parse_record_data(type, record.text_of("Value"));
    auto* good = std::get_if<dns::RecordData>(&data);
    if (good == nullptr) return std::nullopt;
    set.data.push_back(std::move(*good));
  }
  return set;
}

void append_change(std::string& body, std::string_view action, const RecordSet& set) {
  body += fmt::format(
      "<Change><Action>{}</Action><ResourceRecordSet><Name>{}.</Name><Type>{}</Type><TTL>{}</TTL>"
      "<ResourceRecords>",
      action, xml_text(set.name), dns::name(set.type), set.ttl);
  for (const dns::RecordData& data : set.data) {
    body += fmt::format("<ResourceRecord><Value>{}</Value></ResourceRecord>", xml_text(dns::presentation(data)));
  }
  body += "</ResourceRecords></ResourceRecordSet></Change>";
}

}  // namespace

Result<std::vector<RecordSet>, ProviderError> route53_sets(const XmlElement& listing,
                                                           const std::vector<SetKey>& questions) {
  const XmlElement* all = listing.child("ResourceRecordSets");
  if (all == nullptr) return malformed();
  std::vector<RecordSet> sets;
  for (const XmlElement& element : all->children) {
    const auto type = dns::parse_record_type(element.text_of("Type"));
    if (!type) continue;
    const SetKey key{dns::canonical(element.text_of("Name")), *type};
    if (std::ranges::find(questions, key) == questions.end()) continue;
    if (element.child("AliasTarget") != nullptr || element.child("SetIdentifier") != nullptr) {
      return std::unexpected(said(ProviderErrc::refused, "",
                                  fmt::format("{} {} is an alias or has a routing policy, which a change would lose.",
                                              key.name, dns::name(key.type))));
    }
    auto set = read_set(element, key.name, key.type);
    if (!set) return malformed();
    sets.push_back(std::move(*set));
  }
  return sets;
}

std::string route53_batch(const std::vector<Change>& changes) {
  std::string body = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?><ChangeResourceRecordSetsRequest "
      "xmlns=\"https://route53.amazonaws.com/doc/{}/\"><ChangeBatch><Changes>",
      version);
  for (const Change& change : changes) {
    if (!change.before.data.empty()) append_change(body, "DELETE", change.before);
  }
  for (const Change& change : changes) {
    if (!change.after.data.empty()) append_change(body, "CREATE", change.after);
  }
  return body + "</Changes></ChangeBatch></ChangeResourceRecordSetsRequest>";
}

ProviderTask<XmlElement> Route53Provider::call(std::string method, std::string target, std::string body,
                                               net::Deadline deadline) {
  WebCall call;
  call.changes = method != "GET";
  http::ClientRequest& request = call.request;
  request.method = std::move(method);
  request.url = settings_.url;
  request.url.target = std::move(target);
  request.body = std::move(body);
  if (!request.body.empty()) request.headers.add("Content-Type", "text/xml");
  const sigv4::SigningCredentials credentials{settings_.access_key_id, settings_.secret_access_key.share(), ""};
  const sigv4::SigningOptions options{std::string(region), std::string(service), clock_.now()};
  const auto is_signed = sigv4::sign_request(request, credentials, options);
  if (!is_signed) co_return std::unexpected(said(ProviderErrc::refused, "", "The request cannot be signed."));

  const auto response = co_await call_web(client_, std::move(call), deadline);
  if (!response) co_return std::unexpected(response.error());
  auto answer = read_xml(response->body);
  if (response->status / 100 != 2) co_return std::unexpected(refusal_of(response->status, answer, settings_.zone));
  if (!answer) co_return malformed();
  co_return std::move(*answer);
}

ProviderTask<void> Route53Provider::find_zone(net::Deadline deadline) {
  if (!settings_.hosted_zone_id.empty()) co_return Result<void, ProviderError>();
  const std::string target =
      fmt::format("/{}/hostedzonesbyname?dnsname={}&maxitems=10", version, percent_encode(settings_.zone));
  const auto answer = co_await call("GET", target, "", deadline);
  if (!answer) co_return std::unexpected(answer.error());
  const XmlElement* zones = answer->child("HostedZones");
  if (zones == nullptr) co_return malformed();
  for (const XmlElement& zone : zones->children) {
    const XmlElement* config = zone.child("Config");
    const bool is_private = config != nullptr && config->text_of("PrivateZone") == "true";
    if (is_private || dns::canonical(zone.text_of("Name")) != settings_.zone) continue;
    const std::string id = zone.text_of("Id");  // "/hostedzone/Z1D633PJN98FT9"
    settings_.hosted_zone_id = id.substr(id.rfind('/') + 1);
    co_return Result<void, ProviderError>();
  }
  co_return std::unexpected(
      said(ProviderErrc::no_zone, "zone", fmt::format("Route 53 has no public zone {} for this key.", settings_.zone)));
}

ProviderTask<std::vector<RecordSet>> Route53Provider::sets_at(std::string name, std::vector<SetKey> questions,
                                                              net::Deadline deadline) {
  // A listing begins at a name and goes on to others, which are left out.
  const std::string target = fmt::format("/{}/hostedzone/{}/rrset?name={}&maxitems={}", version,
                                         percent_encode(settings_.hosted_zone_id), percent_encode(name), sets_at_once);
  const auto listing = co_await call("GET", target, "", deadline);
  if (!listing) co_return std::unexpected(listing.error());
  co_return route53_sets(*listing, questions);
}

ProviderTask<ZoneFacts> Route53Provider::test(net::Deadline deadline) {
  const auto found = co_await find_zone(deadline);
  if (!found) co_return std::unexpected(found.error());
  // Only an apex has one: an id that was given may be that of another zone.
  const SetKey soa{settings_.zone, dns::RecordType::soa};
  const auto readable = co_await sets_at(settings_.zone, {soa}, deadline);
  if (!readable) co_return std::unexpected(readable.error());
  if (readable->empty()) {
    co_return std::unexpected(said(ProviderErrc::no_zone, "settings.hosted_zone_id",
                                   fmt::format("The hosted zone of this id is not {}.", settings_.zone)));
  }
  co_return ZoneFacts{};
}

ProviderTask<std::vector<RecordSet>> Route53Provider::read(std::vector<SetKey> questions, net::Deadline deadline) {
  const auto found = co_await find_zone(deadline);
  if (!found) co_return std::unexpected(found.error());
  std::vector<RecordSet> all;
  for (const std::string& name : names_of(questions)) {
    auto sets = co_await sets_at(name, questions, deadline);
    if (!sets) co_return std::unexpected(sets.error());
    std::ranges::move(*sets, std::back_inserter(all));
  }
  co_return all;
}

ProviderTask<void> Route53Provider::apply(ChangeSet changes, net::Deadline deadline) {
  const auto present = co_await read_expected(*this, changes.expected, deadline);
  if (!present) co_return std::unexpected(present.error());
  // DELETE wants the TTL as it is, which nothing else minds.
  for (Change& change : changes.changes) change.before.ttl = set_at(*present, change.key()).ttl;
  const std::string target = fmt::format("/{}/hostedzone/{}/rrset/", version, percent_encode(settings_.hosted_zone_id));
  const auto done = co_await call("POST", target, route53_batch(changes.changes), deadline);
  if (!done) co_return std::unexpected(done.error());
  co_return Result<void, ProviderError>();
}

}  // namespace sesame::dns_providers
