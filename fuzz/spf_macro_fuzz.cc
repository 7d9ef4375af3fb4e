// First octet: how the text is used; the rest is a macro string. What parses also expands, and fits into a name.
#include <boost/asio/ip/address.hpp>
#include <cstdint>
#include <cstdlib>

#include "dns/name.h"
#include "mailauth/spf/macro.h"

using namespace sesame::mailauth::spf;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto use = static_cast<MacroUse>(data[0] % 3);
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto macro = parse_macro_string(text, use);
  if (!macro) return macro.error().text.empty() ? std::abort(), 0 : 0;
  const MacroValues values{.local_part = "strong-bad",
                           .sender_domain = "email.example.com",
                           .domain = "email.example.com",
                           .helo = "helo.example",
                           .ip = boost::asio::ip::make_address("2001:db8::cb01"),
                           .validated_name = "unknown",
                           .receiver = "unknown"};
  const auto expanded = expand(*macro, values);
  if (!expanded) std::abort();  // the local-part is ASCII
  if (const std::string* literal = macro->literal(); literal != nullptr && *literal != *expanded) std::abort();
  const std::string fitted = fit_in_name(*expanded);
  if (fitted.size() > sesame::dns::max_name_octets && fitted.find('.') != fitted.npos) std::abort();
  return 0;
}
