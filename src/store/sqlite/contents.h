// sqlite/contents.h: the octets of queued messages, apart from everything else known about them.
//
// Small ones are rows; large ones are in files (content_files.h), which only their place is a row of. put() and erase()
// belong to the writer's transaction; what they return is told to the files (keep, drop) once it has been committed.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "store/queue_store.h"
#include "store/sqlite/content_files.h"
#include "store/sqlite/database.h"

namespace sesame::store::sqlite::contents {

// Measured (docs/benchmarks.md): files win at 10 KiB and rows at 4 KiB, where a second file to sync costs more than
// SQLite's second and third copy.
constexpr std::size_t least_octets_of_file = 8 * 1024;

std::optional<ContentPlace> put(Database& db, ContentFiles& files, QueueId queue_id, std::string_view octets);
std::optional<std::string> get(Database& db, const ContentFiles& files, QueueId queue_id);
std::optional<ContentPlace> erase(Database& db, QueueId queue_id);

// All that are in files.
std::vector<ContentPlace> places(Database& db);

}  // namespace sesame::store::sqlite::contents
