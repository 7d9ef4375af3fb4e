#include "identity/refusals.h"

#include <fmt/format.h>

#include "base/log.h"

namespace sesame::identity {

std::unexpected<IdentityError> refuse(IdentityErrc code, std::string text) {
  return std::unexpected(IdentityError{code, std::move(text)});
}

IdentityError no_such_identity(std::string_view name) {
  return {IdentityErrc::not_found, fmt::format("Email identity {} does not exist.", name)};
}

IdentityError no_such_identity_for_mail_from(std::string_view name) {
  return {IdentityErrc::not_found, fmt::format("Identity <{}> does not exist.", name)};
}

IdentityError not_set_up_for_dkim(std::string_view domain) {
  return {IdentityErrc::not_found, fmt::format("Domain {} is not verified for DKIM signing.", domain)};
}

IdentityError from_store(const store::StoreError& error, std::string_view name) {
  switch (error.code) {
    case store::StoreErrc::not_found: return no_such_identity(name);
    case store::StoreErrc::already_exists:
      return {IdentityErrc::already_exists, fmt::format("Email identity {} already exist.", name)};
    case store::StoreErrc::conflict:
      return {IdentityErrc::concurrent_change, fmt::format("Email identity {} is being changed. Try again.", name)};
    case store::StoreErrc::full:
    case store::StoreErrc::unavailable:
    case store::StoreErrc::corrupt: break;
  }
  log::error("identity", "store operation failed", {{"identity", name}, {"detail", error.detail}});
  return {IdentityErrc::unavailable, "The service is temporarily unable to process the request."};
}

}  // namespace sesame::identity
