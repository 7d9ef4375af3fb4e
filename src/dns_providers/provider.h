// dns_providers/provider.h: whoever keeps a zone, as an interface: read record sets, change them.
//
// What a provider answers is outside input: bounded, and believed only as far as its protocol vouches for it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "dns_providers/change_set.h"
#include "net/task.h"

namespace sesame::dns_providers {

enum class ProviderErrc {
  bad_address,      // the host has no address, or one that may not be contacted; nothing was sent
  bad_credentials,  // key, token or signature are not taken
  bad_key_name,     // the server does not know a TSIG key of that name
  bad_time,         // the clocks differ
  no_zone,          // it does not have the zone
  forbidden,        // the credentials are good, but not for this
  refused,          // it does not take the change; `text` says why
  changed,          // the zone is not as expected: nothing was changed. Read and plan again
  unreachable,      // no connection, or no answer in time
  malformed,        // what it answered cannot be understood
};
std::string_view name(ProviderErrc code);

struct ProviderError {
  ProviderErrc code = ProviderErrc::unreachable;
  std::string field;  // of the connection that is to blame: "settings.server"; empty: none
  std::string text;   // a sentence for whoever made the connection; outside text in part, made printable
  // The request may have reached the provider, and nobody knows what became of it.
  bool may_have_happened = false;
};

template <class T>
using ProviderTask = net::Task<Result<T, ProviderError>>;

struct ZoneFacts {
  std::optional<std::uint32_t> serial;  // of the SOA, where the provider tells
};

// One zone at one provider, for one operation after the other. Runs on the caller's executor; each call ends by its
// deadline.
class Provider {
 public:
  virtual ~Provider() = default;

  // Whether the zone is there and can be read, and changed as far as that can be found out without changing it.
  virtual ProviderTask<ZoneFacts> test(net::Deadline deadline) = 0;
  // The sets there are, of those asked for. Also others, of the same names.
  virtual ProviderTask<std::vector<RecordSet>> read(std::vector<SetKey> questions, net::Deadline deadline) = 0;
  // All changes or none (Kind::atomic), if everything is as expected (Kind::guarded).
  virtual ProviderTask<void> apply(ChangeSet changes, net::Deadline deadline) = 0;
};

}  // namespace sesame::dns_providers
