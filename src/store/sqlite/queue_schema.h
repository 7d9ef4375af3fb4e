// sqlite/queue_schema.h: the tables of queue.db. Described in docs/store-format.md.
#pragma once

#include "store/sqlite/migration.h"

namespace sesame::store::sqlite {

extern const Schema queue_schema;

}  // namespace sesame::store::sqlite
