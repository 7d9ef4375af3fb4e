#include "store/sqlite/migration.h"

#include <gtest/gtest.h>

#include "base/digest.h"
#include "net/testing/run_task.h"
#include "store/sqlite/control_schema.h"
#include "store/sqlite/queue_schema.h"
#include "store/testing/sample_records.h"
#include "store/testing/temp_stores.h"

namespace sesame::store::sqlite {
namespace {

constexpr const char* steps[] = {
    "create table people (id integer primary key, name text not null) strict",
    "alter table people add column greeting text not null default 'hello'; create table notes (note text) strict",
    "update people set greeting = 'hello, ' || name; create index by_name on people (name)",
};
constexpr std::int32_t application_id = 0x54455354;
constexpr Schema current = {.application_id = application_id, .steps = steps};

class Migration : public testing::Test {
 protected:
  // As version 1 of this schema left it, written without any of the code under test.
  void write_version_1() {
    db_.run_script(
        "create table people (id integer primary key, name text not null) strict;"
        "insert into people values (1, 'Ann'), (2, 'B\xc3\xa9la');"
        "pragma application_id = 1413829460; pragma user_version = 1");
  }
  std::string greeting(std::int64_t id) {
    Query query(db_, "select greeting from people where id = ?1", id);
    return query.step() ? query.text(0) : "";
  }
  std::int64_t version() { return db_.single_integer("pragma user_version"); }

  TempDirectory directory_;
  Database db_{directory_.path() / "people.db", {}};
};

TEST_F(Migration, NewDatabaseGetsEveryStep) {
  ASSERT_TRUE(bring_forward(db_, current));
  EXPECT_EQ(version(), 3);
  EXPECT_EQ(db_.single_integer("pragma application_id"), application_id);
  EXPECT_EQ(db_.single_integer("select count(*) from notes"), 0);
}

TEST_F(Migration, OlderDatabaseIsBroughtForwardWithItsData) {
  write_version_1();
  ASSERT_TRUE(bring_forward(db_, current));
  EXPECT_EQ(version(), 3);
  EXPECT_EQ(greeting(1), "hello, Ann");
  EXPECT_EQ(greeting(2), "hello, B\xc3\xa9la");
}

TEST_F(Migration, CurrentDatabaseIsLeftAlone) {
  write_version_1();
  ASSERT_TRUE(bring_forward(db_, current));
  db_.execute("update people set greeting = 'changed'");
  ASSERT_TRUE(bring_forward(db_, current));
  EXPECT_EQ(greeting(1), "changed");
}

TEST_F(Migration, FailingStepIsUndoneAndTheNextStartGoesOnThere) {
  write_version_1();
  constexpr const char* broken[] = {steps[0], steps[1],
                                    "create table half (i integer); insert into nowhere values (1)"};
  const auto failed = bring_forward(db_, {.application_id = application_id, .steps = broken});
  ASSERT_FALSE(failed);
  EXPECT_NE(failed.error().find("people.db"), std::string::npos) << failed.error();
  EXPECT_EQ(version(), 2);
  EXPECT_EQ(db_.single_integer("select count(*) from sqlite_schema where name = 'half'"), 0);
  ASSERT_TRUE(bring_forward(db_, current));
  EXPECT_EQ(greeting(1), "hello, Ann");
}

TEST_F(Migration, NewerDatabaseIsRefusedUnchanged) {
  write_version_1();
  db_.run_script("pragma user_version = 4");
  const auto refused = bring_forward(db_, current);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error(),
            (directory_.path() / "people.db").string() + ": schema version 4 is newer than this program knows (3)");
  EXPECT_EQ(version(), 4);
  EXPECT_EQ(db_.single_integer("select count(*) from people"), 2);
}

TEST_F(Migration, AnotherProgramsDatabaseIsRefusedUnchanged) {
  db_.run_script("create table theirs (i integer)");
  EXPECT_FALSE(bring_forward(db_, current));
  db_.run_script("pragma application_id = 77");
  const auto refused = bring_forward(db_, current);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().find("not a database of this kind"), std::string::npos);
  EXPECT_EQ(db_.single_integer("select count(*) from sqlite_schema"), 1);
}

TEST_F(Migration, NegativeVersionIsRefused) {
  write_version_1();
  db_.run_script("pragma user_version = -1");
  EXPECT_FALSE(bring_forward(db_, current));
}

// Databases that exist were made by these steps: a change of the schema is another step.
TEST(ReleasedSchema, StepsAreNeverEdited) {
  ASSERT_EQ(control_schema.steps.size(), 1u);
  EXPECT_EQ(sha256_hex(control_schema.steps[0]), "b56c240c4dfecbfb5b2644775aa7b1c0a00095ce23909064d90ec9fb0385be07");
  ASSERT_EQ(queue_schema.steps.size(), 1u);
  EXPECT_EQ(sha256_hex(queue_schema.steps[0]), "ba3097b5753c0d8550de7d396fe7ab1a4bb916efbef89b51a0b8aa5b729b4a17");
}

TEST(ReleasedSchema, VersionOneOfTheControlStoreCanBeBroughtForward) {
  TempStores temp;
  const IdentityRecord identity = sample_identity("example.com");
  ASSERT_TRUE(net::run_task(temp.stores.control->create_identity(identity, {})));
  temp.close();
  Database db(temp.directory() / "control.db", {});
  const char* const later[] = {control_schema.steps[0], "alter table accounts add column plan text"};
  ASSERT_TRUE(bring_forward(db, {.application_id = control_schema.application_id, .steps = later}));
  EXPECT_EQ(db.single_integer("select count(*) from identities where name = 'example.com'"), 1);
  EXPECT_EQ(db.single_integer("pragma user_version"), 2);
}

}  // namespace
}  // namespace sesame::store::sqlite
