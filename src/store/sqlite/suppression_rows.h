// sqlite/suppression_rows.h: suppressed destinations as rows of queue.db. Called on database threads; each function is
// part of its caller's transaction.
#pragma once

#include "store/queue_store.h"
#include "store/sqlite/database.h"

namespace sesame::store::sqlite {

void put_suppressed_row(Database& db, const SuppressedDestination& destination);
std::optional<SuppressedDestination> find_suppressed_row(Database& db, const std::string& account_id,
                                                         std::string_view address);
// Adds the listed recipients to message.suppressed and what is told of them to `events`.
void suppress_listed(Database& db, const SuppressionCheck& check, NewMessage& message, std::vector<Event>& events);
StoreResult<SuppressionPage> list_suppressed_rows(Database& db, const SuppressionFilter& filter);

}  // namespace sesame::store::sqlite
