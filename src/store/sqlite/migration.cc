#include "store/sqlite/migration.h"

#include <fmt/format.h>

namespace sesame::store::sqlite {
namespace {

Result<void, std::string> check_ownership(Database& db, const Schema& schema) {
  const std::int64_t application_id = db.single_integer("pragma application_id");
  if (application_id == schema.application_id) return {};
  const bool is_empty = db.single_integer("select count(*) from sqlite_schema") == 0;
  if (application_id == 0 && is_empty) return {};
  return std::unexpected(fmt::format("{}: not a database of this kind (application id {:#x} instead of {:#x})",
                                     db.file().string(), application_id, schema.application_id));
}

void apply(Database& db, const Schema& schema, std::size_t version) {
  db.execute("begin immediate");
  try {
    db.run_script(schema.steps[version]);
    db.run_script(
        fmt::format("pragma application_id = {}; pragma user_version = {}", schema.application_id, version + 1));
    db.execute("commit");
  } catch (const EngineFailure&) {
    db.roll_back();
    throw;
  }
}

}  // namespace

Result<void, std::string> bring_forward(Database& db, const Schema& schema, OlderSchema older) {
  try {
    const auto ours = check_ownership(db, schema);
    if (!ours) return ours;
    // A negative one becomes huge, and is refused with the newer ones.
    const auto version = static_cast<std::size_t>(db.single_integer("pragma user_version"));
    if (version > schema.steps.size()) {
      return std::unexpected(fmt::format("{}: schema version {} is newer than this program knows ({})",
                                         db.file().string(), version, schema.steps.size()));
    }
    if (older == OlderSchema::refuse && version < schema.steps.size()) {
      return std::unexpected(
          fmt::format("{}: schema version {} is older than this program's ({}), and another sesame is using it",
                      db.file().string(), version, schema.steps.size()));
    }
    for (std::size_t next = version; next < schema.steps.size(); ++next) apply(db, schema, next);
    return {};
  } catch (const EngineFailure& failure) {
    return std::unexpected(fmt::format("cannot bring the schema forward: {}", failure.error().detail));
  }
}

}  // namespace sesame::store::sqlite
