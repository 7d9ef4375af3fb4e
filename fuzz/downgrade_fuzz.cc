// Eight-bit content as seven-bit: the same parts hold the same octets, and nothing of it is eight-bit.
#include <cstdint>

#include "base/text.h"
#include "check.h"
#include "message/downgrade.h"
#include "message/edit.h"
#include "message/mime_reader.h"

using namespace sesame;
using namespace sesame::message;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string octets = normalise_line_ends({reinterpret_cast<const char*>(data), size});
  const auto converted = to_seven_bit(octets);
  if (!converted) return 0;
  check(!is_ascii(octets) && is_ascii(*converted));
  check(!to_seven_bit(*converted));
  const MimeMessage before = read_mime(octets), after = read_mime(*converted);
  const auto old_leaves = before.leaves(), new_leaves = after.leaves();
  check(old_leaves.size() == new_leaves.size());
  for (std::size_t i = 0; i < old_leaves.size(); ++i) {
    check(old_leaves[i]->octets() == new_leaves[i]->octets());
    check(old_leaves[i]->content_type.value == new_leaves[i]->content_type.value);
  }
  return 0;
}
