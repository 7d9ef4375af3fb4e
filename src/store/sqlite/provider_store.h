// sqlite/provider_store.h: connections to DNS providers and what was published, on control.db.
#pragma once

#include "base/seal.h"
#include "store/provider_store.h"
#include "store/sqlite/engine.h"

namespace sesame::store::sqlite {

// `engine` is the control store's; it and `sealer` must outlive it. No operation may be under way when it is destroyed.
class SqliteProviderStore final : public ProviderStore {
 public:
  SqliteProviderStore(Engine& engine, const Sealer& sealer) : engine_(engine), sealer_(sealer) {}

  StoreTask<void> create_connection(ProviderConnection connection) override;
  StoreTask<ProviderConnection> find_connection(std::string account_id, std::string connection_id) override;
  StoreTask<void> update_connection(ProviderConnection connection) override;
  StoreTask<void> delete_connection(std::string account_id, std::string connection_id) override;
  StoreTask<std::vector<ProviderConnection>> list_connections(std::string account_id) override;

  StoreTask<void> create_publication(Publication publication) override;
  StoreTask<Publication> find_publication(std::string account_id, std::string publication_id) override;
  StoreTask<void> update_publication(Publication publication) override;
  StoreTask<void> delete_publication(std::string account_id, std::string publication_id) override;
  StoreTask<std::vector<Publication>> list_publications(std::string account_id, std::string identity) override;

 private:
  ProviderConnection read_connection(Query& row) const;
  std::string sealed_secrets(const ProviderConnection& connection) const;

  Engine& engine_;
  const Sealer& sealer_;
};

}  // namespace sesame::store::sqlite
