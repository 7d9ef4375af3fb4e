// sqlite/row_errors.h: a statement that met no row, or one that was there already, as an error of the store.
#pragma once

#include <string>

#include "store/sqlite/database.h"

namespace sesame::store::sqlite {

inline std::unexpected<StoreError> not_found(std::string detail) {
  return std::unexpected(StoreError{StoreErrc::not_found, std::move(detail)});
}
inline std::unexpected<StoreError> already_exists(std::string detail) {
  return std::unexpected(StoreError{StoreErrc::already_exists, std::move(detail)});
}

// After an update or delete: not_found if it met no row.
inline StoreResult<void> expect_found(const Database& db, std::string detail) {
  if (db.changes() == 0) return not_found(std::move(detail));
  return {};
}
// After an insert "on conflict do nothing": already_exists if it made none.
inline StoreResult<void> expect_made(const Database& db, std::string detail) {
  if (db.changes() == 0) return already_exists(std::move(detail));
  return {};
}

}  // namespace sesame::store::sqlite
