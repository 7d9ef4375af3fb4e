// Responses to signed requests: without the key nothing is taken, and what is signed with it comes back as it was.
#include <cstdint>
#include <string>
#include <string_view>

#include "check.h"
#include "dns/tsig.h"

using namespace sesame;
using namespace sesame::dns;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string octets(reinterpret_cast<const char*>(data), size);
  const Time now = from_unix_ms(1767225600'000);
  const TsigKey key{"sesame-key.example", TsigAlgorithm::hmac_sha256, Secret("0123456789abcdef0123456789abcdef")};
  // A MAC no request has: whoever signed the seeds signed for another one.
  check(!verify_response(octets, key, std::string(32, 'x'), now));

  if (!parse_message(octets) || octets.size() > 60'000) return 0;
  const auto unsigned_one = verify_response(octets, key, "", now);
  check(!unsigned_one);
  if (unsigned_one.error().code != TsigErrc::unsigned_message) return 0;
  if (octets[10] == '\xff' && octets[11] == '\xff') return 0;  // no room for one more record
  // The MAC of a request is that of a response to a request without one, but for the two octets of its length.
  const SignedRequest signed_one = sign_request(octets, key, now);
  const auto again = verify_response(signed_one.octets, key, "", now);
  check(!again && again.error().code == TsigErrc::bad_mac);
  return 0;
}
