// identity/dkim_keys.h: the DKIM keys of identities: made (Easy DKIM) or brought by the customer (spec 1.2).
//
// Easy DKIM: three tokens. The customer publishes one CNAME per token; the service publishes an RSA key under the first
// two and an Ed25519 key (RFC 8463) under the last, which signs too where the operator wants it. A later rotation can
// give the second token a new pair without the customer touching the DNS. Making and decoding RSA keys takes
// milliseconds to a second: call on a worker.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "identity/error.h"
#include "store/identity_record.h"

namespace sesame::identity {

constexpr std::size_t easy_dkim_tokens = 3;
constexpr std::size_t token_characters = 32;           // lower-case letters and digits, as SES makes them
constexpr std::size_t max_own_key_characters = 20480;  // spec 1.2

struct KeyOwner {
  std::string account_id, identity;
};

struct DkimKeySet {
  store::DkimOrigin origin = store::DkimOrigin::service;
  std::uint32_t bits = 2048;
  std::vector<store::DkimKey> keys;  // at least one; the first signs

  std::vector<std::string> selectors() const;
};

// `bits` is 1024 or 2048.
DkimKeySet make_easy_dkim_keys(const KeyOwner& owner, std::uint32_t bits, RandomSource& random, Time now);

// `private_key`: base64 PKCS#1 or PKCS#8 without PEM lines, RSA of 1024 to 2048 bits. Errors: invalid_selector,
// invalid_dkim_key.
Result<DkimKeySet, IdentityError> import_own_key(const KeyOwner& owner, const std::string& selector,
                                                 std::string_view private_key, Time now);

// One label: letters, digits and inner "-", 1 to 63 (spec 1.2).
bool is_valid_selector(std::string_view selector);

}  // namespace sesame::identity
