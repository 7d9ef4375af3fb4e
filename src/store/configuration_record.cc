#include "store/configuration_record.h"

#include "base/text.h"

namespace sesame::store {

std::string suppression_key(std::string_view address) {
  std::string key(trim(address));
  const auto at = key.rfind('@');
  if (at != key.npos) key.replace(at, key.npos, ascii_lower(key.substr(at)));
  return key;
}

}  // namespace sesame::store
