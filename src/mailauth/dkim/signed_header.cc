#include "mailauth/dkim/signed_header.h"

#include <unordered_map>

#include "base/text.h"

namespace sesame::mailauth::dkim {
namespace {

// For each name the fields that have not been taken yet, the last one at the back.
using Remaining = std::unordered_map<std::string, std::vector<const message::HeaderField*>>;

}  // namespace

std::string canonical_signed_fields(Canonicalization form, std::span<const message::HeaderField> fields,
                                    std::span<const std::string_view> names, const message::HeaderField* except) {
  Remaining remaining;
  for (const std::string_view name : names) remaining.try_emplace(ascii_lower(name));
  for (const message::HeaderField& field : fields) {
    const auto found = remaining.find(ascii_lower(field.name));
    if (found != remaining.end() && &field != except) found->second.push_back(&field);
  }
  std::string out;
  for (const std::string_view name : names) {
    auto& left = remaining.find(ascii_lower(name))->second;
    if (left.empty()) continue;
    append_canonical_field(form, *left.back(), true, out);
    left.pop_back();
  }
  return out;
}

}  // namespace sesame::mailauth::dkim
