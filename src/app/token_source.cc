#include "app/token_source.h"

#include <fmt/format.h>

#include "base/log.h"
#include "mailauth/dkim/key.h"

namespace sesame::app {

std::string dkim_record_of(const store::DkimKey& key) {
  const char* type = key.bits == mailauth::dkim::ed25519_bits ? "ed25519" : "rsa";
  return fmt::format("v=DKIM1; k={}; p={}", type, key.public_key);
}

net::Task<Result<std::optional<std::string>, zone::TokenError>> StoreTokenSource::dkim_record(std::string token) {
  auto key = co_await store_.find_published_key(token);
  if (key) co_return std::optional<std::string>(dkim_record_of(*key));
  if (key.error().code == store::StoreErrc::not_found) co_return std::optional<std::string>();
  log::error("dns", "DKIM token cannot be looked up", {{"token", token}, {"detail", key.error().detail}});
  co_return std::unexpected(zone::TokenError::unavailable);
}

net::Task<Result<bool, zone::TokenError>> StoreTokenSource::is_mail_from_domain(std::string name) {
  auto known = co_await store_.is_mail_from_domain(name);
  if (known) co_return *known;
  log::error("dns", "MAIL FROM domain cannot be looked up", {{"name", name}, {"detail", known.error().detail}});
  co_return std::unexpected(zone::TokenError::unavailable);
}

}  // namespace sesame::app
