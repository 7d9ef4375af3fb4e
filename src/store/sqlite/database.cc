#include "store/sqlite/database.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/log.h"

namespace sesame::store::sqlite {
namespace {

constexpr int busy_timeout_ms = 5000;  // a command beside the service, or the sqlite3 shell, may hold the lock
// Kept at hand for small allocations. SQLite's own 40 are all with the prepared statements we keep.
constexpr int small_block_octets = 1200, small_blocks = 500;

StoreErrc classify(int code) {
  switch (code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY: return StoreErrc::already_exists;
    default: break;
  }
  switch (code & 0xff) {
    case SQLITE_FULL:
    case SQLITE_TOOBIG: return StoreErrc::full;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return StoreErrc::corrupt;
    default: return StoreErrc::unavailable;
  }
}

StoreError error_of(sqlite3* handle, int code, const std::filesystem::path& file) {
  const char* reason = handle != nullptr ? sqlite3_errmsg(handle) : sqlite3_errstr(code);
  return {classify(code), fmt::format("{}: {} ({})", file.string(), reason, code)};
}

// SQLite gives the log and its index the mode of the main file.
void create_private(const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    throw EngineFailure({StoreErrc::unavailable, fmt::format("cannot open {}: {}", file.string(), strerror(errno))});
  }
  ::close(descriptor);
}

int remember_wal_frames(void* counter, sqlite3*, const char*, int frames) {
  *static_cast<std::int64_t*>(counter) = frames;
  return SQLITE_OK;
}

// Before the first connection. Without it every allocation takes a lock that all connections share, to count what
// nobody asks for.
void count_no_memory() {
  static const int done = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  if (done != SQLITE_OK) throw EngineFailure({StoreErrc::unavailable, "sqlite3: in use before the store was opened"});
}

}  // namespace

Database::Database(const std::filesystem::path& file, const DatabaseSettings& settings) : file_(file) {
  count_no_memory();
  if (settings.access == Access::read_write) create_private(file);
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  const int code = sqlite3_open_v2(file.c_str(), &handle_, flags, nullptr);
  try {
    check(code);
    configure(settings);
  } catch (...) {
    sqlite3_close(handle_);
    throw;
  }
}

Database::~Database() {
  for (const auto& [sql, statement] : statements_) sqlite3_finalize(statement);
  sqlite3_close(handle_);
}

void Database::configure(const DatabaseSettings& settings) {
  sqlite3_busy_timeout(handle_, busy_timeout_ms);
  check(sqlite3_db_config(handle_, SQLITE_DBCONFIG_LOOKASIDE, nullptr, small_block_octets, small_blocks));
  // Before anything else, or a new file is already formatted.
  run_script("pragma page_size = 8192");
  run_script(
      "pragma journal_mode = wal; pragma synchronous = full; pragma temp_store = memory;"
      "pragma foreign_keys = on; pragma trusted_schema = off; pragma wal_autocheckpoint = 0;"
      "pragma journal_size_limit = 67108864");
  run_script(fmt::format("pragma cache_size = {}", -settings.cache_kib));
  run_script(settings.secure_delete ? "pragma secure_delete = on" : "pragma secure_delete = fast");
  if (settings.access == Access::read_only) run_script("pragma query_only = on");
  sqlite3_wal_hook(handle_, remember_wal_frames, &wal_frames_);
}

void Database::check(int code) const {
  if (code != SQLITE_OK) fail(code);
}

void Database::fail(int code) const { throw EngineFailure(error_of(handle_, code, file_)); }

void Database::execute(Sql sql) { Query(*this, sql).run(); }

void Database::run_script(const std::string& sql) {
  check(sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr));
}

void Database::roll_back() noexcept {
  if (!in_transaction()) return;
  try {
    execute("rollback");
  } catch (const EngineFailure& failure) {
    log::error("store", "rollback failed", {{"reason", failure.error().detail}});
  }
}

std::int64_t Database::changes() const { return sqlite3_changes64(handle_); }
std::int64_t Database::last_insert_id() const { return sqlite3_last_insert_rowid(handle_); }
bool Database::in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }

std::int64_t Database::single_integer(Sql sql) {
  Query query(*this, sql);
  if (!query.step()) throw EngineFailure({StoreErrc::corrupt, fmt::format("{}: no row", sql.text())});
  return query.integer(0);
}

void Database::checkpoint(bool restart) {
  const int mode = restart ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE;
  const int code = sqlite3_wal_checkpoint_v2(handle_, nullptr, mode, nullptr, nullptr);
  if (code != SQLITE_BUSY) check(code);  // busy: a reader is still in the log; the next one will do
}

sqlite3_stmt* Database::borrow(Sql sql) {
  const auto [entry, is_new] = statements_.try_emplace(sql.text().data(), nullptr);
  if (!is_new && entry->second != nullptr) return std::exchange(entry->second, nullptr);
  sqlite3_stmt* statement = nullptr;
  check(sqlite3_prepare_v3(handle_, sql.text().data(), static_cast<int>(sql.text().size()), SQLITE_PREPARE_PERSISTENT,
                           &statement, nullptr));
  return statement;
}

Query::~Query() {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
  sqlite3_stmt*& place = db_.statements_[sql_.text().data()];
  if (place == nullptr) {
    place = statement_;
  } else {
    sqlite3_finalize(statement_);  // the same statement was used inside its own loop
  }
}

bool Query::step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) db_.fail(code);
  return false;
}

void Query::run() {
  while (step()) {}
}

void Query::again() { sqlite3_reset(statement_); }

void Query::expect_type(int column, int type) {
  const int found = sqlite3_column_type(statement_, column);
  if (found == type) return;
  throw EngineFailure({StoreErrc::corrupt, fmt::format("{}: column {} of [{}] has storage class {} instead of {}",
                                                       db_.file().string(), column, sql_.text(), found, type)});
}

std::int64_t Query::integer(int column) {
  expect_type(column, SQLITE_INTEGER);
  return sqlite3_column_int64(statement_, column);
}

std::string Query::text(int column) {
  expect_type(column, SQLITE_TEXT);
  const auto* octets = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  return {octets, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::string Query::blob(int column) {
  expect_type(column, SQLITE_BLOB);
  const auto* octets = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
  return size == 0 ? std::string() : std::string(octets, size);  // an empty blob has no address
}

bool Query::is_null(int column) { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }

std::optional<std::string> Query::optional_text(int column) {
  if (is_null(column)) return std::nullopt;
  return text(column);
}

std::optional<Time> Query::optional_time(int column) {
  if (is_null(column)) return std::nullopt;
  return time(column);
}

void Query::bind_integer(int index, std::int64_t value) { db_.check(sqlite3_bind_int64(statement_, index, value)); }

void Query::bind_text(int index, std::string_view value) {
  // A view without an address would bind NULL.
  const char* octets = value.data() != nullptr ? value.data() : "";
  db_.check(sqlite3_bind_text64(statement_, index, octets, value.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
}

void Query::bind_blob(int index, std::string_view value) {
  const char* octets = value.data() != nullptr ? value.data() : "";
  db_.check(sqlite3_bind_blob64(statement_, index, octets, value.size(), SQLITE_STATIC));
}

void Query::bind_null(int index) { db_.check(sqlite3_bind_null(statement_, index)); }

}  // namespace sesame::store::sqlite
