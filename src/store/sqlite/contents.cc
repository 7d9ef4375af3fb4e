#include "store/sqlite/contents.h"

namespace sesame::store::sqlite::contents {

void put(Database& db, QueueId queue_id, std::string_view octets) {
  Query(db, "insert into contents (queue_id, octets) values (?1, ?2)", queue_id, Blob{octets}).run();
}

std::optional<std::string> get(Database& db, QueueId queue_id) {
  Query query(db, "select octets from contents where queue_id = ?1", queue_id);
  if (!query.step()) return std::nullopt;
  return query.blob(0);
}

void erase(Database& db, QueueId queue_id) { Query(db, "delete from contents where queue_id = ?1", queue_id).run(); }

}  // namespace sesame::store::sqlite::contents
