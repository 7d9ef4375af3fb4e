// First octet: size of the pieces; the rest is a body. The streaming hash agrees with the plain form however it is cut.
#include <cstdint>
#include <cstdlib>

#include "base/digest.h"
#include "mailauth/dkim/canonicalization.h"

using namespace sesame::mailauth::dkim;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t piece = 1 + data[0];
  for (const auto form : {Canonicalization::simple, Canonicalization::relaxed}) {
    const std::string canonical = canonical_body(form, body);
    BodyHasher whole(form);
    whole.update(body);
    BodyHasher cut(form);
    for (std::size_t i = 0; i < body.size(); i += piece) cut.update(body.substr(i, piece));
    const std::string expected = sesame::sha256(canonical);
    if (whole.finish() != expected || cut.finish() != expected) std::abort();
    if (whole.canonical_octets() != canonical.size() || cut.canonical_octets() != canonical.size()) std::abort();
  }
  return 0;
}
