// mailauth/dkim/signature_judge.h: one signature after another of the same message, each to its result.
//
// Source: RFC 6376 §6.1, RFC 8301, RFC 8463; RFC 8617 §5.2 for ARC's signatures, which are judged by the same rules.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <tuple>

#include "base/clock.h"
#include "dns/resolver.h"
#include "mailauth/dkim/key_cache.h"
#include "mailauth/dkim/result.h"
#include "mailauth/dkim/signature.h"
#include "message/header_section.h"
#include "net/task.h"

namespace sesame::mailauth::dkim {

// Belongs to one message; not thread-safe, one call at a time. Key records are asked for once per name, at most one
// name per call; a name with several is tried in turn (at most 3). The body is hashed once per form and l=.
class SignatureJudge {
 public:
  // `resolver`, `message`, the message's octets and `keys` (may be null) outlive the judge and every call. `now` judges
  // x=.
  SignatureJudge(dns::Resolver& resolver, const message::ParsedMessage& message, Time now, net::Deadline deadline,
                 KeyCache* keys)
      : resolver_(resolver), message_(message), now_(now), deadline_(deadline), keys_(keys) {}

  // A signature over header fields and body. `field` is one of the message's and holds it; `kind` is dkim or
  // arc_message.
  net::Task<SignatureResult> judge(const message::HeaderField& field, SignatureKind kind);

  // An ARC seal over octets of which the caller knows the SHA-256 digest.
  net::Task<SignatureResult> judge_seal(const message::HeaderField& field, std::string digest);

 private:
  struct BodyDigest {
    std::string sha256;
    std::uint64_t canonical_octets = 0;
  };

  // False: the result is final.
  bool acceptable_algorithm(const Signature& signature, SignatureResult& result);
  bool acceptable_without_key(const Signature& signature, SignatureResult& result);
  const BodyDigest& body_digest(Canonicalization form, std::optional<std::uint64_t> limit);
  net::Task<const dns::Answer*> look_up_key(std::string name);
  net::Task<void> judge_with_keys(const Signature& signature, std::string digest, SignatureResult& result);
  void judge_with_key(std::string_view txt, const Signature& signature, std::string_view digest,
                      SignatureResult& result);

  dns::Resolver& resolver_;
  const message::ParsedMessage& message_;
  Time now_;
  net::Deadline deadline_;
  KeyCache* keys_;
  std::map<std::tuple<Canonicalization, std::optional<std::uint64_t>>, BodyDigest> bodies_;
  std::map<std::string, dns::Answer> answers_;
};

}  // namespace sesame::mailauth::dkim
