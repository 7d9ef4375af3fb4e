#include "api/front.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/system/system_error.hpp>

#include "api/answers.h"
#include "api/error.h"
#include "api/link_page.h"
#include "api/sigv4/verify.h"
#include "base/log.h"
#include "base/text.h"
#include "identity/identity_service.h"

namespace sesame::api {

struct Refusal {
  int status = 400;
  std::string query_code;  // Query APIs
  std::string json_type;   // JSON APIs
  std::string text;
};

namespace {

constexpr std::size_t max_user_agent_octets = 256;
constexpr std::size_t large_body_octets = 256 * 1024;  // about 0.2 ms of SHA-256

using sigv4::AuthFailure;
using sigv4::AuthFailureKind;

Refusal to_refusal(const AuthFailure& failure) {
  const sigv4::AuthFailureWire wire = wire_form(failure.kind);
  return {wire.http_status, std::string(wire.v1_code), std::string(wire.v2_error_type), message_of(failure)};
}

Refusal malformed_request(std::string text) {
  return {400, "MalformedQueryString", "BadRequestException", std::move(text)};
}

Refusal body_too_large() {
  return {413, "RequestEntityTooLarge", "RequestEntityTooLargeException",
          "The request body is larger than the service accepts."};
}

// Clients of both APIs try again after a ServiceUnavailable.
Refusal no_room_for_body() {
  return {503, "ServiceUnavailable", "ServiceUnavailable", "The service has too many requests under way; try again."};
}

Refusal internal_failure() {
  return {500, "InternalFailure", std::string(form_of(ErrorName::internal_failure).type),
          "The service is temporarily unable to process the request."};
}

// Names from the target come back in error texts, which are JSON or XML.
bool is_utf8_throughout(const std::vector<std::string>& segments, const std::vector<sigv4::Parameter>& parameters) {
  return std::ranges::all_of(segments, [](const std::string& segment) { return is_utf8(segment); }) &&
         std::ranges::all_of(parameters, [](const auto& each) { return is_utf8(each.name) && is_utf8(each.value); });
}

bool is_query_path(const std::vector<std::string>& segments) { return segments.size() == 1 && segments[0].empty(); }

bool is_unsigned_path(const std::vector<std::string>& segments) {
  if (segments.size() == 2) return segments[0] == "v";
  return segments.size() == 1 && (segments[0] == "healthz" || segments[0] == "readyz" || segments[0] == "metrics");
}

http::Response answer_refusal(const Refusal& refusal, bool query, std::string_view xml_namespace,
                              std::string_view request_id) {
  if (query) return query_error(refusal.status, refusal.query_code, refusal.text, xml_namespace, request_id);
  return json_error(refusal.status, refusal.json_type, boost::json::value(refusal.text));
}

// The origin form of what was asked, which is what clients sign.
std::string signed_target(const http::Target& target) {
  return target.query.empty() ? target.path : target.path + "?" + target.query;
}

sigv4::HttpFacts facts_of(const http::Request& request, std::string_view target) {
  sigv4::HttpFacts facts{request.method, target, {}, request.body};
  for (const http::Field& field : request.headers) facts.headers.push_back({field.name, field.value});
  return facts;
}

net::Task<Result<sigv4::SignedRequest, AuthFailure>> parse_there(const sigv4::HttpFacts& facts,
                                                                 const sigv4::VerifyOptions& options) {
  co_return sigv4::parse_authorization(facts, options);
}

using Parameters = std::vector<sigv4::Parameter>;

// The body of a Query request. Its octets are signed by their hash, so this decoder need not be the signature's; it is
// bounded and decodes alike.
net::Task<std::optional<Parameters>> parse_form_there(const std::string& body) {
  auto form = http::parse_form(body);
  if (!form) co_return std::nullopt;
  Parameters parameters;
  parameters.reserve(form->size());
  for (auto& [name, value] : *form) parameters.push_back({std::move(name), std::move(value)});
  co_return parameters;
}

}  // namespace

Front::Front(FrontDeps deps, FrontOptions options) : deps_(std::move(deps)), options_(std::move(options)) {}

void Front::mount(std::string_view prefix, Api& api) {
  std::vector<std::string> segments;
  for (const std::string_view segment : split(prefix.substr(1), '/')) segments.emplace_back(segment);
  mounted_.emplace_back(std::move(segments), &api);
  std::ranges::sort(mounted_, [](const auto& a, const auto& b) { return a.first.size() > b.first.size(); });
}

void Front::mount_query(std::string_view service, Api& api) { query_apis_[std::string(service)] = &api; }

http::Handler Front::handler() {
  return [this](http::Request request) { return handle(std::move(request)); };
}

http::RefuseBody Front::refuse_body() {
  return [this](const http::Request& head, int status) { return refuse_unread(head, status); };
}

http::Response Front::refuse_unread(const http::Request& head, int status) {
  ++requests_;
  if (status >= 500) ++failures_;
  const Refusal refusal = status == 413 ? body_too_large() : no_room_for_body();
  const auto target = http::parse_target(head.target);
  const std::string request_id = deps_.random.uuid();
  http::Response response =
      answer_refusal(refusal, target && is_query_path(target->segments), ses_namespace, request_id);
  response.headers.set("x-amzn-RequestId", request_id);
  return response;
}

Front::Counters Front::counters() const { return {requests_, not_authenticated_, failures_}; }

net::Task<http::Response> Front::handle(http::Request request) {
  ++requests_;
  const std::string request_id = deps_.random.uuid();
  http::Response response = co_await dispatch(std::move(request), request_id);
  response.headers.set("x-amzn-RequestId", request_id);
  if (response.status >= 500) ++failures_;
  co_return response;
}

net::Task<http::Response> Front::dispatch(http::Request request, std::string request_id) {
  auto target = http::parse_target(request.target);
  if (!target) {
    co_return answer_refusal(malformed_request("The request target cannot be read."), false, ses_namespace, request_id);
  }
  const bool query = is_query_path(target->segments);
  try {
    for (PublicPart* part : public_parts_) {
      if (!part->takes(request, *target)) continue;
      http::Response response = co_await part->handle(std::move(request), std::move(*target), request_id);
      co_return response;
    }
    if (is_unsigned_path(target->segments)) {
      http::Response response = co_await answer_unsigned(std::move(request), std::move(*target));
      co_return response;
    }
    http::Response response = co_await answer_signed(std::move(request), std::move(*target), request_id);
    co_return response;
  } catch (const boost::system::system_error&) {
    throw;  // cancelled: the server is stopping
  } catch (const std::exception& bug) {
    log::error("api", "a request ended in an exception", {{"request_id", request_id}, {"what", bug.what()}});
  }
  co_return answer_refusal(internal_failure(), query, ses_namespace, request_id);
}

net::Task<http::Response> Front::answer_unsigned(http::Request request, http::Target target) {
  const std::string& kind = target.segments.front();
  const bool link = kind == "v";
  if (link && request.method == "POST") {
    http::Response response = co_await confirm_link(target.segments[1]);
    co_return response;
  }
  if (request.method != "GET" && request.method != "HEAD") {
    http::Response response = http::text_response(405, "Method not allowed.\n");
    response.headers.add("Allow", link ? "GET, HEAD, POST" : "GET, HEAD");
    co_return response;
  }
  if (link) co_return link_page_ask();
  if (kind == "metrics") {
    http::Response response = co_await answer_metrics();
    co_return response;
  }
  if (kind == "readyz" && options_.ready) {
    const bool ready = co_await options_.ready();
    if (!ready) co_return http::text_response(503, "not ready\n");
  }
  co_return http::text_response(200, "ok\n");
}

net::Task<http::Response> Front::answer_metrics() {
  std::string text;
  if (options_.metrics) text = co_await options_.metrics();
  const Counters now = counters();
  text += fmt::format(
      "# HELP sesame_api_requests_total HTTP requests.\n# TYPE sesame_api_requests_total counter\n"
      "sesame_api_requests_total {}\n"
      "# HELP sesame_api_not_authenticated_total Requests refused by key, signature or time.\n"
      "# TYPE sesame_api_not_authenticated_total counter\nsesame_api_not_authenticated_total {}\n"
      "# HELP sesame_api_failures_total Requests answered with 5xx.\n# TYPE sesame_api_failures_total counter\n"
      "sesame_api_failures_total {}\n",
      now.requests, now.not_authenticated, now.failures);
  http::Response response;
  response.headers.add("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
  response.body = std::move(text);
  co_return response;
}

net::Task<http::Response> Front::confirm_link(std::string token) {
  const auto confirmed = co_await deps_.identities.confirm_address(std::move(token));
  if (confirmed) co_return link_page_done(confirmed->name);
  if (confirmed.error().code == identity::IdentityErrc::not_found) co_return link_page_gone();
  co_return link_page_try_again();
}

net::Task<Result<Caller, Refusal>> Front::authenticate(const http::Request& request, const http::Target& target) {
  const std::string signed_text = signed_target(target);
  const sigv4::HttpFacts facts = facts_of(request, signed_text);
  sigv4::VerifyOptions options;
  if (!is_query_path(target.segments)) options.services = {"ses"};

  Result<sigv4::SignedRequest, AuthFailure> signed_request = std::unexpected(AuthFailure{AuthFailureKind::missing, ""});
  if (request.body.size() > large_body_octets) {
    auto parsing = parse_there(facts, options);
    signed_request = co_await net::on_executor(deps_.workers, std::move(parsing));
  } else {
    signed_request = sigv4::parse_authorization(facts, options);
  }
  if (!signed_request) co_return std::unexpected(to_refusal(signed_request.error()));

  const auto credential = co_await deps_.control.find_credential(signed_request->access_key_id);
  if (!credential && credential.error().code != store::StoreErrc::not_found) {
    log::error("api", "credential cannot be read", {{"detail", credential.error().detail}});
    co_return std::unexpected(internal_failure());
  }
  if (!credential) co_return std::unexpected(to_refusal({AuthFailureKind::unknown_key, ""}));
  const auto verdict = verify(*signed_request, credential->secret_access_key, deps_.clock.now());
  if (!verdict) co_return std::unexpected(to_refusal(verdict.error()));

  Caller caller;
  caller.account_id = credential->account_id;
  caller.access_key_id = signed_request->access_key_id;
  caller.source_ip = request.remote.address.to_string();
  caller.user_agent = request.headers.find("User-Agent").value_or("").substr(0, max_user_agent_octets);
  caller.region = signed_request->scope.region;
  caller.service = signed_request->scope.service;
  co_return caller;
}

// By session if the request brings one and no signature, else by signature.
net::Task<Result<Caller, http::Response>> Front::find_caller(const http::Request& request, const http::Target& target,
                                                             const std::string& request_id) {
  const bool query = is_query_path(target.segments);
  if (sessions_ != nullptr && !query && !request.headers.contains("Authorization") && sessions_->takes(request)) {
    auto caller = co_await sessions_->authenticate(request);
    co_return caller;
  }
  auto caller = co_await authenticate(request, target);
  if (caller) co_return std::move(*caller);
  co_return std::unexpected(answer_refusal(caller.error(), query, ses_namespace, request_id));
}

Api* Front::find_api(const Call& call) const {
  if (is_query_path(call.segments)) {
    const auto found = query_apis_.find(call.caller.service);
    return found == query_apis_.end() ? nullptr : found->second;
  }
  for (const auto& [prefix, api] : mounted_) {
    if (matches(prefix, call.segments)) return api;
  }
  return nullptr;
}

bool Front::matches(const std::vector<std::string>& prefix, const std::vector<std::string>& segments) {
  if (prefix.size() > segments.size()) return false;
  return std::equal(prefix.begin(), prefix.end(), segments.begin(), [](const auto& wanted, const auto& segment) {
    return wanted == segment || (wanted.starts_with('{') && !segment.empty());
  });
}

net::Task<http::Response> Front::answer_signed(http::Request request, http::Target target, std::string request_id) {
  const bool query = is_query_path(target.segments);
  auto caller = co_await find_caller(request, target, request_id);
  if (!caller) {
    if (caller.error().status < 500) ++not_authenticated_;
    co_return std::move(caller.error());
  }
  const std::string_view xml_namespace = caller->service == "sns" ? sns_namespace : ses_namespace;
  std::optional<Parameters> parameters;
  if (query && request.method == "POST") {
    auto parsing = parse_form_there(request.body);
    if (request.body.size() > large_body_octets) {
      parameters = co_await net::on_executor(deps_.workers, std::move(parsing));
    } else {
      parameters = co_await std::move(parsing);
    }
  } else if (auto decoded = sigv4::decode_query(target.query)) {
    parameters = std::move(*decoded);
  }
  if (!parameters || !is_utf8_throughout(target.segments, *parameters)) {
    const Refusal refusal = malformed_request("The path or the query contains a syntax error.");
    co_return answer_refusal(refusal, query, xml_namespace, request_id);
  }

  Call call;
  call.caller = std::move(*caller);
  call.request_id = request_id;
  call.method = std::move(request.method);
  call.segments = std::move(target.segments);
  call.parameters = std::move(*parameters);
  if (!query) call.body = std::move(request.body);
  Api* const api = find_api(call);
  if (api == nullptr || (query && call.method != "GET" && call.method != "POST")) {
    const Refusal unknown{query ? 400 : 404, "InvalidAction", std::string(form_of(ErrorName::unknown_operation).type),
                          "The requested operation is not known: check method and path."};
    co_return answer_refusal(unknown, query, xml_namespace, request_id);
  }
  http::Response response = co_await api->handle(std::move(call));
  co_return response;
}

}  // namespace sesame::api
