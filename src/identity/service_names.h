// identity/service_names.h: the names the service itself stands under, and the records a customer publishes
// (DESIGN 3.3).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sesame::identity {

struct ServiceNames {
  std::string service_domain;  // "svc.example"
  std::string region = "us-east-1";
  std::vector<std::string> other_regions = {};  // where the same service also runs

  // `<token>.dkim.svc.example`
  std::string dkim_target(std::string_view token) const;
  // What GetEmailIdentity calls SigningHostedZone: `dkim.svc.example`.
  std::string dkim_zone() const;
  // `feedback-smtp.us-east-1.svc.example`
  std::string feedback_host() const;
  // `feedback-smtp.<region>.svc.example` for any region of the service (spec 2.2). Another label there is a host that
  // does not exist.
  bool is_feedback_host(std::string_view host) const;
  // `v=spf1 include:svc.example ~all`
  std::string spf_record() const;
  // `svc.example` in us-east-1, `<region>.svc.example` elsewhere.
  std::string default_mail_from_domain() const;
  // Right-hand side of Message-ID: `email.svc.example` in us-east-1, `<region>.svc.example` elsewhere.
  std::string message_id_domain() const;
  // `ns1.svc.example`, for a delegated MAIL FROM label.
  std::string name_server() const;
};

}  // namespace sesame::identity
