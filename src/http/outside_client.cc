#include "http/outside_client.h"

#include <fmt/format.h>

namespace sesame::http {
namespace {

OutsideErrc code_of(ClientErrc code) {
  switch (code) {
    case ClientErrc::connect:
    case ClientErrc::tls: return OutsideErrc::not_sent;
    case ClientErrc::exchange:
    case ClientErrc::malformed:
    case ClientErrc::too_large: return OutsideErrc::exchange;
  }
  return OutsideErrc::exchange;
}

OutsideError from_host(const dns::OutsideHostError& error) {
  const bool refused = error.code == dns::OutsideHostErrc::refused;
  return {refused ? OutsideErrc::refused_address : OutsideErrc::no_address, error.detail};
}

}  // namespace

bool OutsideClient::is_refused(const Url& url) const {
  const auto literal = dns::literal_address(url.host);
  return literal && !may_contact_(*literal);
}

net::Task<Result<ClientResponse, OutsideError>> OutsideClient::send(ClientRequest request,
                                                                    ClientOptions options) const {
  const auto endpoints =
      co_await dns::outside_endpoints(resolver_, may_contact_, request.url.host, request.url.port, options.deadline);
  if (!endpoints) co_return std::unexpected(from_host(endpoints.error()));
  OutsideError problem;
  for (const net::Endpoint& to : *endpoints) {
    auto response = co_await http::request(request, to, options);
    if (response) co_return std::move(*response);
    problem = {code_of(response.error().code), fmt::format("{}: {}", net::to_string(to), response.error().detail)};
    if (problem.code != OutsideErrc::not_sent) break;
  }
  co_return std::unexpected(problem);
}

}  // namespace sesame::http
