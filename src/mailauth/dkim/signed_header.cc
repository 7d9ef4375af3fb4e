#include "mailauth/dkim/signed_header.h"

#include <unordered_map>

#include "base/text.h"
#include "mailauth/dkim/signature.h"

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

void append_own_field(Canonicalization form, const message::HeaderField& field, std::string& out) {
  const std::string value = without_signature_value(field.value);
  const std::string_view before = field.raw.substr(0, static_cast<std::size_t>(field.value.data() - field.raw.data()));
  const std::string raw = std::string(before) + value;
  append_canonical_field(form, {.raw = raw, .name = field.name, .value = value}, false, out);
}

}  // namespace sesame::mailauth::dkim
