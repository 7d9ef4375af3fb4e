// api/ses_v2/api.h: SES API v2: identities, sending, the account (spec 1, 2.6, 4.2).
//
// One file per group of operations: identities.cc, dkim.cc, sending.cc, account.cc, configuration_sets.cc,
// event_destinations.cc, suppression.cc, templates.cc, contacts.cc, dedicated_pools.cc. Parsing and rendering are pure
// functions beside them (send_email_body.h, identity_shapes.h); the operations only connect those to the engine. No
// rule about identities or messages lives here.
#pragma once

#include "api/front.h"
#include "api/router.h"
#include "base/clock.h"
#include "identity/service_names.h"
#include "store/identity_record.h"
#include "store/queue_store.h"

namespace sesame::campaign {
class ContactLists;
class Templates;
}  // namespace sesame::campaign
namespace sesame::delivery {
class DedicatedPools;
}  // namespace sesame::delivery
namespace sesame::submission {
class ConfigurationSets;
class Pipeline;
}  // namespace sesame::submission

namespace sesame::api {

struct SesV2Deps {
  identity::IdentityService& identities;
  submission::Pipeline& pipeline;
  store::QueueStore& queue;
  const Clock& clock;
  net::Executor workers;  // large bodies are read there
  identity::ServiceNames names;
  submission::ConfigurationSets& configuration;
  campaign::Templates& templates;
  campaign::ContactLists& contacts;
  delivery::DedicatedPools& pools;
};

// Mount at "/v2/email" and at "/v1/email", where the SDKs look for PutEmailIdentityDkimSigningAttributes.
class SesV2 final : public Api {
 public:
  explicit SesV2(SesV2Deps deps) : deps_(std::move(deps)) {}

  net::Task<http::Response> handle(Call call) override;

 private:
  net::Task<Outcome> create_email_identity(Call call, Arguments arguments);
  net::Task<Outcome> get_email_identity(Call call, Arguments arguments);
  net::Task<Outcome> list_email_identities(Call call, Arguments arguments);
  net::Task<Outcome> delete_email_identity(Call call, Arguments arguments);
  net::Task<Outcome> put_mail_from_attributes(Call call, Arguments arguments);
  net::Task<Outcome> put_feedback_attributes(Call call, Arguments arguments);
  net::Task<Outcome> put_configuration_set_attributes(Call call, Arguments arguments);
  net::Task<Outcome> put_dkim_attributes(Call call, Arguments arguments);
  net::Task<Outcome> put_dkim_signing_attributes(Call call, Arguments arguments);
  net::Task<Outcome> send_email(Call call, Arguments arguments);
  net::Task<Outcome> send_bulk_email(Call call, Arguments arguments);

  net::Task<Outcome> create_contact_list(Call call, Arguments arguments);
  net::Task<Outcome> get_contact_list(Call call, Arguments arguments);
  net::Task<Outcome> list_contact_lists(Call call, Arguments arguments);
  net::Task<Outcome> update_contact_list(Call call, Arguments arguments);
  net::Task<Outcome> delete_contact_list(Call call, Arguments arguments);
  net::Task<Outcome> create_contact(Call call, Arguments arguments);
  net::Task<Outcome> get_contact(Call call, Arguments arguments);
  net::Task<Outcome> list_contacts(Call call, Arguments arguments);
  net::Task<Outcome> update_contact(Call call, Arguments arguments);
  net::Task<Outcome> delete_contact(Call call, Arguments arguments);

  net::Task<Outcome> create_email_template(Call call, Arguments arguments);
  net::Task<Outcome> get_email_template(Call call, Arguments arguments);
  net::Task<Outcome> list_email_templates(Call call, Arguments arguments);
  net::Task<Outcome> update_email_template(Call call, Arguments arguments);
  net::Task<Outcome> delete_email_template(Call call, Arguments arguments);
  net::Task<Outcome> test_render_email_template(Call call, Arguments arguments);

  net::Task<Outcome> get_account(Call call, Arguments arguments);
  net::Task<Outcome> put_account_sending(Call call, Arguments arguments);
  net::Task<Outcome> put_account_suppression(Call call, Arguments arguments);

  net::Task<Outcome> create_configuration_set(Call call, Arguments arguments);
  net::Task<Outcome> get_configuration_set(Call call, Arguments arguments);
  net::Task<Outcome> list_configuration_sets(Call call, Arguments arguments);
  net::Task<Outcome> delete_configuration_set(Call call, Arguments arguments);
  net::Task<Outcome> put_set_delivery(Call call, Arguments arguments);
  net::Task<Outcome> put_set_reputation(Call call, Arguments arguments);
  net::Task<Outcome> put_set_sending(Call call, Arguments arguments);
  net::Task<Outcome> put_set_suppression(Call call, Arguments arguments);
  net::Task<Outcome> put_set_tracking(Call call, Arguments arguments);

  net::Task<Outcome> create_event_destination(Call call, Arguments arguments);
  net::Task<Outcome> get_event_destinations(Call call, Arguments arguments);
  net::Task<Outcome> update_event_destination(Call call, Arguments arguments);
  net::Task<Outcome> delete_event_destination(Call call, Arguments arguments);

  net::Task<Outcome> create_pool(Call call, Arguments arguments);
  net::Task<Outcome> get_pool(Call call, Arguments arguments);
  net::Task<Outcome> list_pools(Call call, Arguments arguments);
  net::Task<Outcome> delete_pool(Call call, Arguments arguments);
  net::Task<Outcome> get_dedicated_ip(Call call, Arguments arguments);
  net::Task<Outcome> get_dedicated_ips(Call call, Arguments arguments);
  net::Task<Outcome> put_dedicated_ip_in_pool(Call call, Arguments arguments);
  net::Task<Outcome> put_dedicated_ip_warmup(Call call, Arguments arguments);
  net::Task<Outcome> put_account_warmup(Call call, Arguments arguments);

  net::Task<Outcome> put_suppressed_destination(Call call, Arguments arguments);
  net::Task<Outcome> get_suppressed_destination(Call call, Arguments arguments);
  net::Task<Outcome> list_suppressed_destinations(Call call, Arguments arguments);
  net::Task<Outcome> delete_suppressed_destination(Call call, Arguments arguments);

  // The DKIM an identity shows: a domain's own, an address's that of its domain if that is registered (spec 1.4).
  net::Task<ApiResult<std::optional<store::DkimState>>> shown_dkim(const store::IdentityRecord& identity);

  SesV2Deps deps_;
};

}  // namespace sesame::api
