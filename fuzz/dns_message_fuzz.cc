// DNS messages: what parses serialises, and what that gives parses to the same values.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "dns/wire.h"

using namespace sesame::dns;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  const auto header = parse_header(octets);
  const auto message = parse_message(octets);
  if (!message) return 0;
  if (!header || *header != message->header) std::abort();
  const auto again = parse_message(serialise(*message));
  if (!again || *again != *message) std::abort();

  const std::string within = serialise_within(*message, max_plain_udp_octets);
  const auto shorter = parse_message(within);
  if (!shorter || shorter->questions != message->questions) std::abort();
  if (within.size() > max_plain_udp_octets && !(shorter->header.tc && shorter->answers.empty())) std::abort();
  return 0;
}
