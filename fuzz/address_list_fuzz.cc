// Address lists: what is read is a list of valid mailboxes, and writing it and reading it again gives the same list.
#include <cstdint>

#include "base/text.h"
#include "check.h"
#include "message/address_list.h"

using namespace sesame;
using namespace sesame::message;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view value(reinterpret_cast<const char*>(data), size);
  if (const auto address = parse_addr_spec(value); address) {
    check(make_addr_spec(address->local_part, address->domain) == *address);
    check(parse_addr_spec(to_wire(*address)) == *address);
    check(to_wire(*address).size() <= value.size());
  } else {
    check(address.error().position <= value.size());
  }
  const auto list = parse_address_list(value);
  if (!list) {
    check(list.error().position <= value.size());
    return 0;
  }
  for (const Mailbox& m : *list) {
    check(is_utf8(m.display_name));
    check(parse_addr_spec(to_wire(m.address)) == m.address);
  }
  const std::string written = format_mailbox_list(*list);
  check(is_ascii(written) && written.find_first_of("\r\n") == std::string::npos);
  check(parse_address_list(written) == *list);
  return 0;
}
