// console/sign_in.h: proving to the console who one is: by access key, by the operator's password, or, as long as no
// password is set, by the link the service printed when it started.
//
// Each network has ten attempts at once and then one every six seconds; what succeeds costs none. At most four
// passwords are checked at a time (64 MiB of memory each). Refusals do not tell an unknown access key from a wrong
// secret.
#pragma once

#include <atomic>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/random.h"
#include "base/secret.h"
#include "net/network_limit.h"
#include "net/runtime.h"
#include "store/control_store.h"

namespace sesame::console {

enum class SignInErrc {
  wrong,              // not this secret, or not this link any more
  too_many_attempts,  // from this network, or passwords being checked now; later
  bad_password,       // a new password that will not do; the text says why
  unavailable,        // the store failed, which has been logged
};

struct SignInError {
  SignInErrc code = SignInErrc::unavailable;
  std::string text;  // for the person
};

template <class T>
using SignInTask = net::Task<Result<T, SignInError>>;

struct SignInDeps {
  store::ControlStore& control;
  RandomSource& random;
  net::Executor workers;  // passwords are checked here
};

// Thread-safe.
class SignIn {
 public:
  static constexpr net::NetworkRate attempts{.per_second = 1.0 / 6, .burst = 10};
  static constexpr int max_checks = 4;  // passwords being checked at a time

  explicit SignIn(SignInDeps deps);

  // Returns the key's account.
  SignInTask<std::string> by_access_key(net::IpAddress client, std::string access_key_id, Secret secret_access_key);
  SignInTask<void> by_password(net::IpAddress client, Secret password);

  // Good for one call of set_first_password(), until another is made or the process ends. 43 letters and digits.
  Secret make_setup_token();
  // Ends the token.
  SignInTask<void> set_first_password(net::IpAddress client, Secret setup_token, Secret password);
  SignInTask<void> set_password(Secret password);
  store::StoreTask<bool> has_password();

 private:
  bool take_attempt(const net::IpAddress& client);
  void give_back_attempt(const net::IpAddress& client);
  SignInTask<bool> matches(Secret password, Secret hash);
  store::StoreTask<Secret> password_hash();  // not_found
  bool take_setup_token(const Secret& token);
  void keep_setup_token(std::string digest);

  SignInDeps deps_;
  std::atomic<int> checks_{0};
  std::mutex mutex_;
  net::NetworkLimit limit_;                        // this and below: under mutex_
  std::optional<std::string> setup_token_sha256_;  // while it is good
};

}  // namespace sesame::console
