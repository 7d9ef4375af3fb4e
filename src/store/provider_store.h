// store/provider_store.h: how the DNS providers of customers are reached, and what was published there.
//
// Part of control.db. As of store/control_store.h: implementations are thread-safe, reads see every write that has
// returned, every operation may also fail with full, unavailable or corrupt. All is of one account, whose id each
// operation names: what is another's is not_found.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/secret.h"
#include "store/error.h"

namespace sesame::store {

struct ProviderConnection {
  std::string connection_id;
  std::string account_id;
  std::string kind;      // "rfc2136" ...
  std::string label;     // for people
  std::string zone;      // the one zone it is for
  std::string settings;  // a JSON object of texts
  Secret secrets;        // likewise; sealed at rest
  Time created{}, updated{};
};

enum class PublicationStatus {
  uncertain,  // the provider is being asked; what became of it is not known
  applied,
  undone,
};

struct Publication {
  std::string publication_id;
  std::string account_id;
  std::string identity;
  // Of the connection as it was then: it may be gone.
  std::string connection_id, connection_kind, connection_label, zone;
  std::string mail_from;  // "records" or "delegation"
  PublicationStatus status = PublicationStatus::uncertain;
  Time at{};
  std::string by;       // access key id; empty: by the operator's password
  std::string changes;  // JSON: each record set before and after (dns_providers/change_set.h)
  std::optional<Time> undone_at;
  std::string undone_by;
  friend bool operator==(const Publication&, const Publication&) = default;
};

class ProviderStore {
 public:
  static constexpr std::size_t max_publications = 100;  // of one identity; the oldest make room

  virtual ~ProviderStore() = default;

  virtual StoreTask<void> create_connection(ProviderConnection connection) = 0;  // already_exists
  virtual StoreTask<ProviderConnection> find_connection(std::string account_id, std::string connection_id) = 0;
  virtual StoreTask<void> update_connection(ProviderConnection connection) = 0;  // not_found
  virtual StoreTask<void> delete_connection(std::string account_id, std::string connection_id) = 0;
  // By zone, then in the order they were made.
  virtual StoreTask<std::vector<ProviderConnection>> list_connections(std::string account_id) = 0;

  virtual StoreTask<void> create_publication(Publication publication) = 0;  // already_exists
  virtual StoreTask<Publication> find_publication(std::string account_id, std::string publication_id) = 0;
  // Its status, and who undid it when. not_found
  virtual StoreTask<void> update_publication(Publication publication) = 0;
  virtual StoreTask<void> delete_publication(std::string account_id, std::string publication_id) = 0;
  // Newest first.
  virtual StoreTask<std::vector<Publication>> list_publications(std::string account_id, std::string identity) = 0;
};

}  // namespace sesame::store
