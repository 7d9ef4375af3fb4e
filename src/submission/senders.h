// submission/senders.h: who may send, and which identity rules the message (spec 1.4, 2.4, 2.5).
#pragma once

#include <string>
#include <vector>

#include "identity/governing.h"
#include "identity/service_names.h"
#include "net/task.h"
#include "store/control_store.h"
#include "submission/error.h"

namespace sesame::submission {

// Owns the records its pointers look into; movable, the pointers stay good.
struct SenderDecision {
  std::vector<store::IdentityRecord> records;
  const store::IdentityRecord* settings = nullptr;  // the identity that governs the author address
  const store::IdentityRecord* dkim = nullptr;      // whose key signs; nullptr: unsigned
  std::string mail_from_domain;                     // custom or the service's own
};

// Checks From, Source, Sender and Return-Path (`addresses`, each `local@domain`; the first is the author address), and
// decides the domain of the envelope from the author address alone. All addresses that fail are named in one error.
// Errors: sender_not_verified, mail_from_not_verified, unavailable.
net::Task<SubmissionResult<SenderDecision>> decide_senders(store::ControlStore& store,
                                                           const identity::ServiceNames& names, std::string account_id,
                                                           std::vector<std::string> addresses);

}  // namespace sesame::submission
