#include "dns_providers/provider.h"

namespace sesame::dns_providers {

std::string_view name(ProviderErrc code) {
  switch (code) {
    case ProviderErrc::bad_address: return "bad_address";
    case ProviderErrc::bad_credentials: return "bad_credentials";
    case ProviderErrc::bad_key_name: return "bad_key_name";
    case ProviderErrc::bad_time: return "bad_time";
    case ProviderErrc::no_zone: return "no_zone";
    case ProviderErrc::forbidden: return "forbidden";
    case ProviderErrc::refused: return "refused";
    case ProviderErrc::changed: return "changed";
    case ProviderErrc::unreachable: return "unreachable";
    case ProviderErrc::malformed: return "malformed";
  }
  return "?";
}

}  // namespace sesame::dns_providers
