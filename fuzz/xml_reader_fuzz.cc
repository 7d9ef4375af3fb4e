// The XML a provider answers: what is read is bounded, and its text written again reads the same.
#include <cstdint>
#include <string_view>

#include "check.h"
#include "dns_providers/xml_reader.h"

using namespace sesame::dns_providers;

namespace {

std::string written(const XmlElement& element, std::size_t depth) {
  check(depth < max_xml_depth && !element.name.empty());
  std::string out = "<" + element.name + ">" + xml_text(element.text);
  for (const XmlElement& child : element.children) out += written(child, depth + 1);
  return out + "</" + element.name + ">";
}

bool same(const XmlElement& a, const XmlElement& b) {
  if (a.name != b.name || a.text != b.text || a.children.size() != b.children.size()) return false;
  for (std::size_t i = 0; i < a.children.size(); ++i) {
    if (!same(a.children[i], b.children[i])) return false;
  }
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto root = read_xml(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!root) return 0;
  const auto again = read_xml(written(*root, 0));
  check(again && same(*root, *again));
  return 0;
}
