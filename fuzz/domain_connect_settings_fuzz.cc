// A provider's Domain Connect settings: whatever they say, what is asked and opened is https, at a host, printable.
#include <cstdint>
#include <string_view>

#include "base/text.h"
#include "check.h"
#include "dns_providers/domain_connect.h"

using namespace sesame;
using namespace sesame::dns_providers;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto url = settings_url(text, "example.com")) {
    check(url->tls && !url->host.empty() && url->target.ends_with("/v2/example.com/settings"));
    check(http::parse_url(http::to_string(*url)) == *url);
  }
  const auto provider = parse_domain_connect_settings(text);
  if (!provider) {
    check(!provider.error().empty());
    return 0;
  }
  for (const std::string& shown : {provider->id, provider->name, provider->display_name}) {
    check(shown == printable_utf8(shown, 100));
  }
  check(provider->sync_ux.tls && provider->api.tls && provider->width >= 100 && provider->height <= 4000);
  const http::Url asked = template_url(*provider, {"svc.example", "us-east-1"});
  check(http::parse_url(http::to_string(asked)) == asked);
  return 0;
}
