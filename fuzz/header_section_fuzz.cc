// Any octets: the parts returned lie in the input, in order, and cover it.
#include <cstdint>

#include "check.h"
#include "message/header_section.h"

using namespace sesame::message;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  const ParsedMessage m = parse_message(octets);
  std::string joined;
  for (const HeaderField& f : m.fields) {
    check(is_field_name(f.name) && f.raw.starts_with(f.name) && m.first(f.name) != nullptr);
    joined += f.raw;
    check(unfold(f.value).size() <= f.value.size());
  }
  check(joined == m.header_section && octets.starts_with(m.header_section) && octets.ends_with(m.body));
  const std::size_t between = octets.size() - m.header_section.size() - m.body.size();
  check(between <= 2 && (!m.malformed_at || (between == 0 && *m.malformed_at == m.header_section.size())));
  check(parse_message(m.header_section).fields.size() == m.fields.size());
  return 0;
}
