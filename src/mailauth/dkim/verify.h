// mailauth/dkim/verify.h: judging the DKIM signatures of a message.
//
// Source: RFC 6376 §6, RFC 8301 (rsa-sha1 and RSA keys under 1024 bits never pass), RFC 8463, RFC 8601 §2.7.1
// (results).
#pragma once

#include <vector>

#include "base/clock.h"
#include "dns/resolver.h"
#include "mailauth/dkim/key_cache.h"
#include "mailauth/dkim/result.h"
#include "message/header_section.h"
#include "net/task.h"

namespace sesame::mailauth::dkim {

// Signatures beyond these, from the top, are not looked at (RFC 6376 §6.1 leaves the number to the verifier).
constexpr std::size_t max_signatures = 10;

// One result per DKIM-Signature field, from the top of the message; empty if it is not signed. The message's octets
// outlive the call. Key records are asked for once per name, at most max_signatures in all; the body is hashed once per
// form and l=. A key record that DNS offers several of is tried in turn (at most 3). `now` judges x=.
// `keys`, if given, outlives the call and spares decoding keys seen before.
net::Task<std::vector<SignatureResult>> verify(dns::Resolver& resolver, const message::ParsedMessage& message, Time now,
                                               net::Deadline deadline, KeyCache* keys = nullptr);

}  // namespace sesame::mailauth::dkim
