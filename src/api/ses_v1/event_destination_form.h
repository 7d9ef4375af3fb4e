// api/ses_v1/event_destination_form.h: event destinations in the form and in the XML of SES API v1 (spec 7). Pure.
#pragma once

#include "api/ses_v1/error.h"
#include "api/ses_v1/form.h"
#include "api/ses_v1/xml.h"
#include "store/configuration_record.h"

namespace sesame::api::ses_v1 {

// Notes in `problems` what is missing or none of its words. Errors: invalid_firehose_destination,
// invalid_cloud_watch_destination (neither is supported), invalid_parameter_value: opens and clicks (they are not
// tracked), or not exactly one destination.
QueryResult<store::EventDestination> read_event_destination(const FormReader& input, Problems& problems);

// A <member>. A webhook, which v1 has no words for, is shown without its URL.
void write_event_destination(const store::EventDestination& destination, XmlWriter& answer);

}  // namespace sesame::api::ses_v1
