#include "submission/api_message_id.h"

#include <gtest/gtest.h>

#include <set>

#include "net/testing/run_task.h"
#include "store/testing/temp_stores.h"

namespace sesame::submission {
namespace {

using namespace std::chrono_literals;

class MessageIdsTest : public testing::Test {
 protected:
  std::unique_ptr<MessageIds> load() {
    auto loaded = net::run_task(MessageIds::load(*temp.stores.control, clock, random, "us-east-1"));
    EXPECT_TRUE(loaded) << loaded.error();
    return std::move(*loaded);
  }
  store::TempStores temp;
  ManualClock clock;
  SecureRandom random;
};

TEST_F(MessageIdsTest, HasTheKnownFormAndFitsALocalPart) {
  const std::string id = load()->mint();
  EXPECT_EQ(id.size(), 60u);
  EXPECT_TRUE(id.starts_with("0100"));
  EXPECT_TRUE(id.ends_with("-000000"));
  EXPECT_EQ(accept_time(id), clock.now());
}

TEST_F(MessageIdsTest, IsGenuineUntilItExpires) {
  const auto ids = load();
  const std::string id = ids->mint();
  EXPECT_EQ(ids->check(id), IdCheck::genuine);
  clock.advance(24h * 45);
  EXPECT_EQ(ids->check(id), IdCheck::genuine);
  clock.advance(1ms);
  EXPECT_EQ(ids->check(id), IdCheck::expired);
}

TEST_F(MessageIdsTest, AnyChangedDigitIsForgedOrNoLongerTheForm) {
  const auto ids = load();
  const std::string id = ids->mint();
  for (std::size_t i = 0; i < id.size(); ++i) {
    std::string altered = id;
    altered[i] = altered[i] == 'a' ? 'b' : 'a';
    EXPECT_NE(ids->check(altered), IdCheck::genuine) << i;
  }
  EXPECT_EQ(ids->check(""), IdCheck::malformed);
  EXPECT_EQ(ids->check("bounces"), IdCheck::malformed);
  EXPECT_EQ(ids->check(id + "0"), IdCheck::malformed);
}

TEST_F(MessageIdsTest, SurvivesARestart) {
  const std::string id = load()->mint();
  temp.reopen();
  EXPECT_EQ(load()->check(id), IdCheck::genuine);
}

TEST_F(MessageIdsTest, TellsWhenTheNewestKeyWasMadeAlsoAfterARestart) {
  auto ids = load();
  EXPECT_EQ(ids->newest_key_made(), clock.now());
  clock.advance(72h);
  ASSERT_TRUE(net::run_task(ids->rotate()));
  const Time made = clock.now();
  EXPECT_EQ(ids->newest_key_made(), made);
  clock.advance(1h);
  ids.reset();
  temp.reopen();
  EXPECT_EQ(load()->newest_key_made(), made);
}

TEST_F(MessageIdsTest, RotationKeepsMailInFlightGood) {
  const auto ids = load();
  std::vector<std::string> minted;
  for (int i = 0; i < 16; ++i) {
    minted.push_back(ids->mint());
    if (i < 15) {
      clock.advance(1h);
      ASSERT_TRUE(net::run_task(ids->rotate()));
    }
  }
  for (const std::string& id : minted) EXPECT_EQ(ids->check(id), IdCheck::genuine);
  clock.advance(1h);
  ASSERT_TRUE(net::run_task(ids->rotate()));  // the 17th takes the first one's number
  EXPECT_EQ(ids->check(minted[0]), IdCheck::forged);
  EXPECT_EQ(ids->check(minted[1]), IdCheck::genuine);
  // A restart finds the newest key, whatever its number.
  temp.reopen();
  const auto again = load();
  EXPECT_EQ(again->mint()[17], ids->mint()[17]);
}

TEST_F(MessageIdsTest, OtherInstallationsIdsAreForged) {
  store::TempStores other;
  auto foreign = net::run_task(MessageIds::load(*other.stores.control, clock, random, "us-east-1"));
  ASSERT_TRUE(foreign);
  EXPECT_EQ(load()->check((*foreign)->mint()), IdCheck::forged);
}

TEST_F(MessageIdsTest, NeverRepeats) {
  const auto ids = load();
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(seen.insert(ids->mint()).second);
}

}  // namespace
}  // namespace sesame::submission
