// sqlite/control_schema.h: the tables of control.db. Described in docs/store-format.md.
#pragma once

#include "store/sqlite/migration.h"

namespace sesame::store::sqlite {

extern const Schema control_schema;

}  // namespace sesame::store::sqlite
