// api/ses_v1/paging.h: MaxItems and NextToken of the lists, read and written in one place.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/paging.h"
#include "api/ses_v1/error.h"
#include "api/ses_v1/form.h"
#include "api/ses_v1/xml.h"

namespace sesame::api::ses_v1 {

// What the members say, and whatever else is wrong with the request so far. MaxItems is 1 to `most`; absent, `usual`.
//   errors  those of `problems`; invalid_parameter_value: not a token of this list
QueryResult<PageRequest> read_page_request(const FormReader& input, Problems& problems, std::string_view list_name,
                                           std::string_view account_id, std::size_t most = max_page_size,
                                           std::size_t usual = max_page_size);

// NextToken if there is a next page.
void put_next_token(XmlWriter& answer, std::string_view list_name, std::string_view account_id,
                    const std::optional<std::string>& next_after);

}  // namespace sesame::api::ses_v1
