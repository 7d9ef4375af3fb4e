// sqlite/migration.h: schema versions. A database's `user_version` is the number of steps that have been applied to it.
#pragma once

#include <span>
#include <string>

#include "base/result.h"
#include "store/sqlite/database.h"

namespace sesame::store::sqlite {

// What a database of one purpose goes through. A step that has been released is never edited; a change of the schema is
// a step more. docs/store-format.md describes the outcome.
struct Schema {
  std::int32_t application_id;         // SQLite's header field: which database this is
  std::span<const char* const> steps;  // steps[n] leads from version n to n+1; SQL of several statements
};

// Whether an older database may be changed. Beside another process that has it open it must not.
enum class OlderSchema { bring_forward, refuse };

// Applies the missing steps, each in a transaction of its own with the new version number, so an interrupted upgrade
// goes on where it stopped. The error is one line naming the file: a newer schema than known, an older one that is to
// be refused, or not our database (all leave the file as it was), or the engine's failure.
Result<void, std::string> bring_forward(Database& db, const Schema& schema,
                                        OlderSchema older = OlderSchema::bring_forward);

}  // namespace sesame::store::sqlite
