#include "identity/dkim_keys.h"

#include <algorithm>

#include "dns/name.h"
#include "mailauth/dkim/key.h"

namespace sesame::identity {
namespace {

using mailauth::dkim::KeyError;
using mailauth::dkim::SigningKey;

constexpr std::string_view token_alphabet = "abcdefghijklmnopqrstuvwxyz0123456789";

store::DkimKey key_row(const KeyOwner& owner, std::string selector, store::DkimOrigin origin, const SigningKey& key,
                       Time now) {
  store::DkimKey row;
  row.account_id = owner.account_id;
  row.identity = owner.identity;
  row.selector = std::move(selector);
  row.origin = origin;
  row.bits = key.bits();
  row.public_key = key.public_key();
  row.private_key = key.private_key();
  row.created = now;
  return row;
}

std::string explain(KeyError error) {
  switch (error) {
    case KeyError::not_base64: return "The private key is not base64, or still has its PEM lines.";
    case KeyError::not_a_private_key: return "The private key is neither PKCS#1 nor PKCS#8.";
    case KeyError::wrong_algorithm: return "The private key is not an RSA key.";
    case KeyError::too_short: return "The private key is shorter than 1024 bits.";
    case KeyError::too_long: return "The private key is longer than 2048 bits.";
  }
  return "The private key cannot be used.";
}

}  // namespace

std::vector<std::string> DkimKeySet::selectors() const {
  std::vector<std::string> names;
  for (const store::DkimKey& key : keys) names.push_back(key.selector);
  return names;
}

DkimKeySet make_easy_dkim_keys(const KeyOwner& owner, std::uint32_t bits, RandomSource& random, Time now) {
  const SigningKey rsa = SigningKey::generate_rsa(bits), ed25519 = SigningKey::generate_ed25519();
  DkimKeySet set{store::DkimOrigin::service, bits, {}};
  for (std::size_t i = 0; i < easy_dkim_tokens; ++i) {
    const SigningKey& pair = i + 1 == easy_dkim_tokens ? ed25519 : rsa;
    set.keys.push_back(key_row(owner, random.text(token_alphabet, token_characters), set.origin, pair, now));
  }
  return set;
}

Result<DkimKeySet, IdentityError> import_own_key(const KeyOwner& owner, const std::string& selector,
                                                 std::string_view private_key, Time now) {
  if (!is_valid_selector(selector)) {
    return std::unexpected(IdentityError{IdentityErrc::invalid_selector,
                                         "The DKIM selector must be 1 to 63 letters, digits and inner hyphens."});
  }
  if (private_key.empty() || private_key.size() > max_own_key_characters) {
    return std::unexpected(
        IdentityError{IdentityErrc::invalid_dkim_key, "The private key must have 1 to 20480 characters."});
  }
  const Result<SigningKey, KeyError> key = SigningKey::import_base64(private_key);
  if (!key) return std::unexpected(IdentityError{IdentityErrc::invalid_dkim_key, explain(key.error())});
  DkimKeySet set{store::DkimOrigin::external, key->bits(), {}};
  set.keys.push_back(key_row(owner, selector, set.origin, *key, now));
  return set;
}

bool is_valid_selector(std::string_view selector) {
  const auto is_letter_or_digit = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  };
  if (selector.empty() || selector.size() > dns::max_label_octets) return false;
  return is_letter_or_digit(selector.front()) && is_letter_or_digit(selector.back()) &&
         std::ranges::all_of(selector, [&](char c) { return is_letter_or_digit(c) || c == '-'; });
}

}  // namespace sesame::identity
