// mailauth/dkim/canonicalization.h: the two forms in which DKIM hashes a message.
//
// Source: RFC 6376 §3.4 (header §3.4.1, §3.4.2; body §3.4.3, §3.4.4). Only CRLF ends a line of a body; a bare CR or LF
// is an octet like any other, as it is for the peer that verifies. Bad input never fails: every octet string has a
// form.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "message/header_section.h"

struct evp_md_ctx_st;  // OpenSSL's EVP_MD_CTX

namespace sesame::mailauth::dkim {

enum class Canonicalization { simple, relaxed };

std::string_view name(Canonicalization form);

// Appends the canonical form of one header field to `out`. `with_line_end` false leaves out the final CRLF, as the
// DKIM-Signature field itself needs it (§3.7).
void append_canonical_field(Canonicalization form, const message::HeaderField& field, bool with_line_end,
                            std::string& out);

// SHA-256 of a body in canonical form, in one pass over octets that arrive in pieces of any size.
//
// Runs that are already in canonical form go to the digest where they stand; only what has to change is copied, through
// a fixed buffer. State is under 2 KiB whatever the length of the body. One object, one body, one thread.
class BodyHasher {
 public:
  // `limit` is the signature's l=: octets of canonical form that count (§3.5).
  explicit BodyHasher(Canonicalization form, std::optional<std::uint64_t> limit = std::nullopt);
  ~BodyHasher();
  BodyHasher(BodyHasher&&) noexcept;
  BodyHasher& operator=(BodyHasher&&) noexcept;

  void update(std::string_view octets);
  // The 32 octets of the digest. Call once, after the last update.
  std::string finish();
  // Length of the whole canonical form, also beyond `limit`. Valid after finish().
  std::uint64_t canonical_octets() const { return canonical_octets_; }

 private:
  std::size_t take_clean_run(std::string_view octets);
  void take_block(std::string_view block);
  void take_octet(char c);
  void put_held();
  void put(std::string_view run);
  void put(char c);
  void flush();

  struct FreeDigest {
    void operator()(evp_md_ctx_st* context) const;
  };

  Canonicalization form_;
  std::uint64_t left_;  // of the limit
  std::uint64_t canonical_octets_ = 0;
  std::uint64_t held_line_ends_ = 0;  // CRLFs that count only if something follows them
  bool held_blank_ = false;           // relaxed: a run of blanks that counts only if the line goes on
  bool held_cr_ = false;              // a CR whose LF may be in the next piece
  bool any_content_ = false;          // something other than line ends and blanks has been put
  std::string buffer_;                // canonical octets on their way to the digest
  std::unique_ptr<evp_md_ctx_st, FreeDigest> digest_;
};

// The canonical form itself, for people and tests; the hash does not go through it.
std::string canonical_body(Canonicalization form, std::string_view body);

}  // namespace sesame::mailauth::dkim
