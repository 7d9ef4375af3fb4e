// console/sessions.h: a person's session: the cookie the browser holds, and what proves that the console's own pages
// speak.
//
// The cookie is 256 random bits, HttpOnly and SameSite=Strict; the store knows their digest only. Requests that change
// something must also carry `X-Sesame-Csrf`, a value made from the cookie that only this origin's scripts are told. A
// session ends 12 hours after it was last used, and 7 days after it began at the latest.
#pragma once

#include <optional>
#include <string>

#include "api/front.h"
#include "base/clock.h"
#include "base/random.h"
#include "store/session_store.h"

namespace sesame::console {

inline constexpr std::string_view csrf_field = "X-Sesame-Csrf";

struct SessionOptions {
  bool secure_cookie = false;  // browsers reach the service by https: the cookie goes nowhere else
  std::string region;          // of the service; what a signature's scope would name
};

struct OpenSession {
  store::ConsoleSession session;
  std::string csrf_token;
};

// Thread-safe; what it is given must outlive it.
class Sessions final : public api::SessionGate {
 public:
  static constexpr std::chrono::hours idle_life{12};
  static constexpr std::chrono::days whole_life{7};
  static constexpr std::chrono::minutes touch_after{5};  // a session in use is written no more often

  Sessions(store::SessionStore& store, const Clock& clock, RandomSource& random, SessionOptions options)
      : store_(store), clock_(clock), random_(random), options_(std::move(options)) {}

  struct Begun {
    OpenSession open;
    std::string set_cookie;  // value of the field
  };
  // `access_key_id` empty: signed in with the operator's password.
  store::StoreTask<Begun> begin(std::string account_id, std::string access_key_id);
  // not_found: no cookie, or a session that is over.
  store::StoreTask<OpenSession> find(const http::Request& request);
  // Whether the request carries the token of `open`.
  static bool has_csrf_token(const http::Request& request, const OpenSession& open);
  store::StoreTask<void> end(const OpenSession& open);
  // All of its account but itself.
  store::StoreTask<std::size_t> end_others(const OpenSession& open);
  std::string cookie_removal() const;  // value of the field

  // The requests of the console to the JSON APIs.
  bool takes(const http::Request& request) const override;
  net::Task<Result<api::Caller, http::Response>> authenticate(const http::Request& request) override;

 private:
  std::optional<std::string> token_of(const http::Request& request) const;
  std::string_view cookie_name() const;

  store::SessionStore& store_;
  const Clock& clock_;
  RandomSource& random_;
  const SessionOptions options_;
};

}  // namespace sesame::console
