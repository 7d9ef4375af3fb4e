// api/ses_v1/send_input.h: the forms of the sending actions as requests to the pipeline (spec 4.2). Pure.
//
// Only shape is checked here: what must be there, types, charsets. Addresses, limits, header fields and who may send
// are the pipeline's concern. The caller's account, key and address are left for the action to fill in, and a template
// to be resolved.
//
// SourceArn, FromArn, ReturnPathArn and TemplateArn, which name what belongs to other accounts, are ignored: nothing is
// allowed for them that would not be allowed without.
#pragma once

#include <span>

#include "api/bulk_mail.h"
#include "api/ses_v1/error.h"
#include "api/sigv4/canonical.h"
#include "submission/request.h"

namespace sesame::api::ses_v1 {

//   errors  validation_error, malformed_input; invalid_parameter_value: a charset nobody knows
QueryResult<submission::SubmissionRequest> read_send_email(std::span<const sigv4::Parameter> parameters);
QueryResult<submission::SubmissionRequest> read_send_raw_email(std::span<const sigv4::Parameter> parameters);
//   errors  also invalid_parameter_value: template data that is no JSON object
QueryResult<submission::SubmissionRequest> read_send_templated_email(std::span<const sigv4::Parameter> parameters);
QueryResult<BulkMail> read_send_bulk_templated_email(std::span<const sigv4::Parameter> parameters);

}  // namespace sesame::api::ses_v1
