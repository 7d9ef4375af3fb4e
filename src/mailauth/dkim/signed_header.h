// mailauth/dkim/signed_header.h: which header fields an h= list covers, as octets to hash.
//
// Source: RFC 6376 §5.4.2 (a name listed n times takes the last n fields of that name, bottom up; a name with no field
// left stands for nothing), §3.7.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mailauth/dkim/canonicalization.h"
#include "message/header_section.h"

namespace sesame::mailauth::dkim {

// The canonical form of the fields `names` selects, in the order of `names`, each with its CRLF. Names compare without
// regard to case. `except`, if given, is one of `fields` and stands for nothing: the signature being verified never
// signs itself by name. Time is n log n in fields and names together, however often a name is repeated.
std::string canonical_signed_fields(Canonicalization form, std::span<const message::HeaderField> fields,
                                    std::span<const std::string_view> names,
                                    const message::HeaderField* except = nullptr);

// Appends the canonical form of a signature's own field as it was hashed: b= empty, no line end (§3.7).
void append_own_field(Canonicalization form, const message::HeaderField& field, std::string& out);

}  // namespace sesame::mailauth::dkim
