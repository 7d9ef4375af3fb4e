// campaign/rewrite_message.h: the texts of a complete message changed, everything else left octet for octet. Pure.
//
// Source: RFC 2045, RFC 2046. For what is put into a mail after it was composed, or handed over, and before it is
// signed.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace sesame::campaign {

// A part's text in UTF-8 with CRLF line ends, and what is to stand in its place; the same text leaves the part alone.
using RewriteText = std::function<std::string(std::string text)>;

struct PartRewriting {
  RewriteText html, plain;  // either may be unset
};

// Every text/html and text/plain part is offered, in document order, but for attachments, attached messages, and what
// stands under multipart/signed or multipart/encrypted. A part that changes is written in UTF-8 with the encoding it
// needs. Linear but for the functions.
std::string rewrite_message(std::string_view octets, const PartRewriting& rewriting);

}  // namespace sesame::campaign
