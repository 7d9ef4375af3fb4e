#include "store/sqlite/engine.h"

namespace sesame::store::sqlite {

Result<std::unique_ptr<Engine>, std::string> Engine::open(const std::filesystem::path& file, const Schema& schema,
                                                          const EngineSettings& settings, OlderSchema older,
                                                          CommitHooks hooks) {
  try {
    auto db = std::make_unique<Database>(
        file, DatabaseSettings{.cache_kib = settings.writer_cache_kib, .secure_delete = settings.secure_delete});
    const auto migrated = bring_forward(*db, schema, older);
    if (!migrated) return std::unexpected(migrated.error());
    hooks.opened(*db);
    std::vector<std::unique_ptr<Database>> connections;
    for (std::size_t i = 0; i < settings.reader_threads; ++i) {
      connections.push_back(std::make_unique<Database>(
          file, DatabaseSettings{.access = Access::read_only, .cache_kib = settings.reader_cache_kib}));
    }
    return std::make_unique<Engine>(std::move(db), std::move(connections), settings.limits, std::move(hooks));
  } catch (const EngineFailure& failure) {
    return std::unexpected(failure.error().detail);
  }
}

}  // namespace sesame::store::sqlite
