// base/seal.h: secrets encrypted at rest with a key that is not in the database.
//
// AES-256-GCM (NIST SP 800-38D). Sealed form: octet 0x01 (version), 12 octets nonce, ciphertext, 16 octets tag. The
// caller's `context` (for example "dkim:<identity>") is authenticated, so a sealed value cannot be moved to another
// row.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/random.h"
#include "base/result.h"
#include "base/secret.h"

namespace sesame {

enum class SealError {
  malformed,  // not the sealed form; the row is damaged
  wrong_key,  // authentication failed: another key, another context or damage
};

// Thread-safe once made. Octets of `key` must be 32.
class Sealer {
 public:
  Sealer(Secret key, RandomSource& random) : key_(std::move(key)), random_(random) {}

  std::string seal(std::string_view plain, std::string_view context) const;
  Result<Secret, SealError> open(std::string_view sealed, std::string_view context) const;

 private:
  Secret key_;
  RandomSource& random_;
};

// Reads the 32-octet key from `file` (hex, one line); makes the file (mode 0600) with a new key if it does not exist.
// Errors are one line of text for the operator naming the file.
Result<Secret, std::string> load_or_create_seal_key(const std::filesystem::path& file, RandomSource& random);

}  // namespace sesame
