// A line of field names separated by ':', then any header section. Canonical forms agree with a slow reading of RFC
// 6376 §3.4.1 and §3.4.2, step by step, and the choice of signed fields with one of §5.4.2.
#include <cstdint>
#include <map>

#include "base/text.h"
#include "check.h"
#include "mailauth/dkim/canonicalization.h"
#include "mailauth/dkim/signed_header.h"

using namespace sesame;
using mailauth::dkim::Canonicalization;

namespace {

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != text.npos; at = text.find(from, at)) text.replace(at, from.size(), to);
}

// §3.4.2, one step after the other. LF alone ends lines of stored messages, so that it unfolds too.
std::string slowly_relaxed(const message::HeaderField& field) {
  std::string value(field.value);
  replace_all(value, "\r\n", "");  // "Unfold all header field continuation lines"
  replace_all(value, "\n", "");
  replace_all(value, "\t", " ");  // "Convert all sequences of one or more WSP characters to a single SP"
  replace_all(value, "  ", " ");
  if (value.starts_with(' ')) value.erase(0, 1);  // "Delete any WSP characters remaining after the colon"
  if (value.ends_with(' ')) value.pop_back();     // "Delete all WSP characters at the end of each unfolded ... value"
  return ascii_lower(field.name) + ":" + value + "\r\n";
}

// §3.4.1
std::string slowly_simple(const message::HeaderField& field) {
  std::string raw(field.raw);
  if (raw.ends_with('\n')) raw.pop_back();
  if (raw.size() < field.raw.size() && raw.ends_with('\r')) raw.pop_back();
  return raw + "\r\n";
}

// §5.4.2: instances from the bottom up; names beyond them add nothing.
std::string slowly_chosen(Canonicalization form, const message::ParsedMessage& message,
                          const std::vector<std::string_view>& names) {
  std::string out;
  std::map<std::string, std::size_t> used;
  for (const std::string_view name : names) {
    std::size_t to_skip = used[ascii_lower(name)]++;
    for (auto field = message.fields.rbegin(); field != message.fields.rend(); ++field) {
      if (!ascii_iequals(field->name, name) || to_skip-- > 0) continue;
      out += form == Canonicalization::simple ? slowly_simple(*field) : slowly_relaxed(*field);
      break;
    }
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t line = input.find('\n');
  if (line == input.npos || size > 20'000) return 0;
  const std::vector<std::string_view> names = split(input.substr(0, line), ':');
  if (names.size() > 100) return 0;
  const message::ParsedMessage message = message::parse_message(input.substr(line + 1));
  for (const message::HeaderField& field : message.fields) {
    std::string relaxed, simple, bare;
    append_canonical_field(Canonicalization::relaxed, field, true, relaxed);
    append_canonical_field(Canonicalization::simple, field, true, simple);
    append_canonical_field(Canonicalization::relaxed, field, false, bare);
    check(relaxed == slowly_relaxed(field) && simple == slowly_simple(field));
    check(bare + "\r\n" == relaxed);
  }
  for (const auto form : {Canonicalization::simple, Canonicalization::relaxed})
    check(canonical_signed_fields(form, message.fields, names, nullptr) == slowly_chosen(form, message, names));
  return 0;
}
