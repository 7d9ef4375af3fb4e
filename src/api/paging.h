// api/paging.h: PageSize and NextToken of the lists of the JSON APIs, read and written in one place.
//
//   const auto page = read_page_request(call, "ListEmailTemplates", 100, 10);
//   ... up to page->limit entries behind page->after ...
//   put_next_token(answer, "ListEmailTemplates", account, next_after);
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "api/caller.h"
#include "api/error.h"

namespace sesame::api {

inline constexpr std::size_t max_page_size = 1000;
inline constexpr std::size_t default_page_size = 100;

struct PageRequest {
  std::string after;  // the last entry of the page before; "" at the start
  std::size_t limit = default_page_size;
};

// Of the query. PageSize absent or 0 is `usual`.
//   errors  bad_request: PageSize is no number, or above `most`; invalid_next_token: not a token of this list
ApiResult<PageRequest> read_page_request(const Call& call, std::string_view list_name, std::size_t most = max_page_size,
                                         std::size_t usual = default_page_size);

// The same from members of a body; either may be absent.
ApiResult<PageRequest> read_page_request(std::string_view account_id, std::string_view list_name,
                                         std::optional<std::uint64_t> page_size,
                                         const std::optional<std::string>& next_token,
                                         std::size_t usual = default_page_size);

// NextToken if there is a next page.
void put_next_token(boost::json::object& answer, std::string_view list_name, std::string_view account_id,
                    const std::optional<std::string>& next_after);

}  // namespace sesame::api
