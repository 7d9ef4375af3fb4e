// A TXT record where the customer's own DKIM key should be: reading its p= tag, and showing it.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "identity/judge.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sesame;
  const std::string text(reinterpret_cast<const char*>(data), size);

  const auto key = identity::public_key_of(text);
  if (key && key->find_first_of(" \t\r\n;") != std::string::npos) std::abort();
  if (key != identity::public_key_of(text + ";t=s")) std::abort();
  if (key && identity::public_key_of("p=" + *key) != key) std::abort();

  const std::string shown = identity::shown(dns::Txt{{text}});
  if (shown.size() > identity::max_shown_characters + 3) std::abort();
  for (const char c : shown) {
    if (c < ' ' || c > '~') std::abort();
  }
  return 0;
}
