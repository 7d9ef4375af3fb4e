// Any TXT record as a key record: a key that parses can be asked, and no key vouches for nonsense.
#include <cstdint>
#include <cstdlib>

#include "mailauth/dkim/key_record.h"

using namespace sesame::mailauth::dkim;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view txt(reinterpret_cast<const char*>(data), size);
  const auto record = parse_key_record(txt);
  if (!record) return describe(record.error()).empty() ? std::abort(), 0 : 0;
  if (record->key.bits() == 0) std::abort();
  if (record->key.bits() <= max_verified_rsa_bits &&
      record->key.verify_digest(std::string(32, 'd'), std::string(64, 's')))
    std::abort();
  return 0;
}
