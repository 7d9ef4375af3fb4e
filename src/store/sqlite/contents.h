// sqlite/contents.h: the octets of queued messages, apart from everything else known about them.
//
// Narrow on purpose: SQLite writes two to three octets for each octet of content, so contents may one day live in files
// of their own without another line of the store changing. put() and erase() belong to the writer's transaction.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "store/queue_store.h"
#include "store/sqlite/database.h"

namespace sesame::store::sqlite::contents {

void put(Database& db, QueueId queue_id, std::string_view octets);
std::optional<std::string> get(Database& db, QueueId queue_id);
void erase(Database& db, QueueId queue_id);

}  // namespace sesame::store::sqlite::contents
