// message/mime_reader.h: the parts of somebody else's message, bounded.
//
// Source: RFC 2045, RFC 2046 §5.1 (multipart), §5.2.1 (message/rfc822), RFC 2183, RFC 2231. Tolerant: a missing end
// boundary, bare LF, unknown encodings and charsets are survived. For reports (RFC 6522) and for showing mail; what is
// signed or relayed is never read back from here.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "message/content_type.h"
#include "message/header_section.h"
#include "message/transfer_encoding.h"

namespace sesame::message {

struct MimeLimits {
  std::size_t max_depth = 20;   // levels below the message itself; deeper multiparts and messages stay unread leaves
  std::size_t max_parts = 500;  // of the whole message, the root included; further ones are not read
};

// One entity. All views point into the octets given to read_mime, which must outlive it.
struct MimePart {
  ParsedMessage entity;             // its own header section; body is still encoded
  ParameterizedValue content_type;  // the default where there is none: text/plain, in a digest message/rfc822
  TransferEncoding transfer_encoding = TransferEncoding::seven_bit;
  std::string disposition;      // lower case, "" if there is none
  std::string file_name;        // UTF-8: filename of Content-Disposition, else name of Content-Type; "" if neither
  std::string content_id;       // without "<>"
  std::vector<MimePart> parts;  // of a multipart; the one message inside of a message/rfc822 or message/global

  bool is(std::string_view type) const { return content_type.value == type; }  // "text/plain"

  // The body with the transfer encoding removed (unknown encodings: as it stands). At most as long as the body.
  std::string octets() const;
  // octets() as UTF-8 by the charset parameter; an unknown charset is read as UTF-8 with what is not replaced.
  std::string text() const;
};

struct MimeMessage {
  MimePart root;
  bool limited = false;  // a limit was met: something in it was not read

  // The first leaf of that type in document order that is no attachment; nullptr if there is none.
  const MimePart* first(std::string_view type) const;
  // Every leaf in document order.
  std::vector<const MimePart*> leaves() const;
};

// Never fails. Time is linear in the octets times the depth.
[[nodiscard]] MimeMessage read_mime(std::string_view octets, const MimeLimits& limits = {});

}  // namespace sesame::message
