#include "store/new_credential.h"

namespace sesame::store {

Credential new_credential(std::string account_id, std::string description, const Clock& clock, RandomSource& random) {
  constexpr std::string_view id_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  constexpr std::string_view secret_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  Credential credential;
  credential.access_key_id = "SESA" + random.text(id_alphabet, 16);
  credential.account_id = std::move(account_id);
  credential.secret_access_key = Secret(random.text(secret_alphabet, 40));
  credential.description = std::move(description);
  credential.created = clock.now();
  return credential;
}

}  // namespace sesame::store
