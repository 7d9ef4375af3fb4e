// api/sesame/credentials_api.h: the account's access keys.
//
//   GET    /v2/sesame/credentials         {"credentials": [{"access_key_id", "description", "created"}]}
//   POST   /v2/sesame/credentials         {"description"} makes one: the only answer that ever holds its secret and its
//                                         SMTP password: {"access_key_id", "secret_access_key", "smtp_password", ...}
//   DELETE /v2/sesame/credentials/{id}    ends it at once, and the console's sessions that were signed in with it
#pragma once

#include "api/front.h"
#include "api/router.h"
#include "base/clock.h"
#include "store/control_store.h"

namespace sesame::api {

struct CredentialsDeps {
  store::ControlStore& control;
  const Clock& clock;
  RandomSource& random;
  std::string region;  // that SMTP passwords are good for
};

class CredentialsApi final : public Api {
 public:
  static constexpr std::size_t max_credentials = 1000;  // of an account
  static constexpr std::size_t max_description_octets = 256;

  explicit CredentialsApi(CredentialsDeps deps) : deps_(std::move(deps)) {}

  net::Task<http::Response> handle(Call call) override;

 private:
  net::Task<Outcome> list(Call call, Arguments arguments);
  net::Task<Outcome> create(Call call, Arguments arguments);
  net::Task<Outcome> remove(Call call, Arguments arguments);

  CredentialsDeps deps_;
};

}  // namespace sesame::api
