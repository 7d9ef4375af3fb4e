#include "api/paging.h"

#include "api/page_token.h"
#include "api/query.h"
#include "api/validation.h"

namespace sesame::api {

ApiResult<PageRequest> read_page_request(const Call& call, std::string_view list_name, std::size_t most,
                                         std::size_t usual) {
  Validation validation;
  const auto page_size = number_parameter(call, "PageSize", 0, most, validation);
  if (const auto error = validation.error()) return std::unexpected(*error);
  return read_page_request(call.caller.account_id, list_name, page_size, text_parameter(call, "NextToken"), usual);
}

ApiResult<PageRequest> read_page_request(std::string_view account_id, std::string_view list_name,
                                         std::optional<std::uint64_t> page_size,
                                         const std::optional<std::string>& next_token, std::size_t usual) {
  PageRequest page;
  const std::uint64_t wanted = page_size.value_or(0);
  page.limit = wanted == 0 ? usual : static_cast<std::size_t>(wanted);
  if (next_token) {
    auto position = read_page_token(list_name, account_id, *next_token);
    if (!position) return refuse(ErrorName::invalid_next_token, "The specified NextToken is not valid.");
    page.after = std::move(*position);
  }
  return page;
}

void put_next_token(boost::json::object& answer, std::string_view list_name, std::string_view account_id,
                    const std::optional<std::string>& next_after) {
  if (next_after) answer["NextToken"] = make_page_token(list_name, account_id, *next_after);
}

}  // namespace sesame::api
