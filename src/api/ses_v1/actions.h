// api/ses_v1/actions.h: what the actions of SES API v1 do. ses_v1_api.cc has the table from their names.
//
// An action reads its parameters, asks the engine and writes the members of its result; the elements around them are
// the caller's. What was written before an error is thrown away.
#pragma once

#include "api/ses_v1/error.h"
#include "api/ses_v1/ses_v1_api.h"
#include "api/ses_v1/xml.h"

namespace sesame::api::ses_v1 {

using Done = QueryResult<void>;

// `deps` and `answer` must live until the task ends.
using Action = net::Task<Done>(const SesV1Deps& deps, Call call, XmlWriter& answer);

// registration.cc: identities come and go.
Action verify_domain_identity, verify_domain_dkim;
Action verify_email_identity;    // also VerifyEmailAddress
Action delete_identity;          // an identity that is not there counts as deleted (spec 1.4)
Action delete_verified_address;  // DeleteVerifiedEmailAddress: the same, but takes no domains

// attributes.cc: what is known about identities. Of those asked about, unknown ones have no entry.
Action list_identities, list_verified_addresses;
Action get_verification_attributes, get_dkim_attributes, get_mail_from_attributes;

// settings.cc
Action set_mail_from_domain, set_dkim_enabled;

// notifications.cc
Action set_notification_topic, set_headers_in_notifications_enabled, set_feedback_forwarding_enabled;
Action get_notification_attributes;

// sending.cc
Action send_email, send_raw_email, send_templated_email, send_bulk_templated_email;

// templates.cc
Action create_template, get_template, update_template, delete_template, list_templates, test_render_template;

// account.cc
Action get_send_quota, get_send_statistics, get_account_sending_enabled, update_account_sending_enabled;

// configuration_sets.cc
Action create_configuration_set, delete_configuration_set, describe_configuration_set, list_configuration_sets;
Action put_set_delivery_options, update_set_reputation_metrics_enabled, update_set_sending_enabled;
Action create_tracking_options, update_tracking_options, delete_tracking_options;

// event_destinations.cc
Action create_event_destination, update_event_destination, delete_event_destination;

}  // namespace sesame::api::ses_v1
