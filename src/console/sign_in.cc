#include "console/sign_in.h"

#include "base/digest.h"
#include "base/log.h"
#include "console/password.h"

namespace sesame::console {
namespace {

constexpr std::string_view password_name = "console/password";
constexpr std::string_view token_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::size_t token_characters = 43;  // 256 bits

std::unexpected<SignInError> refuse(SignInErrc code, std::string text) {
  return std::unexpected(SignInError{code, std::move(text)});
}

std::unexpected<SignInError> too_many() {
  return refuse(SignInErrc::too_many_attempts, "Too many attempts to sign in. Wait a minute and try again.");
}

std::unexpected<SignInError> store_failed(const store::StoreError& error) {
  log::error("console", "signing in needs the store", {{"detail", error.detail}});
  return refuse(SignInErrc::unavailable, "The service cannot read its data right now. Try again.");
}

net::Task<bool> matches_there(Secret password, Secret hash) { co_return password_matches(password, hash); }

net::Task<Secret> hash_there(Secret password, RandomSource& random) { co_return hash_password(password, random); }

// One of the few checks that may be under way.
class Check {
 public:
  Check(std::atomic<int>& checks, int most) : checks_(checks), admitted_(checks.fetch_add(1) < most) {}
  ~Check() { --checks_; }
  Check(const Check&) = delete;
  Check& operator=(const Check&) = delete;
  bool admitted() const { return admitted_; }

 private:
  std::atomic<int>& checks_;
  const bool admitted_;
};

}  // namespace

SignIn::SignIn(SignInDeps deps) : deps_(std::move(deps)), limit_(attempts, deps_.random) {}

bool SignIn::take_attempt(const net::IpAddress& client) {
  const std::lock_guard lock(mutex_);
  return limit_.of(client).take(std::chrono::steady_clock::now());
}

void SignIn::give_back_attempt(const net::IpAddress& client) {
  const std::lock_guard lock(mutex_);
  limit_.of(client).give_back();
}

SignInTask<std::string> SignIn::by_access_key(net::IpAddress client, std::string access_key_id,
                                              Secret secret_access_key) {
  if (!take_attempt(client)) co_return too_many();
  const auto credential = co_await deps_.control.find_credential(access_key_id);
  if (!credential && credential.error().code != store::StoreErrc::not_found) co_return store_failed(credential.error());
  if (!credential || !credential->secret_access_key.equals(secret_access_key.reveal())) {
    co_return refuse(SignInErrc::wrong, "There is no such access key with this secret.");
  }
  give_back_attempt(client);
  co_return credential->account_id;
}

store::StoreTask<Secret> SignIn::password_hash() {
  auto found = co_await deps_.control.secrets_with_prefix(std::string(password_name));
  if (!found) co_return std::unexpected(found.error());
  for (auto& [name, value] : *found) {
    if (name == password_name) co_return std::move(value);
  }
  co_return std::unexpected(store::StoreError{store::StoreErrc::not_found, "no password has been set"});
}

store::StoreTask<bool> SignIn::has_password() {
  const auto hash = co_await password_hash();
  if (hash) co_return true;
  if (hash.error().code == store::StoreErrc::not_found) co_return false;
  co_return std::unexpected(hash.error());
}

SignInTask<bool> SignIn::matches(Secret password, Secret hash) {
  const Check check(checks_, max_checks);
  if (!check.admitted()) co_return too_many();
  auto work = matches_there(std::move(password), std::move(hash));
  const bool same = co_await net::on_executor(deps_.workers, std::move(work));
  co_return same;
}

SignInTask<void> SignIn::by_password(net::IpAddress client, Secret password) {
  if (!take_attempt(client)) co_return too_many();
  auto hash = co_await password_hash();
  if (!hash && hash.error().code != store::StoreErrc::not_found) co_return store_failed(hash.error());
  if (!hash) {
    co_return refuse(
        SignInErrc::wrong,
        "No password has been set yet. Use the link the service printed when it started, or an access key.");
  }
  const auto same = co_await matches(std::move(password), std::move(*hash));
  if (!same) co_return std::unexpected(same.error());
  if (!*same) co_return refuse(SignInErrc::wrong, "This is not the password.");
  give_back_attempt(client);
  co_return Result<void, SignInError>{};
}

Secret SignIn::make_setup_token() {
  Secret token(deps_.random.text(token_alphabet, token_characters));
  keep_setup_token(sha256(token.reveal()));
  return token;
}

void SignIn::keep_setup_token(std::string digest) {
  const std::lock_guard lock(mutex_);
  setup_token_sha256_ = std::move(digest);
}

// Of two that come with the token at once, one has it.
bool SignIn::take_setup_token(const Secret& token) {
  const std::lock_guard lock(mutex_);
  if (!setup_token_sha256_ || !equal_constant_time(*setup_token_sha256_, sha256(token.reveal()))) return false;
  setup_token_sha256_.reset();
  return true;
}

SignInTask<void> SignIn::set_first_password(net::IpAddress client, Secret setup_token, Secret password) {
  if (!take_attempt(client)) co_return too_many();
  if (const auto problem = password_problem(password.reveal())) {
    give_back_attempt(client);
    co_return refuse(SignInErrc::bad_password, *problem);
  }
  if (!take_setup_token(setup_token)) {
    co_return refuse(SignInErrc::wrong,
                     "This link has been used or is not the latest one. Restart the service for a new one.");
  }
  auto set = co_await set_password(std::move(password));
  if (set) give_back_attempt(client);
  if (!set) keep_setup_token(sha256(setup_token.reveal()));
  co_return set;
}

SignInTask<void> SignIn::set_password(Secret password) {
  if (const auto problem = password_problem(password.reveal())) co_return refuse(SignInErrc::bad_password, *problem);
  const Check check(checks_, max_checks);
  if (!check.admitted()) co_return too_many();
  auto work = hash_there(std::move(password), deps_.random);
  Secret hash = co_await net::on_executor(deps_.workers, std::move(work));
  const auto stored = co_await deps_.control.put_secret(std::string(password_name), std::move(hash));
  if (!stored) co_return store_failed(stored.error());
  co_return Result<void, SignInError>{};
}

}  // namespace sesame::console
