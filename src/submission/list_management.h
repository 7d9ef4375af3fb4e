// submission/list_management.h: what the account's contact list says about a message before it is taken (spec 4.4).
#pragma once

#include <string>
#include <vector>

#include "campaign/contact_lists.h"
#include "submission/error.h"
#include "submission/request.h"

namespace sesame::submission {

// "<list>; topic=<topic>", the value of X-SES-List-Management-Options. Errors: invalid_parameter.
SubmissionResult<ListManagement> read_list_management(std::string_view value);

// Those of `recipients` that do not want the message; the others become contacts if they are none. Errors:
// contact_list_missing (also of a topic that is not in it), unavailable.
net::Task<SubmissionResult<std::vector<std::string>>> find_opted_out(campaign::ContactLists& contacts,
                                                                     std::string account_id, ListManagement list,
                                                                     std::vector<std::string> recipients);

}  // namespace sesame::submission
