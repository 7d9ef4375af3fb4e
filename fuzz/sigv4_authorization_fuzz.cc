// What parses is bounded, and survives being written and read again unchanged.
#include <cstdlib>

#include "api/sigv4/authorization.h"
#include "base/text.h"

using namespace sesame;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto parsed = sigv4::parse_authorization_header(text);
  if (!parsed) {
    const std::string message = sigv4::message_of(parsed.error());
    if (message.empty() || !is_ascii(message) || message.contains('\n')) std::abort();
    return 0;
  }
  if (size > sigv4::max_authorization_octets) std::abort();
  if (parsed->signed_headers.empty() || parsed->signed_headers.size() > sigv4::max_signed_headers) std::abort();
  const auto again = sigv4::parse_authorization_header(sigv4::authorization_header(*parsed));
  // Writing adds at most the blanks and prefixes that the client may leave out.
  if (!again && size + 64 < sigv4::max_authorization_octets) std::abort();
  if (again && *again != *parsed) std::abort();
  return 0;
}
