// api/ses_v2/send_bulk_body.h: the body of SendBulkEmail (spec 4.2). Pure.
#pragma once

#include <string_view>

#include "api/bulk_mail.h"
#include "api/error.h"

namespace sesame::api {

// What the body says; account_id, caller and source_ip are left for the caller to fill, and the template to be
// resolved. Errors as of read_send_email().
ApiResult<BulkMail> read_send_bulk_email(std::string_view body);

}  // namespace sesame::api
