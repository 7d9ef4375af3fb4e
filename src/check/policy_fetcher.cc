#include "check/policy_fetcher.h"

#include <fmt/format.h>

#include "base/text.h"
#include "check/mta_sts.h"
#include "check/questions.h"
#include "http/client.h"
#include "mailauth/spf/lookups.h"
#include "net/special_address.h"

namespace sesame::check {
namespace {

net::Task<Result<net::IpAddress, FetchError>> find_address(dns::Resolver& resolver, std::string host,
                                                           net::Deadline deadline) {
  FetchError error{FetchErrc::no_host, fmt::format("{} has no address", host)};
  for (const dns::RecordType type : {dns::RecordType::a, dns::RecordType::aaaa}) {
    const dns::Answer answer = co_await resolver.resolve(host, type, deadline);
    if (!is_answered(answer)) error = {FetchErrc::unreachable, fmt::format("DNS did not answer for {}", host)};
    for (const net::IpAddress& address : mailauth::spf::addresses(answer)) {
      if (!net::is_special_purpose(address)) co_return address;
      error = {FetchErrc::not_public,
               fmt::format("{} has the address {}, which is not public", host, address.to_string())};
    }
  }
  co_return std::unexpected(error);
}

FetchError from_http(const http::ClientError& error) {
  switch (error.code) {
    case http::ClientErrc::connect:
    case http::ClientErrc::exchange: return {FetchErrc::unreachable, error.detail};
    case http::ClientErrc::tls:
    case http::ClientErrc::malformed:
    case http::ClientErrc::too_large: break;
  }
  return {FetchErrc::refused, error.detail};
}

// §3.2: text/plain, whatever its parameters.
bool is_plain_text(const http::ClientResponse& response) {
  const auto type = response.headers.find("Content-Type");
  return type && ascii_iequals(trim(type->substr(0, type->find(';'))), "text/plain");
}

}  // namespace

net::Task<Result<std::string, FetchError>> HttpsPolicyFetcher::fetch(std::string domain, net::Deadline deadline) {
  const std::string host = "mta-sts." + domain;
  const auto address = co_await find_address(resolver_, host, deadline);
  if (!address) co_return std::unexpected(address.error());
  http::ClientRequest request;
  request.url = {true, host, 443, "/.well-known/mta-sts.txt"};
  http::ClientOptions options;
  options.deadline = deadline;
  options.max_body_octets = max_policy_octets;
  const auto response = co_await http::request(std::move(request), net::Endpoint{*address, 443}, options);
  if (!response) co_return std::unexpected(from_http(response.error()));
  if (response->status != 200)
    co_return std::unexpected(FetchError{FetchErrc::refused, fmt::format("{} answers {}", host, response->status)});
  if (!is_plain_text(*response))
    co_return std::unexpected(FetchError{FetchErrc::refused, fmt::format("{} does not answer with text/plain", host)});
  co_return response->body;
}

}  // namespace sesame::check
