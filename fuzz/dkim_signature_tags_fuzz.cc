// Any DKIM-Signature value, read as ARC's too: a signature that parses has what verifying relies on, and taking b= out
// keeps everything else.
#include <cstdint>

#include "base/text.h"
#include "check.h"
#include "mailauth/dkim/signature.h"

using namespace sesame::mailauth::dkim;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view value(reinterpret_cast<const char*>(data), size);
  const std::string without = without_signature_value(value);
  check(without.size() <= value.size() && without_signature_value(without) == without);
  const SignatureLabels labels = read_labels(value);
  check(labels.domain.size() <= 256 && labels.signature_start.size() <= 8);
  for (const auto kind : {SignatureKind::arc_message, SignatureKind::arc_seal}) {
    const auto of_arc = parse_signature(value, kind);
    if (!of_arc) continue;
    check(!of_arc->domain.empty() && !of_arc->selector.empty() && !of_arc->signature.empty());
    check(of_arc->names.empty() == (kind == SignatureKind::arc_seal));
    check(of_arc->body_hash.empty() == (kind == SignatureKind::arc_seal));
    check(!parse_signature(without, kind));
  }
  const auto signature = parse_signature(value);
  if (!signature) {
    check(!signature.error().text.empty());
    return 0;
  }
  check(!signature->domain.empty() && !signature->selector.empty() && !signature->names.empty());
  check(!signature->signature.empty() && !signature->body_hash.empty());
  bool from = false;
  for (const std::string_view name : signature->names) {
    check(name.data() >= value.data() && name.data() + name.size() <= value.data() + value.size());
    from = from || sesame::ascii_iequals(name, "From");
  }
  check(from);
  check(!parse_signature(without));  // b= is required
  return 0;
}
