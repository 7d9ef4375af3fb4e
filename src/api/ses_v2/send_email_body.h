// api/ses_v2/send_email_body.h: the body of SendEmail as a submission request (spec 4.2). Pure.
#pragma once

#include <string_view>

#include "api/error.h"
#include "submission/request.h"

namespace sesame::api {

// What the body says; account_id, caller and source_ip are left for the caller to fill, and a template to be resolved.
//
//   errors  serialization  no JSON, a value of the wrong type, a blob that is not base64
//           bad_request    something missing, out of bounds or not one of its words; not exactly one kind of content
//           not_found      a tenant is named (there are none)
//
// Addresses, header fields, tags and sizes are the pipeline's to judge. The ARNs of sending authorisation are ignored:
// the sender must be an identity of the caller's own account, which is stricter. ReplyToAddresses concerns composed
// messages only: a raw one brings its own header section.
ApiResult<submission::SubmissionRequest> read_send_email(std::string_view body);

}  // namespace sesame::api
