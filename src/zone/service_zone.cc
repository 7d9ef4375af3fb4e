#include "zone/service_zone.h"

#include <fmt/format.h>

#include <stdexcept>

#include "dns/name.h"
#include "zone/zone_file.h"

namespace sesame::zone {
namespace {

using dns::RecordType;

constexpr std::string_view default_region = "us-east-1";  // there the default MAIL FROM domain is the service domain

dns::Soa soa_of(const ServiceZoneOptions& options) {
  return {.primary = options.name_servers.front().name,
          .mailbox = "hostmaster." + options.service_domain,
          .serial = options.serial,
          .refresh = 3600,
          .retry = 600,
          .expire = 1'209'600,
          .minimum = options.negative_ttl};
}

// Adds records that are known to fit; what does not is a wrong option.
class Builder {
 public:
  Builder(std::string_view apex, const ServiceZoneOptions& options)
      : zone_(checked(apex, options), soa_of(options), options.ttl), ttl_(options.ttl) {
    for (const Host& server : options.name_servers) add(zone_.apex(), RecordType::ns, server.name);
  }

  void add(std::string_view name, RecordType type, std::string_view value) {
    auto data = dns::parse_record_data(type, value);
    if (const auto* error = std::get_if<dns::RecordParseError>(&data)) throw std::invalid_argument(error->text);
    dns::Record record{std::string(name), type, ttl_, std::get<dns::RecordData>(std::move(data))};
    if (!zone_.add(std::move(record))) throw std::invalid_argument(fmt::format("{} is not a name of the zone", name));
  }

  void add_addresses(std::string_view name, const std::vector<net::IpAddress>& addresses) {
    for (const net::IpAddress& address : addresses) {
      add(name, address.is_v4() ? RecordType::a : RecordType::aaaa, address.to_string());
    }
  }

  bool holds(std::string_view name) const { return dns::is_at_or_below(name, zone_.apex()); }
  ZoneData take() { return std::move(zone_); }

 private:
  static std::string checked(std::string_view apex, const ServiceZoneOptions& options) {
    if (!dns::is_valid_name(apex)) throw std::invalid_argument(fmt::format("'{}' is not a domain name", apex));
    if (options.name_servers.empty()) throw std::invalid_argument("the zone needs at least one name server");
    return std::string(apex);
  }

  ZoneData zone_;
  std::uint32_t ttl_;
};

dns::Record dkim_txt(std::string name, std::uint32_t ttl, std::string_view value) {
  return {std::move(name), RecordType::txt, ttl,
          std::get<dns::RecordData>(dns::parse_record_data(RecordType::txt, value))};
}

}  // namespace

std::string feedback_host(const ServiceZoneOptions& options) {
  return fmt::format("feedback-smtp.{}.{}", options.region, options.service_domain);
}

std::string default_mail_from_domain(const ServiceZoneOptions& options) {
  if (options.region == default_region) return options.service_domain;
  return fmt::format("{}.{}", options.region, options.service_domain);
}

std::string apex_spf(const ServiceZoneOptions& options) {
  return fmt::format("v=spf1 {}{}-all", fmt::join(options.spf_mechanisms, " "),
                     options.spf_mechanisms.empty() ? "" : " ");
}

std::string mail_from_spf(const ServiceZoneOptions& options) {
  return fmt::format("v=spf1 include:{} ~all", options.service_domain);
}

ZoneData build_service_zone(const ServiceZoneOptions& options) {
  Builder builder(options.service_domain, options);
  const std::string feedback = feedback_host(options);
  const std::string default_mail_from = default_mail_from_domain(options);
  builder.add(options.service_domain, RecordType::txt, apex_spf(options));
  builder.add(options.service_domain, RecordType::mx, "10 " + feedback);  // also for postmaster (RFC 5321 §4.5.1)
  if (default_mail_from != options.service_domain) {
    builder.add(default_mail_from, RecordType::mx, "10 " + feedback);
    builder.add(default_mail_from, RecordType::txt, apex_spf(options));
  }
  if (options.own_dkim_key) {
    const auto& [selector, value] = *options.own_dkim_key;
    builder.add(fmt::format("{}._domainkey.{}", selector, options.service_domain), RecordType::txt, value);
  }
  for (const std::string& value : options.domain_connect_key.second) {
    builder.add(fmt::format("{}.{}", options.domain_connect_key.first, options.service_domain), RecordType::txt, value);
  }
  builder.add_addresses(feedback, options.feedback_addresses);
  if (builder.holds(options.host.name)) {
    builder.add_addresses(options.host.name, options.host.addresses);
    // Null reverse-paths are judged by the HELO name (RFC 7208 §2.4).
    if (options.host.name != options.service_domain) builder.add(options.host.name, RecordType::txt, apex_spf(options));
  }
  for (const Host& server : options.name_servers) {
    if (builder.holds(server.name)) builder.add_addresses(server.name, server.addresses);
  }
  return builder.take();
}

ZoneData build_mail_from_zone(const ServiceZoneOptions& options, std::string_view mail_from_domain) {
  Builder builder(mail_from_domain, options);
  builder.add(mail_from_domain, RecordType::mx, "10 " + feedback_host(options));
  builder.add(mail_from_domain, RecordType::txt, mail_from_spf(options));
  return builder.take();
}

std::string print_service_zone(const ServiceZoneOptions& options,
                               const std::vector<std::pair<std::string, std::string>>& tokens) {
  std::string text = print_zone(build_service_zone(options));
  for (const auto& [token, value] : tokens) {
    text += dns::presentation(dkim_txt(fmt::format("{}.dkim.{}", token, options.service_domain), options.ttl, value)) +
            "\n";
  }
  return text;
}

ServiceZone::ServiceZone(ServiceZoneOptions options, TokenSource& tokens)
    : zone_(build_service_zone(options)),
      dkim_suffix_("dkim." + options.service_domain),
      ttl_(options.ttl),
      tokens_(tokens) {}

net::Task<ZoneAnswer> ServiceZone::answer(std::string name, RecordType type) {
  if (!dns::is_at_or_below(name, dkim_suffix_)) co_return zone_.lookup(name, type);
  if (name == dkim_suffix_) co_return zone_.no_data();  // an empty non-terminal, whether there are tokens or not
  if (dns::parent(name) != dkim_suffix_) co_return zone_.name_error();
  const std::string token = name.substr(0, name.find('.'));
  const auto read = co_await tokens_.dkim_record(token);
  if (!read) co_return server_failure();
  const auto& value = *read;
  if (!value) co_return zone_.name_error();
  if (type != RecordType::txt && type != RecordType::any) co_return zone_.no_data();
  ZoneAnswer found;
  found.answers.push_back(dkim_txt(std::move(name), ttl_, *value));
  co_return found;
}

DelegatedMailFrom::DelegatedMailFrom(ServiceZoneOptions options, TokenSource& tokens)
    : options_(std::move(options)), tokens_(tokens) {
  build_mail_from_zone(options_, options_.service_domain);  // throws for wrong options at start-up
}

net::Task<ZoneAnswer> DelegatedMailFrom::answer(std::string name, RecordType type) {
  std::string at = name;
  for (std::size_t i = 0; i <= max_labels_below && dns::is_valid_name(at); ++i) {
    const auto is_set = co_await tokens_.is_mail_from_domain(at);
    if (!is_set) co_return server_failure();
    if (*is_set) {
      const ZoneData zone = build_mail_from_zone(options_, at);
      co_return zone.lookup(name, type);
    }
    at = std::string(dns::parent(at));
  }
  co_return refused();
}

}  // namespace sesame::zone
