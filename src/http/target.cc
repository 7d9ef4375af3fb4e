#include "http/target.h"

#include "base/text.h"

namespace sesame::http {
namespace {

// "http://host/path" to "/path" (RFC 9112 §3.2.2).
std::optional<std::string_view> origin_form(std::string_view target) {
  if (target.starts_with('/')) return target;
  const std::size_t colon = target.find("://");
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view scheme = target.substr(0, colon);
  if (!ascii_iequals(scheme, "http") && !ascii_iequals(scheme, "https")) return std::nullopt;
  const std::size_t path = target.find_first_of("/?", colon + 3);
  return path == std::string_view::npos ? std::string_view() : target.substr(path);
}

std::optional<std::vector<std::string>> decode_segments(std::string_view path) {
  path.remove_prefix(1);
  std::vector<std::string> segments;
  for (const std::string_view piece : split(path, '/')) {
    std::optional<std::string> segment = percent_decode(piece);
    if (!segment || segment->contains('\0')) return std::nullopt;
    segments.push_back(std::move(*segment));
  }
  return segments;
}

}  // namespace

std::optional<Target> parse_target(std::string_view target) {
  const auto origin = origin_form(target);
  if (!origin) return std::nullopt;
  const std::size_t mark = origin->find('?');
  Target parsed;
  parsed.path = origin->substr(0, mark);
  if (parsed.path.empty()) parsed.path = "/";
  if (mark != std::string_view::npos) parsed.query = origin->substr(mark + 1);
  auto segments = decode_segments(parsed.path);
  if (!segments) return std::nullopt;
  parsed.segments = std::move(*segments);
  return parsed;
}

std::optional<Parameters> parse_form(std::string_view text, std::size_t max_parameters) {
  Parameters parameters;
  for (const std::string_view piece : split(text, '&')) {
    if (piece.empty()) continue;
    if (parameters.size() == max_parameters) return std::nullopt;
    const std::size_t equals = piece.find('=');
    const bool has_value = equals != std::string_view::npos;
    auto name = percent_decode(piece.substr(0, equals), true);
    auto value = percent_decode(has_value ? piece.substr(equals + 1) : std::string_view(), true);
    if (!name || !value) return std::nullopt;
    parameters.emplace_back(std::move(*name), std::move(*value));
  }
  return parameters;
}

std::optional<std::string_view> find(const Parameters& parameters, std::string_view name) {
  for (const auto& [key, value] : parameters) {
    if (key == name) return value;
  }
  return std::nullopt;
}

}  // namespace sesame::http
