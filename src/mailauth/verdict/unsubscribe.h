// mailauth/verdict/unsubscribe.h: can a reader of a bulk message leave the list with one click?
//
// Source: RFC 8058 §3.1 (the two fields), §4 (both covered by a valid DKIM signature); RFC 2369 §3.2
// (List-Unsubscribe); RFC 2919 (List-Id).
#pragma once

#include <span>
#include <string>

#include "mailauth/dkim/result.h"
#include "message/header_section.h"

namespace sesame::mailauth {

struct Unsubscribe {
  bool one_click = false;  // as RFC 8058 asks for
  bool by_mail = false;    // List-Unsubscribe has a mailto: URI
  std::string problem;     // what is missing for one_click: one clause
};

// `signatures` are dkim::verify()'s results for this message.
Unsubscribe find_unsubscribe(const message::ParsedMessage& message, std::span<const dkim::SignatureResult> signatures);

// True if the message says that it went to many: List-Id, List-Unsubscribe, or Precedence of bulk or list.
bool is_marked_as_bulk(const message::ParsedMessage& message);

}  // namespace sesame::mailauth
