// dns_providers/error.h: why an operation of this room was refused.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dns_providers/plan.h"
#include "dns_providers/provider.h"

namespace sesame::dns_providers {

enum class PublishErrc {
  invalid,         // what was asked for or entered is wrong; `text` names the field
  not_found,       // no such connection, identity or publication
  limit_exceeded,  // connections of an account
  conflicts,       // `conflicts`, not all accepted; nothing was changed
  changed,         // the zone, or what is wanted, is not what was seen; nothing was changed
  provider,        // `provider` says what
  unavailable,     // the store failed
};

// What a set should be and what it is.
struct Difference {
  RecordSet expected, found;
};

struct PublishError {
  PublishErrc code = PublishErrc::unavailable;
  std::string text;  // for the caller
  std::string zone;  // of the connection, where it matters
  std::vector<Conflict> conflicts;
  std::vector<Difference> differences;  // of `changed`, as far as they are known
  std::optional<ProviderError> provider;
};

template <class T>
using PublishTask = net::Task<Result<T, PublishError>>;

std::unexpected<PublishError> refuse(PublishErrc code, std::string text);
PublishError from_provider(ProviderError error);

}  // namespace sesame::dns_providers
