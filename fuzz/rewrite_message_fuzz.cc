// Somebody's MIME with its texts changed: what changes nothing leaves every octet, and what is written is read back.
#include <cstdint>

#include "campaign/rewrite_message.h"
#include "check.h"
#include "message/header_section.h"

using namespace sesame;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  const auto keep = [](std::string text) { return text; };
  check(campaign::rewrite_message(octets, {.html = keep, .plain = keep}) == octets);
  check(campaign::rewrite_message(octets, {}) == octets);

  std::size_t offered = 0;
  const auto replace = [&](std::string) {
    ++offered;
    return std::string("a \xc3\xa4 text\r\n");
  };
  const std::string rewritten = campaign::rewrite_message(octets, {.html = replace, .plain = replace});
  if (offered == 0) check(rewritten == octets);
  // Fields of the message that are not about its encoding stay.
  const auto before = message::parse_message(octets), after = message::parse_message(rewritten);
  if (const auto* from = before.first("From")) {
    check(after.first("From") != nullptr && after.first("From")->value == from->value);
  }
  return 0;
}
