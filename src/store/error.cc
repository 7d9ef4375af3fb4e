#include "store/error.h"

namespace sesame::store {

std::string_view name(StoreErrc code) {
  switch (code) {
    case StoreErrc::not_found: return "not_found";
    case StoreErrc::already_exists: return "already_exists";
    case StoreErrc::conflict: return "conflict";
    case StoreErrc::full: return "full";
    case StoreErrc::unavailable: return "unavailable";
    case StoreErrc::corrupt: return "corrupt";
  }
  return "unknown";
}

}  // namespace sesame::store
