// sqlite/engine.h: one database file with its writer and its readers.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "store/sqlite/migration.h"
#include "store/sqlite/readers.h"
#include "store/sqlite/writer.h"

namespace sesame::store::sqlite {

struct EngineSettings {
  std::int64_t writer_cache_kib = 32 * 1024;
  std::int64_t reader_cache_kib = 16 * 1024;
  bool secure_delete = true;
  std::size_t reader_threads = 2;
  JobQueue::Limits limits;
};

// Destroying it finishes what is queued and closes the file; the log is copied back and removed.
struct Engine {
  Engine(std::unique_ptr<Database> db, std::vector<std::unique_ptr<Database>> connections, JobQueue::Limits limits,
         CommitHooks hooks)
      : writer(std::move(db), limits, std::move(hooks)), readers(std::move(connections), limits) {}

  // Opens or creates `file` and brings its schema forward. The error is one line naming the file.
  static Result<std::unique_ptr<Engine>, std::string> open(const std::filesystem::path& file, const Schema& schema,
                                                           const EngineSettings& settings,
                                                           OlderSchema older = OlderSchema::bring_forward,
                                                           CommitHooks hooks = {});

  WaitingOperations waiting() const { return {writer.waiting(), readers.waiting()}; }  // thread-safe

  Writer writer;
  Readers readers;  // closed before the writer, which then has the log to itself
};

}  // namespace sesame::store::sqlite
