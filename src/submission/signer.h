// submission/signer.h: DKIM signatures with the identities' own keys.
//
// Keys are decoded once and kept (bounded, least recently used goes); a key is cached under its selector, which changes
// with the key, so a rotated key never meets an old entry. The signature itself (about 0.3 ms for RSA-2048) is made on
// the caller's thread, which must be a worker's, never an I/O thread.
#pragma once

#include <list>
#include <map>
#include <mutex>
#include <string>

#include "base/clock.h"
#include "mailauth/dkim/key.h"
#include "mailauth/dkim/sign.h"
#include "net/task.h"
#include "store/control_store.h"
#include "submission/error.h"
#include "submission/service_key.h"

namespace sesame::submission {

class Signer {
 public:
  Signer(store::ControlStore& store, const Clock& clock, std::size_t max_keys = 10000);

  // The DKIM-Signature field (with CRLF) for `message`, signed for `identity`; "" when the identity does not sign
  // (signing off, or its records are not confirmed). Error: unavailable.
  net::Task<SubmissionResult<std::string>> sign(const store::IdentityRecord& identity, std::string_view message);
  // The same for the service's own mail, with the key of the service domain.
  SubmissionResult<std::string> sign(std::string signing_domain, const ServiceKey& key, std::string_view message);

 private:
  SubmissionResult<std::string> sign_with(mailauth::dkim::SignOptions options, std::string_view message);
  net::Task<SubmissionResult<mailauth::dkim::SigningKey>> key_for(const store::IdentityRecord& identity,
                                                                  const store::DkimState& dkim);

  using KeyName = std::string;  // account, identity, selector and when the key was made
  using Entry = std::pair<KeyName, mailauth::dkim::SigningKey>;
  store::ControlStore& store_;
  const Clock& clock_;
  std::size_t max_keys_;
  std::mutex mutex_;
  std::list<Entry> newest_first_;
  std::map<KeyName, std::list<Entry>::iterator, std::less<>> by_name_;
};

}  // namespace sesame::submission
