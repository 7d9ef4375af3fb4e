// base/time_text.h: times as text. All are UTC and independent of the locale.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace sesame {

std::string format_rfc3339_ms(Time t);       // 2026-01-01T00:00:00.000Z (SES events, logs)
std::string format_rfc3339_seconds(Time t);  // 2026-01-01T00:00:00Z (SES v1 XML)
std::string format_rfc5322(Time t);          // Thu, 1 Jan 2026 00:00:00 +0000 (RFC 5322 §3.3)
std::string format_amz(Time t);              // 20260101T000000Z (SigV4)
std::string format_http(Time t);             // Thu, 01 Jan 2026 00:00:00 GMT (RFC 9110 §5.6.7)

// Exactly the form of format_amz; anything else (also an impossible date) is nullopt.
std::optional<Time> parse_amz(std::string_view text);

}  // namespace sesame
