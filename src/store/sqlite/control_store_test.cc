#include "store/sqlite/control_store.h"

#include "store/testing/control_conformance.h"
#include "store/testing/identity_watch_conformance.h"
#include "store/testing/temp_stores.h"

namespace sesame::store {

INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, ControlConformance, TempStores);
INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, IdentityConformance, TempStores);
INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, IdentityWatchConformance, TempStores);

namespace sqlite {
namespace {

// What stands in the file, by a connection of the test's own.
std::string stored_blob(const TempStores& temp, Sql sql) {
  Database db(temp.directory() / "control.db", {});
  Query query(db, sql);
  EXPECT_TRUE(query.step());
  return query.blob(0);
}

TEST(SqliteControlStore, SecretsAreSealedForTheirOwnRow) {
  TempStores temp;
  const IdentityRecord identity = plain_identity("example.com");
  IdentityCommit beside;
  beside.keys.push_back(sample_key(identity, "selector"));
  ASSERT_TRUE(net::run_task(temp.stores.control->create_identity(identity, std::move(beside))));
  ASSERT_TRUE(net::run_task(temp.stores.control->put_secret("name", Secret("value"))));
  temp.close();
  const std::string sealed_key = stored_blob(temp, "select sealed_private_key from dkim_keys");
  EXPECT_EQ(sealed_key.find("private of"), std::string::npos);
  const auto key = temp.sealer().open(sealed_key, "dkim:111122223333:example.com:selector");
  ASSERT_TRUE(key);
  EXPECT_EQ(key->reveal(), "private of selector");
  EXPECT_TRUE(temp.sealer().open(stored_blob(temp, "select sealed_value from secrets"), "secret:name"));
}

TEST(SqliteControlStore, SecretSealedWithAnotherKeyIsCorruptAndTheRestReadable) {
  TempStores temp;
  Credential credential{.access_key_id = "AKIA1", .account_id = "111122223333", .secret_access_key = Secret("s")};
  ASSERT_TRUE(net::run_task(temp.stores.control->create_credential(std::move(credential))));
  ASSERT_TRUE(net::run_task(temp.stores.control->put_account({"111122223333", "", {}})));
  temp.close();
  SecureRandom random;
  const Sealer other(Secret(std::string(32, 'x')), random);
  const auto stores = open_stores("sqlite:" + temp.directory().string(), other);
  ASSERT_TRUE(stores);
  const auto found = net::run_task(stores->control->find_credential("AKIA1"));
  EXPECT_EQ(error_of(found), StoreErrc::corrupt);
  EXPECT_EQ(found.error().detail, "credential:AKIA1: sealed with another key, or damaged");
  EXPECT_TRUE(net::run_task(stores->control->find_account("111122223333")));
}

TEST(SqliteControlStore, DamagedStateIsCorrupt) {
  TempStores temp;
  const IdentityRecord identity = plain_identity("example.com");
  ASSERT_TRUE(net::run_task(temp.stores.control->create_identity(identity, {})));
  temp.close();
  Database(temp.directory() / "control.db", {}).execute("update identities set state = '{}'");
  temp.reopen();
  const auto found = net::run_task(temp.stores.control->find_identity("111122223333", "example.com"));
  EXPECT_EQ(error_of(found), StoreErrc::corrupt);
  EXPECT_EQ(found.error().detail, "111122223333/example.com: identity state: document: members missing or unknown");
}

}  // namespace
}  // namespace sqlite
}  // namespace sesame::store
