#include "api/ses_v2/api.h"

namespace sesame::api {

net::Task<http::Response> SesV2::handle(Call call) {
  static constexpr auto routes = std::to_array<Route<SesV2>>({
      {"POST", "/v2/email/outbound-emails", &SesV2::send_email},
      {"POST", "/v2/email/identities", &SesV2::create_email_identity},
      {"GET", "/v2/email/identities", &SesV2::list_email_identities},
      {"GET", "/v2/email/identities/{EmailIdentity}", &SesV2::get_email_identity},
      {"DELETE", "/v2/email/identities/{EmailIdentity}", &SesV2::delete_email_identity},
      {"PUT", "/v2/email/identities/{EmailIdentity}/mail-from", &SesV2::put_mail_from_attributes},
      {"PUT", "/v2/email/identities/{EmailIdentity}/feedback", &SesV2::put_feedback_attributes},
      {"PUT", "/v2/email/identities/{EmailIdentity}/configuration-set", &SesV2::put_configuration_set_attributes},
      {"PUT", "/v2/email/identities/{EmailIdentity}/dkim", &SesV2::put_dkim_attributes},
      // The service model has this one operation below /v1; documents and some clients have it below /v2.
      {"PUT", "/v1/email/identities/{EmailIdentity}/dkim/signing", &SesV2::put_dkim_signing_attributes},
      {"PUT", "/v2/email/identities/{EmailIdentity}/dkim/signing", &SesV2::put_dkim_signing_attributes},
      {"GET", "/v2/email/account", &SesV2::get_account},
  });
  http::Response response = co_await route<SesV2>(*this, routes, std::move(call));
  co_return response;
}

}  // namespace sesame::api
