// sqlite/contact_list_rows.h: what contact_rows.cc needs of contact_list_rows.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "store/error.h"
#include "store/sqlite/database.h"

namespace sesame::store::sqlite {

std::optional<std::int64_t> find_list_id(Database& db, const std::string& account_id, const std::string& name);
std::unexpected<StoreError> no_such_list(const std::string& account_id, const std::string& name);

}  // namespace sesame::store::sqlite
