// console/console.h: the console's paths, all unsigned: its files, and signing in and out.
//
//   GET    /console/…                the files (assets.h); /console/ is the page; without them, a page that says so
//   GET    /console/api/session      who is signed in: {"signed_in": false, "password_set"} or
//                                    {"signed_in": true, "csrf_token", "expires", "account_id", "access_key_id", …}
//   POST   /console/api/session      signs in: {"access_key_id", "secret_access_key"} or {"password"}
//   DELETE /console/api/session      signs out; ?others=1: all other sessions of the account instead
//   POST   /console/api/setup        {"token", "password"}: sets the operator's first password, and signs in
//   PUT    /console/api/password     {"current_password", "new_password"}; ends all other sessions. The current one
//                                    is not asked of who signed in by access key.
//
// All else the console does is done by the JSON APIs (/v2/email, /v2/sesame), with the session as proof of the caller.
// Answers that sign in set the cookie. What changes something needs the field X-Sesame-Csrf: a session's token, or
// any value to sign in, as pages of other origins cannot set a field of their own. Errors are those of SES v2: 400,
// 401 wrong secret or no session, 403 no token, 429 too many attempts, 503.
#pragma once

#include <span>
#include <string>

#include "api/error.h"
#include "api/front.h"
#include "console/assets.h"
#include "console/sessions.h"
#include "console/sign_in.h"

namespace sesame::console {

struct ConsoleOptions {
  std::string operator_account;  // whose the operator's password is
  std::string region, service_domain;
  bool sandbox = false;
};

// Thread-safe; what it is given must outlive it.
class Console final : public api::PublicPart {
 public:
  static constexpr std::size_t max_body_octets = 16 * 1024;

  Console(Sessions& sessions, SignIn& sign_in, std::span<const Asset> assets, ConsoleOptions options)
      : sessions_(sessions), sign_in_(sign_in), assets_(assets), options_(std::move(options)) {}

  // Everything below /console, and GET / of somebody who wants a page.
  bool takes(const http::Request& request, const http::Target& target) const override;
  net::Task<http::Response> handle(http::Request request, http::Target target, std::string request_id) override;

 private:
  http::Response file(const http::Request& request, const http::Target& target) const;
  net::Task<http::Response> api(http::Request request, http::Target target);
  net::Task<http::Response> show_session(http::Request request);
  net::Task<http::Response> begin_session(http::Request request);
  net::Task<http::Response> end_session(http::Request request, bool others);
  net::Task<http::Response> set_up(http::Request request);
  net::Task<http::Response> change_password(http::Request request);
  SignInTask<void> check_current(const http::Request& request, const OpenSession& open, std::string current);
  net::Task<http::Response> signed_in(std::string account_id, std::string access_key_id);
  // The session of a request that changes something, or the refusal.
  net::Task<Result<OpenSession, http::Response>> session_to_change(const http::Request& request);
  boost::json::object session_shape(const OpenSession& open) const;

  Sessions& sessions_;
  SignIn& sign_in_;
  const std::span<const Asset> assets_;
  const ConsoleOptions options_;
};

}  // namespace sesame::console
