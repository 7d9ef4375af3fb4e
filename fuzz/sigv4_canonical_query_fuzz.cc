// The canonical query means the same as the query, is a fixed point, and does not depend on the order of parameters.
#include <algorithm>
#include <cstdlib>

#include "api/sigv4/canonical.h"

using namespace sesame;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  auto parameters = sigv4::decode_query(text);
  if (!parameters) {
    if (!text.contains('%')) std::abort();
    return 0;
  }
  const std::string canonical = sigv4::canonical_query(*parameters);
  if (canonical.size() > 3 * size + parameters->size()) std::abort();

  const auto again = sigv4::decode_query(canonical);
  if (!again || sigv4::canonical_query(*again) != canonical) std::abort();

  std::ranges::reverse(*parameters);
  if (sigv4::canonical_query(*parameters) != canonical) std::abort();
  return 0;
}
