// sqlite/database.h: one SQLite connection, its statements, and rows with types.
//
//   Query query(db, "select created from accounts where account_id = ?1", account_id);
//   if (query.step()) use(query.time(0));
//
// Failing statements throw EngineFailure, and only inside store/sqlite: any of several hundred binds and steps can fail
// with the disk, and a value at each would bury what they do. Writer and Readers, the only callers of code that holds a
// Database, turn it into a StoreError and undo the operation it came from.
//
// A connection belongs to one thread at a time (SQLITE_OPEN_NOMUTEX).
#pragma once

#include <concepts>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>

#include "base/clock.h"
#include "store/error.h"

struct sqlite3;
struct sqlite3_stmt;

namespace sesame::store::sqlite {

class EngineFailure final : public std::exception {
 public:
  explicit EngineFailure(StoreError error) : error_(std::move(error)) {}
  const char* what() const noexcept override { return error_.detail.c_str(); }
  const StoreError& error() const { return error_; }

 private:
  StoreError error_;
};

// SQL is always a literal of the program: nothing from outside can become part of it, and its address names the
// prepared statement in the cache.
class Sql {
 public:
  template <std::size_t size>
  consteval Sql(const char (&literal)[size]) : text_(literal, size - 1) {}  // NOLINT(google-explicit-constructor)
  std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

// Octets bound without a copy: they must outlive the Query.
struct Blob {
  std::string_view octets;
};

enum class Access { read_write, read_only };

struct DatabaseSettings {
  Access access = Access::read_write;
  std::int64_t cache_kib = 16 * 1024;  // at most; grows with use
  // Overwrite what is deleted (secrets). Without it freed pages keep their octets until reused; contents are large, and
  // writing them a third time to erase them costs as much as storing them.
  bool secure_delete = true;
};

class Database {
 public:
  // Opens or creates `file` (mode 0600) in WAL mode with synchronous=FULL, 8 KiB pages. Throws EngineFailure.
  Database(const std::filesystem::path& file, const DatabaseSettings& settings);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  void execute(Sql sql);                    // one statement, rows ignored, kept prepared
  void run_script(const std::string& sql);  // several statements of the schema; not kept

  void roll_back() noexcept;  // if a transaction is open; a failure is logged

  std::int64_t changes() const;  // rows changed by the last insert, update or delete
  std::int64_t last_insert_id() const;
  bool in_transaction() const;           // false also after SQLite rolled back by itself (disk full, I/O error)
  std::int64_t single_integer(Sql sql);  // first column of the only row

  std::int64_t wal_frames() const { return wal_frames_; }  // pages in the log after the last commit
  // Copies the log back into the file; `restart` also waits for readers, so that the log begins anew.
  void checkpoint(bool restart);

  const std::filesystem::path& file() const { return file_; }

 private:
  friend class Query;
  void check(int code) const;
  [[noreturn]] void fail(int code) const;
  void configure(const DatabaseSettings& settings);
  sqlite3_stmt* borrow(Sql sql);

  std::filesystem::path file_;
  sqlite3* handle_ = nullptr;
  std::int64_t wal_frames_ = 0;
  std::unordered_map<const char*, sqlite3_stmt*> statements_;  // by the literal's address; null while borrowed
};

// One use of a prepared statement. Parameters are ?1, ?2, ... in order. Text is copied when bound, Blob is not.
class Query {
 public:
  template <class... Args>
  explicit Query(Database& db, Sql sql, const Args&... args) : Query(Borrowed{}, db, sql) {
    int index = 0;
    (bind(++index, args), ...);
  }
  ~Query();
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  bool step();   // true: a row is there
  void run();    // steps to the end
  void again();  // back to before the first step, parameters kept

  // Columns of the current row. A NULL or another type than asked for throws EngineFailure(corrupt).
  std::int64_t integer(int column);
  bool boolean(int column) { return integer(column) != 0; }
  Time time(int column) { return from_unix_ms(integer(column)); }
  std::string text(int column);
  std::string blob(int column);
  bool is_null(int column);
  std::optional<std::string> optional_text(int column);
  std::optional<Time> optional_time(int column);

 private:
  struct Borrowed {};
  // Delegated to, so that a failing bind still gives the statement back.
  Query(Borrowed, Database& db, Sql sql) : db_(db), sql_(sql), statement_(db.borrow(sql)) {}

  template <class T>
  void bind(int index, const T& value) {
    if constexpr (std::integral<T>) {
      bind_integer(index, static_cast<std::int64_t>(value));
    } else if constexpr (std::same_as<T, Time>) {
      bind_integer(index, to_unix_ms(value));
    } else if constexpr (std::same_as<T, Blob>) {
      bind_blob(index, value.octets);
    } else if constexpr (std::convertible_to<const T&, std::string_view>) {
      bind_text(index, value);
    } else if (value.has_value()) {
      bind(index, *value);
    } else {
      bind_null(index);
    }
  }
  void bind_integer(int index, std::int64_t value);
  void bind_text(int index, std::string_view value);
  void bind_blob(int index, std::string_view value);
  void bind_null(int index);
  void expect_type(int column, int type);

  Database& db_;
  Sql sql_;
  sqlite3_stmt* statement_;
};

}  // namespace sesame::store::sqlite
