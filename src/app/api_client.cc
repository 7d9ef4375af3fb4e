#include "app/api_client.h"

#include <fmt/format.h>

#include "api/sigv4/sign_request.h"
#include "base/clock.h"

namespace sesame::app {
namespace {

Result<http::ClientRequest, std::string> signed_request(const ApiAccess& access, std::string method, std::string target,
                                                        std::string body) {
  http::ClientRequest request;
  request.method = std::move(method);
  request.url = access.endpoint;
  request.url.target = std::move(target);
  request.body = std::move(body);
  if (!request.body.empty()) request.headers.add("Content-Type", "application/json");
  const sigv4::SigningCredentials credentials{access.access_key_id, access.secret_access_key.share(), ""};
  const sigv4::SigningOptions options{access.region, "ses", SystemClock().now()};
  const auto is_signed = sigv4::sign_request(request, credentials, options);
  if (!is_signed) return std::unexpected(fmt::format("{} cannot be signed", request.url.target));
  return request;
}

}  // namespace

std::string ApiReply::message() const {
  const auto* object = body.if_object();
  const auto* text = object == nullptr ? nullptr : object->if_contains("message");
  return text != nullptr && text->is_string() ? std::string(text->as_string()) : "";
}

net::Task<Result<ApiReply, std::string>> ApiClient::call(std::string method, std::string target,
                                                         std::optional<boost::json::value> body,
                                                         std::chrono::seconds patience) {
  const auto where = http::literal_endpoint(access_.endpoint);
  if (!where) co_return std::unexpected(fmt::format("{} is not an address", access_.endpoint.host));
  std::string octets = body ? boost::json::serialize(*body) : std::string();
  auto request = signed_request(access_, std::move(method), std::move(target), std::move(octets));
  if (!request) co_return std::unexpected(request.error());
  http::ClientOptions options;
  options.deadline = net::after(patience);
  auto response = co_await http::request(std::move(*request), *where, options);
  if (!response) {
    co_return std::unexpected(fmt::format("{}: {}", http::to_string(access_.endpoint), response.error().detail));
  }
  ApiReply reply;
  reply.status = response->status;
  if (const auto type = response->headers.find("x-amzn-ErrorType")) {
    reply.error_type = std::string(type->substr(0, type->find(':')));
  }
  reply.raw = std::move(response->body);
  if (const auto type = response->headers.find("Content-Type"); type && type->starts_with("application/json")) {
    boost::system::error_code bad;
    reply.body = boost::json::parse(reply.raw, bad);
    if (bad) co_return std::unexpected(fmt::format("the answer is not JSON: {}", bad.message()));
  }
  co_return reply;
}

}  // namespace sesame::app
