#include "identity/service_names.h"

#include <fmt/format.h>

#include "base/text.h"
#include "dns/name.h"

namespace sesame::identity {
namespace {

constexpr std::string_view first_region = "us-east-1";  // the one whose names carry no region (spec 2.4)
constexpr std::string_view feedback_prefix = "feedback-smtp.";

}  // namespace

std::string ServiceNames::dkim_target(std::string_view token) const { return fmt::format("{}.{}", token, dkim_zone()); }

std::string ServiceNames::dkim_zone() const { return fmt::format("dkim.{}", service_domain); }

std::string ServiceNames::feedback_host() const {
  return fmt::format("{}{}.{}", feedback_prefix, region, service_domain);
}

bool ServiceNames::is_feedback_host(std::string_view host) const {
  const std::string name = dns::canonical(host);
  if (!dns::is_below(name, service_domain) || !name.starts_with(feedback_prefix)) return false;
  // Exactly one label, the region, stands between the prefix and the service domain.
  return dns::equal(dns::parent(dns::parent(name)), service_domain);
}

std::string ServiceNames::spf_record() const { return fmt::format("v=spf1 include:{} ~all", service_domain); }

std::string ServiceNames::default_mail_from_domain() const {
  return region == first_region ? service_domain : fmt::format("{}.{}", region, service_domain);
}

std::string ServiceNames::message_id_domain() const {
  return region == first_region ? fmt::format("email.{}", service_domain)
                                : fmt::format("{}.{}", region, service_domain);
}

std::string ServiceNames::name_server() const { return fmt::format("ns1.{}", service_domain); }

}  // namespace sesame::identity
