#include "console/sessions.h"

#include <fmt/format.h>

#include <algorithm>

#include "api/answers.h"
#include "base/digest.h"
#include "base/log.h"
#include "base/text.h"

namespace sesame::console {
namespace {

constexpr std::size_t token_octets = 32;
constexpr std::size_t max_user_agent_octets = 256;
constexpr std::string_view operator_name = "operator";

std::string csrf_token_of(const std::string& token) { return hex_encode(hmac_sha256(token, "sesame console csrf")); }

http::Response session_over() {
  return api::json_error(401, "SessionEndedException", "Your session has ended. Sign in again.");
}

http::Response no_csrf_token() {
  return api::json_error(403, "CsrfTokenException",
                         "The request does not come from a page of this console. Load the page again.");
}

bool changes_something(const http::Request& request) { return request.method != "GET" && request.method != "HEAD"; }

}  // namespace

// The prefix makes browsers refuse the cookie unless it is Secure, for this host alone and for all paths.
std::string_view Sessions::cookie_name() const {
  return options_.secure_cookie ? "__Host-sesame_session" : "sesame_session";
}

std::optional<std::string> Sessions::token_of(const http::Request& request) const {
  for (const std::string_view field : request.headers.find_all("Cookie")) {
    for (const std::string_view pair : split(field, ';')) {
      const std::string_view cookie = trim(pair);
      const std::size_t equals = cookie.find('=');
      if (equals == std::string_view::npos || cookie.substr(0, equals) != cookie_name()) continue;
      const std::string_view value = cookie.substr(equals + 1);
      if (value.size() == 2 * token_octets) return std::string(value);
    }
  }
  return std::nullopt;
}

store::StoreTask<Sessions::Begun> Sessions::begin(std::string account_id, std::string access_key_id) {
  const std::string token = hex_encode(random_.octets(token_octets));
  const Time now = clock_.now();
  Begun begun;
  begun.open.session = {.token_sha256 = sha256_hex(token),
                        .account_id = std::move(account_id),
                        .access_key_id = std::move(access_key_id),
                        .created = now,
                        .last_used = now,
                        .expires = now + idle_life};
  begun.open.csrf_token = csrf_token_of(token);
  begun.set_cookie = fmt::format("{}={}; Path=/; HttpOnly; SameSite=Strict{}", cookie_name(), token,
                                 options_.secure_cookie ? "; Secure" : "");
  const auto stored = co_await store_.create_session(begun.open.session);
  if (!stored) co_return std::unexpected(stored.error());
  co_return begun;
}

std::string Sessions::cookie_removal() const {
  return fmt::format("{}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0{}", cookie_name(),
                     options_.secure_cookie ? "; Secure" : "");
}

store::StoreTask<OpenSession> Sessions::find(const http::Request& request) {
  const auto token = token_of(request);
  if (!token) co_return std::unexpected(store::StoreError{store::StoreErrc::not_found, "no cookie"});
  const Time now = clock_.now();
  auto known = co_await store_.find_session(sha256_hex(*token), now);
  if (!known) co_return std::unexpected(known.error());
  if (now - known->last_used >= touch_after) {
    known->last_used = now;
    known->expires = std::min<Time>(now + idle_life, known->created + whole_life);
    const auto touched = co_await store_.touch_session(known->token_sha256, now, known->expires);
    if (!touched) log::warning("console", "a session cannot be renewed", {{"detail", touched.error().detail}});
  }
  co_return OpenSession{std::move(*known), csrf_token_of(*token)};
}

bool Sessions::has_csrf_token(const http::Request& request, const OpenSession& open) {
  return equal_constant_time(request.headers.find(csrf_field).value_or(""), open.csrf_token);
}

store::StoreTask<void> Sessions::end(const OpenSession& open) { return store_.end_session(open.session.token_sha256); }

store::StoreTask<std::size_t> Sessions::end_others(const OpenSession& open) {
  return store_.end_sessions(open.session.account_id, open.session.token_sha256);
}

bool Sessions::takes(const http::Request& request) const { return token_of(request).has_value(); }

net::Task<Result<api::Caller, http::Response>> Sessions::authenticate(const http::Request& request) {
  const auto open = co_await find(request);
  if (!open && open.error().code == store::StoreErrc::not_found) co_return std::unexpected(session_over());
  if (!open) {
    log::error("console", "a session cannot be read", {{"detail", open.error().detail}});
    co_return std::unexpected(
        api::json_error(503, "ServiceUnavailable", "The service cannot read its data; try again."));
  }
  if (changes_something(request) && !has_csrf_token(request, *open)) co_return std::unexpected(no_csrf_token());
  const std::string& key = open->session.access_key_id;
  api::Caller caller;
  caller.account_id = open->session.account_id;
  caller.access_key_id = key.empty() ? std::string(operator_name) : key;
  caller.source_ip = request.remote.address.to_string();
  caller.user_agent = request.headers.find("User-Agent").value_or("").substr(0, max_user_agent_octets);
  caller.region = options_.region;
  caller.service = "ses";
  co_return caller;
}

}  // namespace sesame::console
