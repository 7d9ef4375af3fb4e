#include "store/sqlite/database.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "store/testing/temp_stores.h"

namespace sesame::store::sqlite {
namespace {

template <class Action>
std::optional<StoreErrc> failure(Action action) {
  try {
    action();
  } catch (const EngineFailure& failure) {
    return failure.error().code;
  }
  return std::nullopt;
}

class DatabaseTest : public testing::Test {
 protected:
  TempDirectory directory_;
  Database db_{directory_.path() / "test.db", {}};
};

TEST_F(DatabaseTest, ValuesComeBackWithTheirTypes) {
  db_.run_script("create table t (i integer, t text, b blob, n text, time integer) strict");
  const std::string text("a\0b\xff", 4);
  const std::optional<std::string> unset;
  Query(db_, "insert into t values (?1, ?2, ?3, ?4, ?5)", std::int64_t{-5}, text, Blob{text}, unset, from_unix_ms(7))
      .run();
  Query query(db_, "select * from t");
  ASSERT_TRUE(query.step());
  EXPECT_EQ(query.integer(0), -5);
  EXPECT_EQ(query.text(1), text);
  EXPECT_EQ(query.blob(2), text);
  EXPECT_EQ(query.optional_text(3), std::nullopt);
  EXPECT_EQ(query.optional_time(4), from_unix_ms(7));
  EXPECT_FALSE(query.step());
}

TEST_F(DatabaseTest, EmptyTextAndBlobAreNotNull) {
  db_.run_script("create table t (t text not null, b blob not null) strict");
  Query(db_, "insert into t values (?1, ?2)", std::string_view(), Blob{}).run();
  Query query(db_, "select * from t");
  ASSERT_TRUE(query.step());
  EXPECT_EQ(query.text(0), "");
  EXPECT_EQ(query.blob(1), "");
}

TEST_F(DatabaseTest, ColumnOfAnotherTypeIsCorrupt) {
  EXPECT_EQ(failure([&] {
              Query query(db_, "select 'text', null");
              query.step();
              query.integer(0);
            }),
            StoreErrc::corrupt);
  EXPECT_EQ(failure([&] {
              Query query(db_, "select 'text', null");
              query.step();
              query.text(1);
            }),
            StoreErrc::corrupt);
}

std::int64_t count_down(Database& db, std::int64_t from) {
  Query query(db, "select ?1 - 1", from);
  query.step();
  if (query.integer(0) <= 0) return 0;
  return 1 + count_down(db, query.integer(0));
}

TEST_F(DatabaseTest, StatementMayBeUsedInsideItsOwnLoop) { EXPECT_EQ(count_down(db_, 5), 4); }

TEST_F(DatabaseTest, StatementIsCleanAfterAFailure) {
  db_.run_script("create table t (i integer primary key, v text) strict");
  for (int round = 0; round < 2; ++round) {
    const auto insert = [&] { Query(db_, "insert into t values (1, ?1)", "x").run(); };
    EXPECT_EQ(failure(insert), round == 0 ? std::nullopt : std::optional(StoreErrc::already_exists));
  }
  EXPECT_EQ(db_.single_integer("select count(*) from t"), 1);
}

TEST_F(DatabaseTest, ErrorsAreToldApart) {
  db_.run_script("create table t (i integer primary key, v text not null) strict; insert into t values (1, 'x')");
  EXPECT_EQ(failure([&] { db_.execute("insert into t values (1, 'y')"); }), StoreErrc::already_exists);
  EXPECT_EQ(failure([&] { db_.execute("insert into t values (2, null)"); }), StoreErrc::unavailable);
  db_.run_script("pragma max_page_count = 3");
  EXPECT_EQ(failure([&] { db_.execute("insert into t values (3, hex(zeroblob(1000000)))"); }), StoreErrc::full);
}

TEST_F(DatabaseTest, FileThatIsNoDatabaseIsCorrupt) {
  const auto file = directory_.path() / "other.db";
  std::ofstream(file) << std::string(20000, 'x');
  EXPECT_EQ(failure([&] { Database other(file, {}); }), StoreErrc::corrupt);
}

TEST_F(DatabaseTest, FileIsForItsOwnerOnly) {
  using std::filesystem::perms;
  db_.run_script("create table t (i integer)");
  for (const char* name : {"test.db", "test.db-wal"}) {
    EXPECT_EQ(std::filesystem::status(directory_.path() / name).permissions(), perms::owner_read | perms::owner_write)
        << name;
  }
}

TEST_F(DatabaseTest, SettingsAreInForce) {
  EXPECT_EQ(db_.single_integer("pragma page_size"), 8192);
  EXPECT_EQ(db_.single_integer("pragma synchronous"), 2);  // full
  EXPECT_EQ(db_.single_integer("pragma wal_autocheckpoint"), 0);
  EXPECT_EQ(db_.single_integer("pragma foreign_keys"), 1);
  EXPECT_EQ(db_.single_integer("pragma secure_delete"), 1);
  EXPECT_EQ(db_.single_integer("pragma temp_store"), 2);  // memory
  Query mode(db_, "pragma journal_mode");
  ASSERT_TRUE(mode.step());
  EXPECT_EQ(mode.text(0), "wal");
}

TEST_F(DatabaseTest, ReadOnlyConnectionCannotWrite) {
  db_.run_script("create table t (i integer)");
  Database reader(directory_.path() / "test.db", {.access = Access::read_only});
  EXPECT_EQ(reader.single_integer("select count(*) from t"), 0);
  EXPECT_EQ(failure([&] { reader.execute("insert into t values (1)"); }), StoreErrc::unavailable);
}

}  // namespace
}  // namespace sesame::store::sqlite
