// api/query.h: members that stand in the query of a JSON API's request.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "api/caller.h"
#include "api/validation.h"
#include "base/clock.h"
#include "net/task.h"

namespace sesame::api {

// nullopt if it is absent or empty.
std::optional<std::string> text_parameter(const Call& call, std::string_view name);

// Decimal, `least` to `most`; what is wrong is noted in `validation` (no number: unreadable).
std::optional<std::uint64_t> number_parameter(const Call& call, std::string_view name, std::uint64_t least,
                                              std::uint64_t most, Validation& validation);

// How long a question that waits for news is held: `wait` seconds from now, none if it is absent.
inline constexpr std::chrono::seconds max_wait{25};  // below the patience of common clients and proxies
net::Deadline wait_parameter(const Call& call, Validation& validation);

// A moment as ISO 8601 (RFC 3339 §5.6) or in seconds since 1970; what is wrong is noted in `validation`.
std::optional<Time> time_parameter(const Call& call, std::string_view name, Validation& validation);

}  // namespace sesame::api
