#include "publish/poster.h"

#include <fmt/format.h>

#include "base/text.h"

namespace sesame::publish {
namespace {

constexpr std::size_t max_detail_octets = 200;

std::unexpected<PostError> failure(PostErrc code, std::string_view detail) {
  return std::unexpected(PostError{code, printable_utf8(detail, max_detail_octets)});
}

bool is_redirect(int status) { return status == 301 || status == 302 || status == 307 || status == 308; }

// Location may be a path (RFC 9110 §10.2.2); other relative forms are not followed.
std::optional<http::Url> target_of(const http::ClientResponse& response, const http::Url& from) {
  const auto location = response.headers.find("Location");
  if (!location) return std::nullopt;
  const bool is_path = location->starts_with('/') && !location->starts_with("//");
  if (!is_path) return http::parse_url(*location);
  http::Url url = from;
  url.target = "/";
  return http::parse_url(http::to_string(url).append(location->substr(1)));
}

PostErrc code_of(http::OutsideErrc code) {
  switch (code) {
    case http::OutsideErrc::no_address: return PostErrc::no_address;
    case http::OutsideErrc::refused_address: return PostErrc::refused_address;
    case http::OutsideErrc::not_sent:
    case http::OutsideErrc::exchange: return PostErrc::not_taken;
  }
  return PostErrc::not_taken;
}

}  // namespace

net::Task<Result<http::ClientResponse, PostError>> Poster::post_once(const http::ClientRequest& request,
                                                                     net::Deadline deadline) const {
  http::ClientOptions options;
  options.deadline = deadline;
  options.max_body_octets = max_answer_octets;
  options.cut_long_body = true;  // the status has been said
  auto response = co_await client_.send(request, options);
  if (!response) co_return failure(code_of(response.error().code), response.error().detail);
  co_return std::move(*response);
}

net::Task<Result<int, PostError>> Poster::post(http::Url url, http::Fields headers, std::string body) const {
  const net::Deadline deadline = net::after(options_.patience);
  headers.set("User-Agent", options_.user_agent);
  http::ClientRequest request{"POST", std::move(url), std::move(headers), std::move(body)};
  for (int followed = 0;; ++followed) {
    const auto response = co_await post_once(request, deadline);
    if (!response) co_return std::unexpected(response.error());
    if (!is_redirect(response->status)) co_return response->status;
    auto target = target_of(*response, request.url);
    if (!target || followed == max_redirects || (request.url.tls && !target->tls)) {
      co_return failure(PostErrc::bad_redirect, fmt::format("status {}: not followed", response->status));
    }
    request.url = std::move(*target);
  }
}

}  // namespace sesame::publish
