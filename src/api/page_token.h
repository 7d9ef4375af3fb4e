// api/page_token.h: NextToken: where a list goes on, opaque to the client.
//
// A token carries the position and a digest of list, account and position: one that was cut, changed, or taken to
// another list or account is told apart. The digest is not keyed: who forges a token moves within its own list only,
// which is no secret, and tokens stay good across restarts and nodes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sesame::api {

// Lower-case hex. `position` is at most a few hundred octets.
std::string make_page_token(std::string_view list, std::string_view account_id, std::string_view position);

std::optional<std::string> read_page_token(std::string_view list, std::string_view account_id, std::string_view token);

}  // namespace sesame::api
