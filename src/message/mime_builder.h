// message/mime_builder.h: our own messages, composed from parts.
//
// Source: RFC 5322 §3.6; RFC 2045 to 2047; RFC 2046 §5.1 (multipart); RFC 2387 (related); RFC 2183 and RFC 2231 (file
// names). The result is 7-bit with CRLF line ends and lines within 998 octets, so it needs no extension of any server
// and no relay has a reason to touch it after it is signed.
//
// Shape, each level only when it has more than one thing to hold:
//   multipart/mixed
//     multipart/alternative
//       text/plain
//       multipart/related
//         text/html
//         inline attachments with a content_id
//     all other attachments
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "message/address.h"
#include "message/transfer_encoding.h"

namespace sesame::message {

struct Attachment {
  enum class Disposition { attachment, inline_part };

  std::string file_name;     // UTF-8; empty: no name is written
  std::string content_type;  // "type/subtype" with parameters if wanted; empty: application/octet-stream
  Disposition disposition = Disposition::attachment;
  std::string content_id;           // without "<>"; empty: none
  std::string content_description;  // UTF-8; empty: none
  std::string_view octets;          // arrive exactly so; must outlive the call
  // A wish: seven_bit, quoted_printable or base64. Not followed where the octets would not survive it; without one (and
  // for other values) text that can go as it stands does and everything else is base64.
  std::optional<TransferEncoding> transfer_encoding;
};

struct ExtraField {
  std::string name;
  std::string value;  // UTF-8; becomes encoded words if it is not ASCII
};

struct MessageParts {
  Time date{};
  Mailbox from;
  std::optional<Mailbox> sender;
  std::vector<Mailbox> to, cc, reply_to;  // an empty list writes no field
  std::string subject;                    // UTF-8; written even when empty
  std::string message_id;                 // without "<>"; empty: no field
  std::vector<ExtraField>
      extra_fields;  // after ours, in order; that they do not repeat ours is for the caller to check
  // UTF-8, any line ends; must outlive the call. With neither the message has an empty text body.
  std::optional<std::string_view> text, html;
  std::vector<Attachment> attachments;
};

enum class BuildProblem {
  bad_field_name,     // an extra field's name is none
  control_character,  // CR, LF, NUL or another control where a header field would take it
  not_utf8,           // text that is not well-formed UTF-8
  line_too_long,      // a word in a header field that cannot be folded into 998 octets
  bad_content_type,   // not RFC 2045 type/subtype with parameters
  bad_message_id,     // Message-ID or Content-ID with blanks or angle brackets
};

struct BuildError {
  BuildProblem problem;
  std::string where;  // "Subject", "From", an extra field's name, "attachments[2].file_name", "text"

  bool operator==(const BuildError&) const = default;
};

// Composes the message. Addresses are taken to be valid (made by address.h). An attachment of a composite type
// (multipart/*, message/*) whose octets are not 7-bit lines goes as application/octet-stream, because RFC 2045 §6.4
// forbids to encode composite types. One pass over the contents for measuring and one for writing.
[[nodiscard]] Result<std::string, BuildError> build_message(const MessageParts& parts, RandomSource& random);

}  // namespace sesame::message
