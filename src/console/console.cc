#include "console/console.h"

#include <boost/json/object.hpp>

#include "api/answers.h"
#include "api/json.h"
#include "base/log.h"
#include "base/text.h"
#include "base/time_text.h"

namespace sesame::console {
namespace {

namespace json = boost::json;

http::Response redirect(int status, std::string where) {
  http::Response response;
  response.status = status;
  response.headers.add("Location", std::move(where));
  return response;
}

http::Response not_allowed(std::string_view methods) {
  http::Response response = api::json_error(405, "MethodNotAllowedException", "The method is not one of this path's.");
  response.headers.add("Allow", std::string(methods));
  return response;
}

http::Response no_such_path() {
  return api::json_error(404, "NotFoundException", "There is nothing at this path of the console.");
}

http::Response no_session() {
  return api::json_error(401, "SessionEndedException", "Your session has ended. Sign in again.");
}

http::Response no_csrf_token() {
  return api::json_error(403, "CsrfTokenException",
                         "The request does not come from a page of this console. Load the page again.");
}

http::Response unavailable() {
  return api::json_error(503, "ServiceUnavailable", "The service cannot read its data right now. Try again.");
}

http::Response refusal(const SignInError& error) {
  switch (error.code) {
    case SignInErrc::wrong: return api::json_error(401, "SignInFailedException", json::value(error.text));
    case SignInErrc::bad_password: return api::json_error(400, "BadRequestException", json::value(error.text));
    case SignInErrc::unavailable: return api::json_error(503, "ServiceUnavailable", json::value(error.text));
    case SignInErrc::too_many_attempts: break;
  }
  http::Response response = api::json_error(429, "TooManyRequestsException", json::value(error.text));
  response.headers.add("Retry-After", "60");
  return response;
}

bool wants_page(const http::Request& request, const http::Target& target) {
  return target.segments.size() == 1 && target.segments[0].empty() && target.query.empty() &&
         (request.method == "GET" || request.method == "HEAD") &&
         request.headers.find("Accept").value_or("").contains("text/html");
}

}  // namespace

bool Console::takes(const http::Request& request, const http::Target& target) const {
  return target.segments.front() == "console" || wants_page(request, target);
}

net::Task<http::Response> Console::handle(http::Request request, http::Target target, std::string) {
  http::Response response;
  if (target.segments.front() != "console" || target.segments.size() == 1) {
    response = redirect(302, "/console/");
  } else if (target.segments[1] == "api") {
    response = co_await api(std::move(request), std::move(target));
    response.headers.set("Cache-Control", "no-store");
  } else {
    response = file(request, target);
  }
  add_security_fields(response);
  co_return response;
}

http::Response Console::file(const http::Request& request, const http::Target& target) const {
  if (request.method != "GET" && request.method != "HEAD") return not_allowed("GET, HEAD");
  std::string path;
  for (std::size_t i = 1; i < target.segments.size(); ++i) path += (i > 1 ? "/" : "") + target.segments[i];
  if (path.empty()) path = "index.html";
  if (assets_.empty()) return not_built_page();
  const Asset* const asset = find_asset(assets_, path);
  return asset == nullptr ? http::text_response(404, "There is no such file.\n") : asset_response(*asset, request);
}

net::Task<http::Response> Console::api(http::Request request, http::Target target) {
  if (request.body.size() > max_body_octets) {
    co_return api::json_error(413, "RequestEntityTooLargeException", "The request body is too large.");
  }
  const std::string what = target.segments.size() == 3 ? target.segments[2] : "";
  const std::string method = request.method;
  http::Response response;
  if (what == "session" && method == "GET") {
    response = co_await show_session(std::move(request));
  } else if (what == "session" && method == "POST") {
    response = co_await begin_session(std::move(request));
  } else if (what == "session" && method == "DELETE") {
    response = co_await end_session(std::move(request), target.query == "others=1");
  } else if (what == "setup" && method == "POST") {
    response = co_await set_up(std::move(request));
  } else if (what == "password" && method == "PUT") {
    response = co_await change_password(std::move(request));
  } else if (what == "session") {
    response = not_allowed("GET, POST, DELETE");
  } else {
    response = no_such_path();
  }
  co_return response;
}

json::object Console::session_shape(const OpenSession& open) const {
  json::object shape{{"signed_in", true},
                     {"csrf_token", open.csrf_token},
                     {"expires", format_rfc3339_ms(open.session.expires)},
                     {"account_id", open.session.account_id},
                     {"access_key_id", nullptr},
                     {"region", options_.region},
                     {"service_domain", options_.service_domain},
                     {"sandbox", options_.sandbox}};
  if (!open.session.access_key_id.empty()) shape["access_key_id"] = open.session.access_key_id;
  return shape;
}

net::Task<http::Response> Console::show_session(http::Request request) {
  const auto has_password = co_await sign_in_.has_password();
  if (!has_password) co_return unavailable();
  const auto open = co_await sessions_.find(request);
  if (!open && open.error().code != store::StoreErrc::not_found) co_return unavailable();
  if (!open) co_return api::json_answer(json::object{{"signed_in", false}, {"password_set", *has_password}});
  json::object shape = session_shape(*open);
  shape["password_set"] = *has_password;
  co_return api::json_answer(shape);
}

net::Task<http::Response> Console::signed_in(std::string account_id, std::string access_key_id) {
  const std::string who = access_key_id.empty() ? "operator" : access_key_id;
  const auto begun = co_await sessions_.begin(std::move(account_id), std::move(access_key_id));
  if (!begun) co_return unavailable();
  log::info("console", "signed in", {{"who", who}});
  http::Response response = api::json_answer(session_shape(begun->open));
  response.headers.add("Set-Cookie", begun->set_cookie);
  co_return response;
}

net::Task<http::Response> Console::begin_session(http::Request request) {
  if (!request.headers.contains(csrf_field)) co_return no_csrf_token();
  const auto body = api::parse_body(request.body);
  if (!body) co_return api::to_response(body.error());
  api::Validation validation;
  const api::ObjectReader input(*body, validation);
  const auto password = input.text("password");
  const std::string key = password ? "" : input.required_text("access_key_id");
  std::string secret = password ? "" : input.required_text("secret_access_key");
  if (const auto error = validation.error()) co_return api::to_response(*error);

  std::string account_id = options_.operator_account;
  if (password) {
    const auto good = co_await sign_in_.by_password(request.remote.address, Secret(*password));
    if (!good) co_return refusal(good.error());
  } else {
    const auto account = co_await sign_in_.by_access_key(request.remote.address, key, Secret(std::move(secret)));
    if (!account) co_return refusal(account.error());
    account_id = *account;
  }
  http::Response response = co_await signed_in(std::move(account_id), key);
  co_return response;
}

net::Task<Result<OpenSession, http::Response>> Console::session_to_change(const http::Request& request) {
  auto open = co_await sessions_.find(request);
  if (!open && open.error().code == store::StoreErrc::not_found) co_return std::unexpected(no_session());
  if (!open) co_return std::unexpected(unavailable());
  if (!Sessions::has_csrf_token(request, *open)) co_return std::unexpected(no_csrf_token());
  co_return std::move(*open);
}

net::Task<http::Response> Console::end_session(http::Request request, bool others) {
  const auto open = co_await session_to_change(request);
  if (!open) co_return open.error();
  if (others) {
    const auto ended = co_await sessions_.end_others(*open);
    if (!ended) co_return unavailable();
    co_return api::json_answer(json::object{{"ended", *ended}});
  }
  const auto ended = co_await sessions_.end(*open);
  if (!ended) co_return unavailable();
  http::Response response = api::json_answer(json::object{{"signed_in", false}});
  response.headers.add("Set-Cookie", sessions_.cookie_removal());
  co_return response;
}

net::Task<http::Response> Console::set_up(http::Request request) {
  if (!request.headers.contains(csrf_field)) co_return no_csrf_token();
  const auto body = api::parse_body(request.body);
  if (!body) co_return api::to_response(body.error());
  api::Validation validation;
  const api::ObjectReader input(*body, validation);
  Secret token(input.required_text("token"));
  Secret password(input.required_text("password"));
  if (const auto error = validation.error()) co_return api::to_response(*error);
  const auto set = co_await sign_in_.set_first_password(request.remote.address, std::move(token), std::move(password));
  if (!set) co_return refusal(set.error());
  log::info("console", "the operator's password has been set");
  http::Response response = co_await signed_in(options_.operator_account, "");
  co_return response;
}

SignInTask<void> Console::check_current(const http::Request& request, const OpenSession& open, std::string current) {
  if (!open.session.access_key_id.empty()) co_return Result<void, SignInError>{};
  auto good = co_await sign_in_.by_password(request.remote.address, Secret(std::move(current)));
  co_return good;
}

net::Task<http::Response> Console::change_password(http::Request request) {
  const auto open = co_await session_to_change(request);
  if (!open) co_return open.error();
  if (open->session.account_id != options_.operator_account) {
    co_return api::json_error(403, "AccessDeniedException", "The operator's password belongs to another account.");
  }
  const auto body = api::parse_body(request.body);
  if (!body) co_return api::to_response(body.error());
  api::Validation validation;
  const api::ObjectReader input(*body, validation);
  std::string current = input.text("current_password").value_or("");
  Secret password(input.required_text("new_password"));
  if (const auto error = validation.error()) co_return api::to_response(*error);
  const auto known = co_await check_current(request, *open, std::move(current));
  if (!known && known.error().code == SignInErrc::wrong) {
    co_return api::json_error(400, "BadRequestException", "The current password is not right.");
  }
  if (!known) co_return refusal(known.error());
  const auto set = co_await sign_in_.set_password(std::move(password));
  if (!set) co_return refusal(set.error());
  const auto ended = co_await sessions_.end_others(*open);
  if (!ended) co_return unavailable();
  log::info("console", "the operator's password has been changed");
  co_return api::json_answer(json::object{{"ended", *ended}});
}

}  // namespace sesame::console
