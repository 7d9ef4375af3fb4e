#include "delivery/session_slots.h"

#include <gtest/gtest.h>

namespace sesame::delivery {
namespace {

using namespace std::chrono_literals;
using Moment = Group::Moment;
const Moment start = Moment(1h);

class SessionSlotsTest : public testing::Test {
 protected:
  Lane& lane(const std::string& host, std::size_t max_connections = 10) { return lane_of(host, host, max_connections); }
  Lane& lane_of(const std::string& group, const std::string& host, std::size_t max_connections) {
    auto site = std::make_shared<Site>();
    site->name = host;
    site->group = group;
    site->limits.max_connections = max_connections;
    site->known_at = start;
    static const SourcePtr anywhere = std::make_shared<Source>();
    return *lanes.of(site, anywhere);
  }
  void add(Lane& to, int batches, const std::string& identity = "a.example", const std::string& account = "1",
           store::Priority priority = store::Priority::ordinary) {
    for (int i = 0; i < batches; ++i) {
      store::DueRecipient recipient;
      recipient.queue_id = ++last_id;
      recipient.account_id = account;
      recipient.identity = identity;
      recipient.priority = priority;
      Flow& flow = flows.of(recipient);
      ++flow.held;
      to.queue.add(std::move(recipient), "d", flow);
    }
    slots->update(to, start);
  }
  // Opens sessions without ending them, as silent hosts would; by host.
  std::map<std::string, std::size_t> open_all(Moment now = start) {
    std::map<std::string, std::size_t> opened;
    while (Lane* next = slots->next()) {
      if (next->group.room(now) == 0) {
        slots->update(*next, now);
        continue;
      }
      slots->opened();
      ++next->sessions;
      ++next->opening;
      ++next->group.sessions;
      slots->turn(nullptr, next->queue.next_flow());
      ++opened[next->group.name];
      slots->update(*next, now);
    }
    return opened;
  }

  Flows flows;
  Lanes lanes;
  store::QueueId last_id = 0;
  std::unique_ptr<SessionSlots> slots = std::make_unique<SessionSlots>(100);
};

TEST_F(SessionSlotsTest, OneBatchWantsOneSession) {
  add(lane("a"), 1);
  EXPECT_EQ(open_all().at("a"), 1u);
}

TEST_F(SessionSlotsTest, AGroupGetsWhatItsLimitAllows) {
  add(lane("a"), 50);
  EXPECT_EQ(open_all().at("a"), AdaptiveLimit::first_sessions);
  lane("a").group.limit.delivered(start);
  slots->update_blocked(lane("a").group, start);
  EXPECT_EQ(open_all().at("a"), 1u);
}

TEST_F(SessionSlotsTest, AGroupThatPausesOpensByItself) {
  lane("a").group.limit.throttled(start);
  add(lane("a"), 50);
  EXPECT_TRUE(open_all().empty());
  EXPECT_EQ(slots->next_opening(start), start + 1s);
  slots->open_groups(start);
  EXPECT_TRUE(open_all().empty());
  slots->open_groups(start + 1s);
  EXPECT_EQ(open_all(start + 1s).at("a"), 1u);
  EXPECT_EQ(slots->next_opening(start + 1s), std::nullopt);
}

TEST_F(SessionSlotsTest, ALaneThatWaitsForItsFullGroupIsNotForgottenWhenTheGroupPauses) {
  add(lane("a"), 50);
  open_all();
  Group& group = lane("a").group;
  EXPECT_EQ(slots->next_opening(start), std::nullopt);
  group.limit.throttled(start);
  slots->update_blocked(group, start);  // as when another lane's session ends
  EXPECT_EQ(slots->next_opening(start), start + 1s);
}

TEST_F(SessionSlotsTest, WhenSlotsAreFewTheAccountWithTheFewestIsNext) {
  slots = std::make_unique<SessionSlots>(4);
  for (int i = 0; i < 20; ++i) add(lane("bulk" + std::to_string(i)), 1, "bulk.example", "1");
  EXPECT_EQ(open_all().size(), 4u);
  add(lane("small"), 1, "small.example", "2");
  EXPECT_TRUE(slots->is_crowded());
  slots->closed();  // whosever it was
  const auto opened = open_all();
  ASSERT_EQ(opened.size(), 1u);
  EXPECT_EQ(opened.begin()->first, "small");
}

TEST_F(SessionSlotsTest, WithinAnAccountTheIdentityWithTheFewestIsNext) {
  slots = std::make_unique<SessionSlots>(4);
  for (int i = 0; i < 20; ++i) add(lane("bulk" + std::to_string(i)), 1, "bulk.example");
  EXPECT_EQ(open_all().size(), 4u);
  add(lane("small"), 1, "small.example");
  slots->closed();
  EXPECT_EQ(open_all().count("small"), 1u);
}

TEST_F(SessionSlotsTest, WhoComesAnewFindsASlotThoughNobodyLeaves) {
  slots = std::make_unique<SessionSlots>(200);
  for (int i = 0; i < 500; ++i) add(lane("bulk" + std::to_string(i)), 1, "bulk.example", "1");
  EXPECT_EQ(open_all().size(), 144u);
  EXPECT_TRUE(slots->is_crowded());
  for (int i = 0; i < 500; ++i) add(lane("news" + std::to_string(i)), 1, "news.example", "1");
  EXPECT_EQ(open_all().size(), 15u);
  for (int i = 0; i < 500; ++i) add(lane("other" + std::to_string(i)), 1, "other.example", "2");
  EXPECT_EQ(open_all().size(), 17u);
  add(lane("small"), 1, "small.example", "3");
  EXPECT_EQ(open_all().count("small"), 1u);
}

TEST_F(SessionSlotsTest, ASessionGivesWayToMailAtAnotherSiteOfItsGroup) {
  const auto site = [&](const std::string& name) -> Lane& { return lane_of("big", name, 2); };
  for (int i = 0; i < 5; ++i) add(site("bulk" + std::to_string(i)), 50, "bulk.example", "1");
  open_all();
  Group& group = site("bulk0").group;
  EXPECT_EQ(group.sessions, 2u);
  const Flow& bulk = *site("bulk0").queue.next_flow();
  EXPECT_FALSE(SessionSlots::should_give_way(group, bulk, 10, start));  // only its own mail waits
  add(site("bulk0"), 1, "small.example", "2");                          // it gets its turn there
  EXPECT_FALSE(SessionSlots::should_give_way(group, bulk, 10, start));
  add(site("small"), 1, "small.example", "2");
  EXPECT_FALSE(SessionSlots::should_give_way(group, bulk, 9, start));
  EXPECT_TRUE(SessionSlots::should_give_way(group, bulk, 10, start));
  EXPECT_FALSE(SessionSlots::should_give_way(group, *site("small").queue.next_flow(), 10, start));
  add(site("reset"), 1, "bulk.example", "1", store::Priority::transactional);
  EXPECT_TRUE(SessionSlots::should_give_way(group, bulk, 9, start));
  EXPECT_FALSE(SessionSlots::should_give_way(group, bulk, 0, start));
  group.leaving = 1;  // somebody does already
  EXPECT_FALSE(SessionSlots::should_give_way(group, bulk, 9, start));
  EXPECT_FALSE(SessionSlots::should_give_way(group, bulk, 10, start));
  group.leaving = 0;
  --group.sessions;  // not connections, but the rate of the group keeps it back
  EXPECT_FALSE(SessionSlots::should_give_way(group, bulk, 9, start));
  ++group.sessions;
  slots->forget(site("reset"));
  slots->forget(site("small"));
  EXPECT_FALSE(SessionSlots::should_give_way(group, bulk, 10, start));
}

TEST_F(SessionSlotsTest, SomeSlotsAreForTransactionalMailAlone) {
  slots = std::make_unique<SessionSlots>(20);
  for (int account = 0; account < 50; ++account) {
    add(lane("bulk" + std::to_string(account)), 1, "bulk.example", std::to_string(account));
  }
  EXPECT_EQ(open_all().size(), 18u);
  add(lane("reset"), 1, "bulk.example", "1", store::Priority::transactional);
  EXPECT_EQ(open_all().count("reset"), 1u);
}

TEST_F(SessionSlotsTest, AForgottenLaneIsNeverNext) {
  Lane& one = lane("a");
  add(one, 1);
  slots->forget(one);
  EXPECT_EQ(slots->next(), nullptr);
  Lane& paused = lane("b");
  paused.group.limit.throttled(start);
  add(paused, 1);
  slots->forget(paused);
  EXPECT_EQ(slots->next_opening(start), std::nullopt);
}

}  // namespace
}  // namespace sesame::delivery
