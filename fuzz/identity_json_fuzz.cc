// Any octets: what is accepted is written again as a document that reads back to the same record.
#include <cstdint>
#include <cstdlib>

#include "store/identity_json.h"

using namespace sesame::store;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  IdentityRecord first;
  if (!read_identity_state(std::string_view(reinterpret_cast<const char*>(data), size), first)) return 0;
  IdentityRecord second;
  const std::string written = identity_state_to_json(first);
  if (!read_identity_state(written, second)) std::abort();
  if (!(first == second) || identity_state_to_json(second) != written) std::abort();
  return 0;
}
