// dns_providers/connections.h: how the providers of an account are reached: made, tested, changed, forgotten.
//
// Secrets go in and never come out: an answer has the names of those that are kept. What decides where a secret is sent
// can be changed only together with the secret.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "dns_providers/error.h"
#include "dns_providers/kinds.h"
#include "store/provider_store.h"

namespace sesame::dns_providers {

struct Connection {
  std::string id, label, zone;
  const Kind* kind = nullptr;  // never null
  std::map<std::string, std::string, std::less<>> settings;
  std::vector<std::string> secrets;  // the fields that are kept
  Time created{}, updated{};
};

struct ConnectionInput {
  std::string kind;   // of a new one
  std::string label;  // empty: the zone
  std::string zone;
  Credentials credentials;
  bool test = true;  // refuse what cannot read its zone
};

// A connection made ready to be used.
struct OpenConnection {
  Connection connection;
  std::unique_ptr<Provider> provider;
};

struct TestResult {
  std::string zone;
  Result<ZoneFacts, ProviderError> outcome;
};

struct ConnectionsDeps {
  store::ProviderStore& store;
  ProviderFactory& factory;
  const Clock& clock;
  RandomSource& random;
};

// Thread-safe; what `deps` refers to must outlive it.
class Connections {
 public:
  static constexpr std::size_t max_connections = 100;  // of an account
  static constexpr std::size_t max_label_octets = 100;
  static constexpr std::chrono::seconds test_patience{10};

  explicit Connections(ConnectionsDeps deps) : deps_(deps) {}

  // By zone; with an identity those whose zone it lies in, the nearest zone first.
  PublishTask<std::vector<Connection>> list(std::string account_id, std::string identity);
  PublishTask<Connection> create(std::string account_id, ConnectionInput input);
  PublishTask<Connection> get(std::string account_id, std::string id);
  // Without secrets only the label may differ.
  PublishTask<Connection> update(std::string account_id, std::string id, ConnectionInput input);
  PublishTask<void> remove(std::string account_id, std::string id);
  PublishTask<TestResult> test(std::string account_id, std::string id);

  PublishTask<OpenConnection> open(std::string account_id, std::string id);

 private:
  PublishTask<store::ProviderConnection> checked(store::ProviderConnection base, const Kind& kind,
                                                 ConnectionInput input);

  ConnectionsDeps deps_;
};

}  // namespace sesame::dns_providers
