#include "api/ses_v2/api.h"

namespace sesame::api {

net::Task<http::Response> SesV2::handle(Call call) {
  static constexpr auto routes = std::to_array<Route<SesV2>>({
      {"POST", "/v2/email/outbound-emails", &SesV2::send_email},
      {"POST", "/v2/email/outbound-bulk-emails", &SesV2::send_bulk_email},
      {"POST", "/v2/email/contact-lists", &SesV2::create_contact_list},
      {"GET", "/v2/email/contact-lists", &SesV2::list_contact_lists},
      {"GET", "/v2/email/contact-lists/{ContactListName}", &SesV2::get_contact_list},
      {"PUT", "/v2/email/contact-lists/{ContactListName}", &SesV2::update_contact_list},
      {"DELETE", "/v2/email/contact-lists/{ContactListName}", &SesV2::delete_contact_list},
      {"POST", "/v2/email/contact-lists/{ContactListName}/contacts", &SesV2::create_contact},
      // As the service model has it, and as the guide's examples write it.
      {"POST", "/v2/email/contact-lists/{ContactListName}/contacts/list", &SesV2::list_contacts},
      {"GET", "/v2/email/contact-lists/{ContactListName}/contacts", &SesV2::list_contacts},
      {"GET", "/v2/email/contact-lists/{ContactListName}/contacts/{EmailAddress}", &SesV2::get_contact},
      {"PUT", "/v2/email/contact-lists/{ContactListName}/contacts/{EmailAddress}", &SesV2::update_contact},
      {"DELETE", "/v2/email/contact-lists/{ContactListName}/contacts/{EmailAddress}", &SesV2::delete_contact},
      {"POST", "/v2/email/templates", &SesV2::create_email_template},
      {"GET", "/v2/email/templates", &SesV2::list_email_templates},
      {"GET", "/v2/email/templates/{TemplateName}", &SesV2::get_email_template},
      {"PUT", "/v2/email/templates/{TemplateName}", &SesV2::update_email_template},
      {"DELETE", "/v2/email/templates/{TemplateName}", &SesV2::delete_email_template},
      {"POST", "/v2/email/templates/{TemplateName}/render", &SesV2::test_render_email_template},
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
      {"PUT", "/v2/email/account/sending", &SesV2::put_account_sending},
      {"PUT", "/v2/email/account/suppression", &SesV2::put_account_suppression},
      {"POST", "/v2/email/configuration-sets", &SesV2::create_configuration_set},
      {"GET", "/v2/email/configuration-sets", &SesV2::list_configuration_sets},
      {"GET", "/v2/email/configuration-sets/{Name}", &SesV2::get_configuration_set},
      {"DELETE", "/v2/email/configuration-sets/{Name}", &SesV2::delete_configuration_set},
      {"PUT", "/v2/email/configuration-sets/{Name}/delivery-options", &SesV2::put_set_delivery},
      {"PUT", "/v2/email/configuration-sets/{Name}/reputation-options", &SesV2::put_set_reputation},
      {"PUT", "/v2/email/configuration-sets/{Name}/sending", &SesV2::put_set_sending},
      {"PUT", "/v2/email/configuration-sets/{Name}/suppression-options", &SesV2::put_set_suppression},
      {"PUT", "/v2/email/configuration-sets/{Name}/tracking-options", &SesV2::put_set_tracking},
      {"POST", "/v2/email/configuration-sets/{Name}/event-destinations", &SesV2::create_event_destination},
      {"GET", "/v2/email/configuration-sets/{Name}/event-destinations", &SesV2::get_event_destinations},
      {"PUT", "/v2/email/configuration-sets/{Name}/event-destinations/{Destination}", &SesV2::update_event_destination},
      {"DELETE", "/v2/email/configuration-sets/{Name}/event-destinations/{Destination}",
       &SesV2::delete_event_destination},
      {"POST", "/v2/email/dedicated-ip-pools", &SesV2::create_pool},
      {"GET", "/v2/email/dedicated-ip-pools", &SesV2::list_pools},
      {"GET", "/v2/email/dedicated-ip-pools/{PoolName}", &SesV2::get_pool},
      {"DELETE", "/v2/email/dedicated-ip-pools/{PoolName}", &SesV2::delete_pool},
      {"GET", "/v2/email/dedicated-ips", &SesV2::get_dedicated_ips},
      {"GET", "/v2/email/dedicated-ips/{IP}", &SesV2::get_dedicated_ip},
      {"PUT", "/v2/email/dedicated-ips/{IP}/pool", &SesV2::put_dedicated_ip_in_pool},
      {"PUT", "/v2/email/dedicated-ips/{IP}/warmup", &SesV2::put_dedicated_ip_warmup},
      {"PUT", "/v2/email/account/dedicated-ips/warmup", &SesV2::put_account_warmup},
      {"PUT", "/v2/email/suppression/addresses", &SesV2::put_suppressed_destination},
      {"GET", "/v2/email/suppression/addresses", &SesV2::list_suppressed_destinations},
      {"GET", "/v2/email/suppression/addresses/{EmailAddress}", &SesV2::get_suppressed_destination},
      {"DELETE", "/v2/email/suppression/addresses/{EmailAddress}", &SesV2::delete_suppressed_destination},
  });
  http::Response response = co_await route<SesV2>(*this, routes, std::move(call));
  co_return response;
}

}  // namespace sesame::api
