#include "store/sqlite/migration.h"

#include <gtest/gtest.h>

#include "base/digest.h"
#include "net/testing/run_task.h"
#include "store/identity_json.h"
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
  ASSERT_GE(control_schema.steps.size(), 2u);
  EXPECT_EQ(sha256_hex(control_schema.steps[0]), "b56c240c4dfecbfb5b2644775aa7b1c0a00095ce23909064d90ec9fb0385be07");
  EXPECT_EQ(sha256_hex(control_schema.steps[1]), "f30fa365043be3f46742f4386403a82ccb91817907a419994219978e91428a12");
  ASSERT_GE(queue_schema.steps.size(), 2u);
  EXPECT_EQ(sha256_hex(queue_schema.steps[0]), "ba3097b5753c0d8550de7d396fe7ab1a4bb916efbef89b51a0b8aa5b729b4a17");
  EXPECT_EQ(sha256_hex(queue_schema.steps[1]), "d2939376df783b96513296c37104fae5073d1d6dc8c86243570330380b5e91f2");
}

// As version 1 left it.
void make_version_1(const std::filesystem::path& file, const Schema& schema) {
  Database db(file, {});
  ASSERT_TRUE(bring_forward(db, {.application_id = schema.application_id, .steps = schema.steps.first(1)}));
}

TEST(ReleasedSchema, VersionOneOfTheControlStoreIsBroughtForwardWithItsData) {
  TempStores temp;
  temp.close();
  std::filesystem::remove(temp.directory() / "control.db");
  make_version_1(temp.directory() / "control.db", control_schema);
  Database(temp.directory() / "control.db", {}).execute("insert into accounts values ('111122223333', 'a@b', 5)");
  temp.reopen();
  const auto account = net::run_task(temp.stores.control->find_account("111122223333"));
  ASSERT_TRUE(account);
  EXPECT_EQ(account->notice_address, "a@b");
  const auto attributes = net::run_task(temp.stores.control->find_account_attributes("111122223333"));
  ASSERT_TRUE(attributes);
  EXPECT_EQ(*attributes, AccountAttributes());
  ASSERT_TRUE(net::run_task(temp.stores.control->create_configuration_set(sample_configuration_set("set"))));
}

TEST(ReleasedSchema, IdentitiesThatDriftedBeforeThereWasAColumnForItAreFound) {
  TempStores temp;
  temp.close();
  std::filesystem::remove(temp.directory() / "control.db");
  {
    Database db(temp.directory() / "control.db", {});
    ASSERT_TRUE(
        bring_forward(db, {.application_id = control_schema.application_id, .steps = control_schema.steps.first(8)}));
    const auto put = [&db](const char* name, MailFromStatus status, std::optional<Time> last_success) {
      IdentityRecord identity = plain_identity(name);
      identity.mail_from = MailFromState{.domain = "bounce.example.com", .status = status};
      identity.mail_from->timer.last_success = last_success;
      Query(db,
            "insert into identities (account_id, name, kind, created, version, state) values ('111122223333', ?1, 0, "
            "0, 1, ?2)",
            std::string(name), identity_state_to_json(identity))
          .run();
    };
    put("a.example", MailFromStatus::temporary_failure, std::nullopt);
    put("b.example", MailFromStatus::failed, Time{});
    put("c.example", MailFromStatus::failed, std::nullopt);
    put("d.example", MailFromStatus::success, Time{});
  }
  temp.reopen();
  const auto drifted = net::run_task(temp.stores.control->list_drifted_identities("111122223333", "", 10, ""));
  ASSERT_TRUE(drifted);
  ASSERT_EQ(drifted->identities.size(), 2u);
  EXPECT_EQ(drifted->identities[0].name, "a.example");
  EXPECT_EQ(drifted->identities[1].name, "b.example");
}

TEST(ReleasedSchema, VersionOneOfTheQueueIsBroughtForwardWithItsData) {
  TempStores temp;
  temp.close();
  std::filesystem::remove(temp.directory() / "queue.db");
  make_version_1(temp.directory() / "queue.db", queue_schema);
  Database(temp.directory() / "queue.db", {})
      .run_script(
          "insert into messages values (7, 'm1', '111122223333', 'example.com', 'a@example.com', 's', 'f', null, '[]', "
          "'smtp', '', 'r@b', 0, 0, 1000, 2000, 1); insert into contents values (7, x'41'); "
          "insert into recipients values (9, 7, 'a@example.net', 0, 1000, 0)");
  temp.reopen();
  const auto message = net::run_task(temp.stores.queue->find_message("111122223333", "m1"));
  ASSERT_TRUE(message);
  EXPECT_EQ(message->message.operation, "");
  EXPECT_EQ(message->message.header_section, "");
  EXPECT_EQ(message->message.tls_policy, TlsPolicy::optional);
  EXPECT_EQ(message->message.suppression, SuppressionReasons());
  const auto due = net::run_task(temp.stores.queue->lease_due(from_unix_ms(1000), 9));
  ASSERT_TRUE(due);
  EXPECT_EQ(due->size(), 1u);
}

}  // namespace
}  // namespace sesame::store::sqlite
