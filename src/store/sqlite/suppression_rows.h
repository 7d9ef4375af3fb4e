// sqlite/suppression_rows.h: suppressed destinations as rows of queue.db. Called on database threads; each function is
// part of its caller's transaction.
#pragma once

#include "store/queue_store.h"
#include "store/sqlite/database.h"

namespace sesame::store::sqlite {

void put_suppressed_row(Database& db, const SuppressedDestination& destination);
std::optional<SuppressedDestination> find_suppressed_row(Database& db, const std::string& account_id,
                                                         std::string_view address);
StoreResult<SuppressionPage> list_suppressed_rows(Database& db, const SuppressionFilter& filter);

}  // namespace sesame::store::sqlite
