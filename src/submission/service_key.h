// submission/service_key.h: the service domain's own DKIM key, for the mails the service itself writes, and beside the
// customer's where the operator wants it (submission/also_sign.h).
//
// One RSA-2048 key, made once and kept among the installation's secrets (store::ControlStore::put_secret) under
// "service-dkim/<selector>". The service's zone publishes it at <selector>._domainkey.<service domain>.
#pragma once

#include <string>

#include "base/random.h"
#include "base/result.h"
#include "mailauth/dkim/key.h"
#include "net/task.h"
#include "store/control_store.h"

namespace sesame::submission {

struct ServiceKey {
  std::string selector;
  mailauth::dkim::SigningKey key;
};

// The key of this installation; makes it if there is none yet, which takes up to a second: call before anything else
// needs the thread. The error is one line.
net::Task<Result<ServiceKey, std::string>> load_service_key(store::ControlStore& store, RandomSource& random);

}  // namespace sesame::submission
