#include "api/sigv4/canonical.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace sesame::sigv4 {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// RFC 3986 §5.2.4, and empty segments go too. A trailing slash survives only after a segment that survives.
std::string remove_dot_segments(std::string_view raw_path) {
  std::vector<std::string_view> kept;
  for (std::size_t begin = 0; begin <= raw_path.size();) {
    const std::size_t end = std::min(raw_path.find('/', begin), raw_path.size());
    const std::string_view segment = raw_path.substr(begin, end - begin);
    if (segment == "..") {
      if (!kept.empty()) kept.pop_back();
    } else if (!segment.empty() && segment != ".") {
      kept.push_back(segment);
    }
    begin = end + 1;
  }
  std::string out;
  for (std::string_view segment : kept) out.append("/").append(segment);
  if (out.empty() || raw_path.ends_with('/')) out += '/';
  return out;
}

std::string canonical_headers(const std::vector<HeaderView>& headers, std::span<const std::string> signed_headers) {
  std::string out;
  for (const std::string& name : signed_headers) {
    out.append(name).append(":");
    bool first = true;
    for (const HeaderView& header : headers) {
      if (!ascii_iequals(header.name, name)) continue;
      if (!first) out += ',';
      out += canonical_header_value(header.value);
      first = false;
    }
    out += '\n';
  }
  return out;
}

}  // namespace

TargetParts split_target(std::string_view target) {
  const std::size_t mark = target.find('?');
  if (mark == std::string_view::npos) return {target, {}};
  return {target.substr(0, mark), target.substr(mark + 1)};
}

Result<std::vector<Parameter>, CanonicalError> decode_query(std::string_view raw_query) {
  std::vector<Parameter> parameters;
  for (std::size_t begin = 0; begin < raw_query.size();) {
    const std::size_t end = std::min(raw_query.find('&', begin), raw_query.size());
    const std::string_view piece = raw_query.substr(begin, end - begin);
    begin = end + 1;
    if (piece.empty()) continue;
    const std::size_t equals = std::min(piece.find('='), piece.size());
    auto name = percent_decode(piece.substr(0, equals), true);
    auto value = percent_decode(piece.substr(std::min(equals + 1, piece.size())), true);
    if (!name || !value) return std::unexpected(CanonicalError::bad_escape);
    parameters.push_back({std::move(*name), std::move(*value)});
  }
  return parameters;
}

Result<std::string, CanonicalError> canonical_path(std::string_view raw_path, const CanonicalOptions& options) {
  std::string path = options.normalize_path ? remove_dot_segments(raw_path) : std::string(raw_path);
  if (path.empty()) path = "/";
  if (options.path_rule == PathRule::encode_again) return percent_encode(path, true);

  std::string out;
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const auto segment = percent_decode(std::string_view(path).substr(begin, end - begin));
    if (!segment) return std::unexpected(CanonicalError::bad_escape);
    if (begin > 0) out += '/';
    out += percent_encode(percent_encode(*segment));
    begin = end + 1;
  }
  return out;
}

std::string canonical_query(const std::vector<Parameter>& parameters) {
  std::vector<std::pair<std::string, std::string>> encoded;
  encoded.reserve(parameters.size());
  for (const Parameter& parameter : parameters) {
    if (parameter.name == "X-Amz-Signature") continue;
    encoded.emplace_back(percent_encode(parameter.name), percent_encode(parameter.value));
  }
  std::ranges::sort(encoded);
  std::string out;
  for (const auto& [name, value] : encoded) {
    if (!out.empty()) out += '&';
    out.append(name).append("=").append(value);
  }
  return out;
}

std::string canonical_header_value(std::string_view value) {
  std::string out;
  for (char c : trim(value)) {
    if (!is_blank(c)) {
      out += c;
    } else if (out.back() != ' ') {  // never empty here: trim() left no blank in front
      out += ' ';
    }
  }
  return out;
}

Result<std::string, CanonicalError> canonical_request(const HttpFacts& facts,
                                                      std::span<const std::string> signed_headers,
                                                      std::string_view payload_hash, const CanonicalOptions& options) {
  const TargetParts target = split_target(facts.target);
  const auto path = canonical_path(target.path, options);
  if (!path) return std::unexpected(path.error());
  const auto parameters = decode_query(target.query);
  if (!parameters) return std::unexpected(parameters.error());
  return fmt::format("{}\n{}\n{}\n{}\n{}\n{}", facts.method, *path, canonical_query(*parameters),
                     canonical_headers(facts.headers, signed_headers), fmt::join(signed_headers, ";"), payload_hash);
}

}  // namespace sesame::sigv4
