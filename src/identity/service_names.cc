#include "identity/service_names.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "dns/name.h"

namespace sesame::identity {
namespace {

constexpr std::string_view first_region = "us-east-1";  // the one whose names carry no region (spec 2.4)

std::string feedback_host_in(std::string_view region, std::string_view service_domain) {
  return fmt::format("feedback-smtp.{}.{}", region, service_domain);
}

}  // namespace

std::string ServiceNames::dkim_target(std::string_view token) const { return fmt::format("{}.{}", token, dkim_zone()); }

std::string ServiceNames::dkim_zone() const { return fmt::format("dkim.{}", service_domain); }

std::string ServiceNames::feedback_host() const { return feedback_host_in(region, service_domain); }

bool ServiceNames::is_feedback_host(std::string_view host) const {
  const auto stands_in = [&](const std::string& known) {
    return dns::equal(host, feedback_host_in(known, service_domain));
  };
  return stands_in(region) || std::ranges::any_of(other_regions, stands_in);
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
