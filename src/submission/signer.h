// submission/signer.h: DKIM signatures: of the identity, and beside it those the operator wants.
//
// The identity's RSA key signs, as SES does. SES also signs with a key of its own domain, and RFC 8463 recommends an
// Ed25519 signature beside the RSA one; both are off unless asked for, as a second RSA signature doubles the dearest
// step on a message's way. The body is hashed once for all.
//
// Keys are decoded once and kept (bounded, least recently used goes); a key is cached under its selector, which changes
// with the key, so a rotated key never meets an old entry. The signature itself (about 0.3 ms for RSA-2048) is made on
// the caller's thread, which must be a worker's, never an I/O thread.
#pragma once

#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "mailauth/dkim/key.h"
#include "net/task.h"
#include "store/control_store.h"
#include "submission/also_sign.h"
#include "submission/error.h"
#include "submission/service_key.h"

namespace sesame::submission {

class Signer {
 public:
  Signer(store::ControlStore& store, const Clock& clock, AlsoSign also, std::size_t max_keys = 10000);

  // Without it the service domain signs nothing. Before the first message.
  void set_service_key(std::string service_domain, ServiceKey key);

  // The DKIM-Signature fields (each with CRLF) for `message`; `identity` may be null. Nothing of an identity that does
  // not sign (signing off, or its records are not confirmed). Error: unavailable.
  net::Task<SubmissionResult<std::string>> sign(const store::IdentityRecord* identity, std::string_view message);
  // The same for the service's own mail: only the service domain signs.
  SubmissionResult<std::string> sign_own(std::string_view message) const;

 private:
  struct Use {
    std::string domain, selector;
    mailauth::dkim::SigningKey key;
  };
  net::Task<SubmissionResult<std::vector<Use>>> keys_of(const store::IdentityRecord& identity);
  net::Task<SubmissionResult<mailauth::dkim::SigningKey>> key_for(const store::IdentityRecord& identity,
                                                                  std::string selector);
  SubmissionResult<std::string> sign_with(const std::vector<Use>& keys, std::string_view octets) const;

  using KeyName = std::string;  // account, identity, selector and when the key was made
  using Entry = std::pair<KeyName, mailauth::dkim::SigningKey>;
  store::ControlStore& store_;
  const Clock& clock_;
  AlsoSign also_;
  std::size_t max_keys_;
  std::optional<Use> service_;
  std::mutex mutex_;
  std::list<Entry> newest_first_;
  std::map<KeyName, std::list<Entry>::iterator, std::less<>> by_name_;
};

}  // namespace sesame::submission
