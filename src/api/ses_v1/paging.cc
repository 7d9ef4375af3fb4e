#include "api/ses_v1/paging.h"

#include "api/page_token.h"

namespace sesame::api::ses_v1 {

QueryResult<PageRequest> read_page_request(const FormReader& input, Problems& problems, std::string_view list_name,
                                           std::string_view account_id, std::size_t most, std::size_t usual) {
  PageRequest page;
  page.limit = input.number("MaxItems", 1, most).value_or(usual);
  const auto token = input.text("NextToken");
  if (const auto error = problems.error()) return std::unexpected(*error);
  if (!token) return page;
  auto after = read_page_token(list_name, account_id, *token);
  if (!after) {
    return std::unexpected(QueryError{ErrorCode::invalid_parameter_value, "NextToken is not valid for this list."});
  }
  page.after = std::move(*after);
  return page;
}

void put_next_token(XmlWriter& answer, std::string_view list_name, std::string_view account_id,
                    const std::optional<std::string>& next_after) {
  if (next_after) answer.text("NextToken", make_page_token(list_name, account_id, *next_after));
}

}  // namespace sesame::api::ses_v1
