// app/own_keys.h: the keys of the installation itself, made at its first start.
#pragma once

#include <memory>
#include <string>

#include "base/random.h"
#include "base/result.h"
#include "dns_providers/domain_connect_finder.h"
#include "net/runtime.h"
#include "publish/signing_key.h"
#include "store/control_store.h"
#include "submission/service_key.h"

namespace sesame::app {

struct OwnKeys {
  submission::ServiceKey dkim;  // of the service domain
  std::unique_ptr<publish::SigningKey> notifications;
  std::unique_ptr<mailauth::dkim::SigningKey> domain_connect;  // signs URLs at DNS providers
};

// Each takes a tenth to four tenths of a second to make, so they are made side by side. Blocks; not for an I/O thread.
// The error is one line.
Result<OwnKeys, std::string> load_own_keys(net::Runtime& runtime, net::WorkerPool& workers,
                                           store::ControlStore& control, RandomSource& random,
                                           std::string service_domain);

}  // namespace sesame::app
