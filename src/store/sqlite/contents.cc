#include "store/sqlite/contents.h"

namespace sesame::store::sqlite::contents {
namespace {

ContentPlace read_place(Query& row) { return {row.integer(0), row.integer(1), row.integer(2)}; }

}  // namespace

std::optional<ContentPlace> put(Database& db, ContentFiles& files, QueueId queue_id, std::string_view octets) {
  if (octets.size() < least_octets_of_file) {
    Query(db, "insert into contents (queue_id, octets) values (?1, ?2)", queue_id, Blob{octets}).run();
    return std::nullopt;
  }
  const ContentPlace place = files.append(octets);
  Query(db, "insert into content_places (queue_id, file, at, octets) values (?1, ?2, ?3, ?4)", queue_id, place.file,
        place.at, place.octets)
      .run();
  return place;
}

std::optional<std::string> get(Database& db, const ContentFiles& files, QueueId queue_id) {
  {
    Query query(db, "select octets from contents where queue_id = ?1", queue_id);
    if (query.step()) return query.blob(0);
  }
  Query query(db, "select file, at, octets from content_places where queue_id = ?1", queue_id);
  if (!query.step()) return std::nullopt;
  return files.read(read_place(query));
}

std::optional<ContentPlace> erase(Database& db, QueueId queue_id) {
  Query(db, "delete from contents where queue_id = ?1", queue_id).run();
  if (db.changes() > 0) return std::nullopt;
  Query query(db, "delete from content_places where queue_id = ?1 returning file, at, octets", queue_id);
  if (!query.step()) return std::nullopt;
  const ContentPlace place = read_place(query);
  query.run();
  return place;
}

std::vector<ContentPlace> places(Database& db) {
  Query query(db, "select file, at, octets from content_places");
  std::vector<ContentPlace> all;
  while (query.step()) all.push_back(read_place(query));
  return all;
}

}  // namespace sesame::store::sqlite::contents
