#include "store/sqlite/provider_store.h"

#include "store/sqlite/codes.h"
#include "store/sqlite/control_store.h"
#include "store/sqlite/row_errors.h"

namespace sesame::store::sqlite {
namespace {

#define SESAME_CONNECTION_COLUMNS \
  "connection_id, account_id, kind, label, zone, settings, sealed_secrets, created, updated"
#define SESAME_PUBLICATION_COLUMNS                                                                                    \
  "publication_id, account_id, identity, connection_id, connection_kind, connection_label, zone, mail_from, status, " \
  "at, by, changes, undone_at, undone_by"

std::string connection_context(std::string_view connection_id) { return "connection:" + std::string(connection_id); }

Publication read_publication(Query& row) {
  return {.publication_id = row.text(0),
          .account_id = row.text(1),
          .identity = row.text(2),
          .connection_id = row.text(3),
          .connection_kind = row.text(4),
          .connection_label = row.text(5),
          .zone = row.text(6),
          .mail_from = row.text(7),
          .status = publication_status(row, 8),
          .at = row.time(9),
          .by = row.text(10),
          .changes = row.text(11),
          .undone_at = row.optional_time(12),
          .undone_by = row.text(13)};
}

// Makes room for one more.
void forget_oldest(Database& db, const Publication& publication) {
  Query(db,
        "delete from publications where publication_id in (select publication_id from publications where "
        "account_id = ?1 and identity = ?2 order by at desc, publication_id limit -1 offset ?3)",
        publication.account_id, publication.identity, ProviderStore::max_publications - 1)
      .run();
}

}  // namespace

std::string SqliteProviderStore::sealed_secrets(const ProviderConnection& connection) const {
  return sealer_.seal(connection.secrets.reveal(), connection_context(connection.connection_id));
}

ProviderConnection SqliteProviderStore::read_connection(Query& row) const {
  ProviderConnection connection;
  connection.connection_id = row.text(0);
  connection.account_id = row.text(1);
  connection.kind = row.text(2);
  connection.label = row.text(3);
  connection.zone = row.text(4);
  connection.settings = row.text(5);
  connection.secrets = open_sealed(sealer_, row.blob(6), connection_context(connection.connection_id));
  connection.created = row.time(7);
  connection.updated = row.time(8);
  return connection;
}

StoreTask<void> SqliteProviderStore::create_connection(ProviderConnection connection) {
  std::string sealed = sealed_secrets(connection);
  auto operation = [c = std::move(connection), sealed = std::move(sealed)](Database& db) -> StoreResult<void> {
    Query(db,
          "insert into provider_connections (" SESAME_CONNECTION_COLUMNS
          ") values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) on conflict do nothing",
          c.connection_id, c.account_id, c.kind, c.label, c.zone, c.settings, Blob{sealed}, c.created, c.updated)
        .run();
    return expect_made(db, "connection " + c.connection_id);
  };
  return engine_.writer.write(std::move(operation));
}

StoreTask<ProviderConnection> SqliteProviderStore::find_connection(std::string account_id, std::string connection_id) {
  auto operation = [this, account = std::move(account_id),
                    id = std::move(connection_id)](Database& db) -> StoreResult<ProviderConnection> {
    Query row(db,
              "select " SESAME_CONNECTION_COLUMNS
              " from provider_connections where connection_id = ?1 and account_id = ?2",
              id, account);
    if (!row.step()) return not_found("connection " + id);
    return read_connection(row);
  };
  return engine_.readers.read(std::move(operation));
}

StoreTask<void> SqliteProviderStore::update_connection(ProviderConnection connection) {
  std::string sealed = sealed_secrets(connection);
  auto operation = [c = std::move(connection), sealed = std::move(sealed)](Database& db) -> StoreResult<void> {
    Query(db,
          "update provider_connections set label = ?3, zone = ?4, settings = ?5, sealed_secrets = ?6, updated = ?7 "
          "where connection_id = ?1 and account_id = ?2",
          c.connection_id, c.account_id, c.label, c.zone, c.settings, Blob{sealed}, c.updated)
        .run();
    return expect_found(db, "connection " + c.connection_id);
  };
  return engine_.writer.write(std::move(operation));
}

StoreTask<void> SqliteProviderStore::delete_connection(std::string account_id, std::string connection_id) {
  auto operation = [account = std::move(account_id), id = std::move(connection_id)](Database& db) -> StoreResult<void> {
    Query(db, "delete from provider_connections where connection_id = ?1 and account_id = ?2", id, account).run();
    return expect_found(db, "connection " + id);
  };
  return engine_.writer.write(std::move(operation));
}

StoreTask<std::vector<ProviderConnection>> SqliteProviderStore::list_connections(std::string account_id) {
  auto operation = [this,
                    account = std::move(account_id)](Database& db) -> StoreResult<std::vector<ProviderConnection>> {
    std::vector<ProviderConnection> connections;
    Query row(db,
              "select " SESAME_CONNECTION_COLUMNS
              " from provider_connections where account_id = ?1 order by zone, created, connection_id",
              account);
    while (row.step()) connections.push_back(read_connection(row));
    return connections;
  };
  return engine_.readers.read(std::move(operation));
}

StoreTask<void> SqliteProviderStore::create_publication(Publication publication) {
  auto operation = [p = std::move(publication)](Database& db) -> StoreResult<void> {
    forget_oldest(db, p);
    Query(db,
          "insert into publications (" SESAME_PUBLICATION_COLUMNS
          ") values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14) on conflict do nothing",
          p.publication_id, p.account_id, p.identity, p.connection_id, p.connection_kind, p.connection_label, p.zone,
          p.mail_from, code_of(p.status), p.at, p.by, p.changes, p.undone_at, p.undone_by)
        .run();
    return expect_made(db, "publication " + p.publication_id);
  };
  return engine_.writer.write(std::move(operation));
}

StoreTask<Publication> SqliteProviderStore::find_publication(std::string account_id, std::string publication_id) {
  auto operation = [account = std::move(account_id),
                    id = std::move(publication_id)](Database& db) -> StoreResult<Publication> {
    Query row(db,
              "select " SESAME_PUBLICATION_COLUMNS " from publications where publication_id = ?1 and account_id = ?2",
              id, account);
    if (!row.step()) return not_found("publication " + id);
    return read_publication(row);
  };
  return engine_.readers.read(std::move(operation));
}

StoreTask<void> SqliteProviderStore::update_publication(Publication publication) {
  auto operation = [p = std::move(publication)](Database& db) -> StoreResult<void> {
    Query(db,
          "update publications set status = ?3, undone_at = ?4, undone_by = ?5 where publication_id = ?1 and "
          "account_id = ?2",
          p.publication_id, p.account_id, code_of(p.status), p.undone_at, p.undone_by)
        .run();
    return expect_found(db, "publication " + p.publication_id);
  };
  return engine_.writer.write(std::move(operation));
}

StoreTask<void> SqliteProviderStore::delete_publication(std::string account_id, std::string publication_id) {
  auto operation = [account = std::move(account_id),
                    id = std::move(publication_id)](Database& db) -> StoreResult<void> {
    Query(db, "delete from publications where publication_id = ?1 and account_id = ?2", id, account).run();
    return expect_found(db, "publication " + id);
  };
  return engine_.writer.write(std::move(operation));
}

StoreTask<std::vector<Publication>> SqliteProviderStore::list_publications(std::string account_id,
                                                                           std::string identity) {
  auto operation = [account = std::move(account_id),
                    identity = std::move(identity)](Database& db) -> StoreResult<std::vector<Publication>> {
    std::vector<Publication> publications;
    Query row(db,
              "select " SESAME_PUBLICATION_COLUMNS
              " from publications where account_id = ?1 and identity = ?2 order by at desc, publication_id",
              account, identity);
    while (row.step()) publications.push_back(read_publication(row));
    return publications;
  };
  return engine_.readers.read(std::move(operation));
}

}  // namespace sesame::store::sqlite
