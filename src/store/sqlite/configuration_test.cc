#include "store/sqlite/control_store.h"
#include "store/testing/configuration_conformance.h"
#include "store/testing/suppression_conformance.h"
#include "store/testing/temp_stores.h"

namespace sesame::store {

INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, ConfigurationConformance, TempStores);
INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, SuppressionConformance, TempStores);

namespace sqlite {
namespace {

TEST(SqliteConfigurationSets, UnknownBitsInARowAreCorrupt) {
  TempStores temp;
  ASSERT_TRUE(net::run_task(temp.stores.control->create_configuration_set(sample_configuration_set("one"))));
  temp.close();
  Database(temp.directory() / "control.db", {}).execute("update configuration_sets set suppression = 4");
  temp.reopen();
  const auto found = net::run_task(temp.stores.control->find_configuration_set("111122223333", "one"));
  EXPECT_EQ(error_of(found), StoreErrc::corrupt);
}

}  // namespace
}  // namespace sqlite
}  // namespace sesame::store
