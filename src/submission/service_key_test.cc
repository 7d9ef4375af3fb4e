#include "submission/service_key.h"

#include <gtest/gtest.h>

#include "net/testing/run_task.h"
#include "store/testing/temp_stores.h"

namespace sesame::submission {
namespace {

TEST(ServiceKey, IsMadeOnceAndKept) {
  store::TempStores temp;
  SecureRandom random;
  const auto made = net::run_task(load_service_key(*temp.stores.control, random));
  ASSERT_TRUE(made) << made.error();
  EXPECT_EQ(made->selector.size(), 16U);
  EXPECT_TRUE(made->key.record().starts_with("v=DKIM1; k=rsa; p="));
  temp.reopen();
  const auto kept = net::run_task(load_service_key(*temp.stores.control, random));
  ASSERT_TRUE(kept) << kept.error();
  EXPECT_EQ(kept->selector, made->selector);
  EXPECT_EQ(kept->key.record(), made->key.record());
}

TEST(ServiceKey, ADamagedOneIsNotReplaced) {
  store::TempStores temp;
  SecureRandom random;
  ASSERT_TRUE(net::run_task(temp.stores.control->put_secret("service-dkim/abc", Secret("no key"))));
  const auto loaded = net::run_task(load_service_key(*temp.stores.control, random));
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error(), "the service's DKIM key is damaged");
}

}  // namespace
}  // namespace sesame::submission
