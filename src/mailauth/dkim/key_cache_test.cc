#include "mailauth/dkim/key_cache.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace sesame::mailauth::dkim {
namespace {

std::string record() { return SigningKey::generate_ed25519().record(); }

TEST(KeyCache, AnswersAsTheParserDoes) {
  KeyCache cache;
  const SigningKey key = SigningKey::generate_ed25519();
  const std::string digest(32, 'd'), signature = key.sign_digest(digest);
  for (int times = 0; times < 2; ++times) {
    const auto found = cache.parse(key.record() + "; t=s");
    ASSERT_TRUE(found);
    EXPECT_TRUE(found->exact_domain_only);
    EXPECT_TRUE(found->key.verify_digest(digest, signature));
  }
  EXPECT_EQ(cache.size(), 1u);
}

TEST(KeyCache, KeepsNothingThatIsNoKey) {
  KeyCache cache;
  EXPECT_EQ(cache.parse("v=DKIM1; p=").error(), KeyRecordError::revoked);
  EXPECT_EQ(cache.parse("").error(), KeyRecordError::not_a_key_record);
  EXPECT_TRUE(cache.parse(record() + "; n=" + std::string(KeyCache::max_kept_octets, 'x')));
  EXPECT_EQ(cache.size(), 0u);
}

TEST(KeyCache, NeverHoldsMoreThanItsCapacity) {
  KeyCache cache(3);
  for (int i = 0; i < 10; ++i) {
    EXPECT_TRUE(cache.parse(record()));
    EXPECT_LE(cache.size(), 3u);
  }
}

TEST(KeyCache, MayBeAskedFromManyThreads) {
  KeyCache cache(2);
  const std::vector<std::string> records = {record(), record(), record()};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int times = 0; times < 200; ++times) EXPECT_TRUE(cache.parse(records[static_cast<std::size_t>(times) % 3]));
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace sesame::mailauth::dkim
