#include "publish/poster.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace sesame::publish {
namespace {

constexpr std::size_t addresses_tried = 3;
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

std::optional<net::IpAddress> address_in(const dns::Record& record) {
  if (const auto* v4 = std::get_if<dns::A>(&record.data)) return net::parse_ip(v4->address);
  if (const auto* v6 = std::get_if<dns::Aaaa>(&record.data)) return net::parse_ip(v6->address);
  return std::nullopt;
}

}  // namespace

bool Poster::is_refused(const http::Url& url) const {
  const auto literal = http::literal_endpoint(url);
  return literal && !options_.may_contact(literal->address);
}

net::Task<Result<std::vector<net::Endpoint>, PostError>> Poster::endpoints_of(const http::Url& url,
                                                                              net::Deadline deadline) const {
  std::vector<net::Endpoint> found;
  if (const auto literal = http::literal_endpoint(url)) {
    found.push_back(*literal);
  } else {
    for (const dns::RecordType type : {dns::RecordType::a, dns::RecordType::aaaa}) {
      const dns::Answer answer = co_await resolver_.resolve(url.host, type, deadline);
      for (const dns::Record& record : answer.records) {
        if (const auto address = address_in(record)) found.push_back({*address, url.port});
      }
    }
  }
  if (found.empty()) co_return failure(PostErrc::no_address, fmt::format("{} has no address", url.host));
  // One address that may not be contacted among others that may: somebody tries (DNS rebinding), or it is a mistake.
  const auto refused = std::ranges::find_if(found, [&](const auto& to) { return !options_.may_contact(to.address); });
  if (refused != found.end()) {
    co_return failure(PostErrc::refused_address, fmt::format("{} leads to {}, which is not a public address", url.host,
                                                             refused->address.to_string()));
  }
  if (found.size() > addresses_tried) found.resize(addresses_tried);
  co_return found;
}

net::Task<Result<http::ClientResponse, PostError>> Poster::post_once(const http::ClientRequest& request,
                                                                     net::Deadline deadline) const {
  const auto endpoints = co_await endpoints_of(request.url, deadline);
  if (!endpoints) co_return std::unexpected(endpoints.error());
  http::ClientOptions options;
  options.deadline = deadline;
  options.max_body_octets = max_answer_octets;
  options.cut_long_body = true;  // the status has been said
  std::string problem;
  for (const net::Endpoint& to : *endpoints) {
    auto response = co_await http::request(request, to, options);
    if (response) co_return std::move(*response);
    problem = fmt::format("{}: {}", net::to_string(to), response.error().detail);
    const http::ClientErrc code = response.error().code;
    if (code != http::ClientErrc::connect && code != http::ClientErrc::tls) break;  // it may have been taken
  }
  co_return failure(PostErrc::not_taken, problem);
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
