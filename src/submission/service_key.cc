#include "submission/service_key.h"

#include <fmt/format.h>

#include "base/log.h"

namespace sesame::submission {
namespace {

using mailauth::dkim::SigningKey;

constexpr std::string_view secret_prefix = "service-dkim/";
constexpr std::string_view selector_alphabet = "abcdefghijklmnopqrstuvwxyz234567";
constexpr std::size_t selector_characters = 16;

}  // namespace

net::Task<Result<ServiceKey, std::string>> load_service_key(store::ControlStore& store, RandomSource& random) {
  const auto kept = co_await store.secrets_with_prefix(std::string(secret_prefix));
  if (!kept) co_return std::unexpected("the service's DKIM key cannot be read: " + kept.error().detail);
  if (!kept->empty()) {
    const auto& [name, secret] = kept->front();
    auto key = SigningKey::from_der(secret.reveal());
    if (!key) co_return std::unexpected("the service's DKIM key is damaged");
    co_return ServiceKey{name.substr(secret_prefix.size()), std::move(*key)};
  }
  ServiceKey made{random.text(selector_alphabet, selector_characters), SigningKey::generate_rsa()};
  const auto put = co_await store.put_secret(fmt::format("{}{}", secret_prefix, made.selector), made.key.private_key());
  if (!put) co_return std::unexpected("the service's DKIM key cannot be stored: " + put.error().detail);
  log::info("submission", "made the service's DKIM key", {{"selector", made.selector}});
  co_return made;
}

}  // namespace sesame::submission
