// http/target.h: the request target taken apart, and application/x-www-form-urlencoded.
//
// Source: RFC 9112 §3.2, RFC 3986 §3.3–3.4; WHATWG URL §5 for forms. No I/O; bad input never throws.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sesame::http {

// Ordered, repetitions kept, decoded.
using Parameters = std::vector<std::pair<std::string, std::string>>;

struct Target {
  std::string path;                   // undecoded, begins with '/'
  std::string query;                  // undecoded, without '?'
  std::vector<std::string> segments;  // of the path, decoded: "/v2/a%2Fb/" is {"v2", "a/b", ""}; "/" is {""}
};

// Origin-form, or absolute-form whose authority is dropped. nullopt: another form, a bad %-escape, or NUL in a segment.
std::optional<Target> parse_target(std::string_view target);

constexpr std::size_t max_form_parameters = 10'000;

// "a=1&b=&c": '+' is a blank; a piece without '=' is a name with an empty value; empty pieces are skipped. nullopt: a
// bad
// %-escape, or more than `max_parameters`.
std::optional<Parameters> parse_form(std::string_view text, std::size_t max_parameters = max_form_parameters);

// The first value of that name; names compare octet by octet.
std::optional<std::string_view> find(const Parameters& parameters, std::string_view name);

}  // namespace sesame::http
