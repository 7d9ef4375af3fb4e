// feedback/delivery_status.h: the fields of message/delivery-status and message/global-delivery-status.
//
// Source: RFC 3464 §2 (groups of fields separated by empty lines), RFC 6533 §3 (address type utf-8). Tolerant: groups
// that run together, empty lines inside of one, brackets, comments, missing types.
#pragma once

#include <string>
#include <string_view>

#include "feedback/report.h"

namespace sesame::feedback {

struct DeliveryStatus {
  std::string reporting_mta;
  std::string original_message_id;          // X-Original-Message-ID, which some hosts add
  std::vector<RecipientReport> recipients;  // without causes of texts elsewhere; at most max_reported_recipients
};

// `octets`: the part without its transfer encoding. Never fails; without a group about a recipient there are none.
DeliveryStatus read_delivery_status(std::string_view octets);

// "rfc822; <ann@example.com> (Ann)" -> "ann@example.com"; "" when the value holds no address. "\x{e9}" of RFC 6533 §3
// becomes the character.
std::string typed_address(std::string_view value);

}  // namespace sesame::feedback
