#include "delivery/batch_queue.h"

#include <gtest/gtest.h>

namespace sesame::delivery {
namespace {

class BatchQueueTest : public testing::Test {
 protected:
  void add(store::QueueId queue_id, const std::string& identity = "a.example", const std::string& account = "1",
           store::Priority priority = store::Priority::ordinary, const std::string& domain = "example.net") {
    store::DueRecipient recipient;
    recipient.queue_id = queue_id;
    recipient.account_id = account;
    recipient.identity = identity;
    recipient.priority = priority;
    recipient.accepted = from_unix_ms(queue_id);
    Flow& flow = flows.of(recipient);
    ++flow.held;
    queue.add(std::move(recipient), domain, flow);
  }
  std::string order(std::size_t batches) {
    std::string identities;
    for (std::size_t i = 0; i < batches; ++i) {
      const auto batch = queue.take();
      if (batch) identities += batch->message().identity.front();
    }
    return identities;
  }

  Flows flows;
  BatchQueue queue;
};

TEST_F(BatchQueueTest, OnlyRecipientsOfOneMessageAndDomainShareATransactionUpToTheLimit) {
  for (std::size_t i = 0; i < max_recipients_per_transaction + 1; ++i) {
    add(1);
    add(1, "a.example", "1", store::Priority::ordinary, "example.org");
  }
  add(2);
  EXPECT_EQ(queue.batches(), 5u);
  EXPECT_EQ(queue.recipients(), 2 * max_recipients_per_transaction + 3);
  std::optional<Batch> first = queue.take();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->recipients.size(), max_recipients_per_transaction);
  EXPECT_EQ(first->domain, "example.net");
  queue.put_back(std::move(*first));
  first = queue.take();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->recipients.size(), max_recipients_per_transaction);
  EXPECT_EQ(queue.take_all().size(), 4u);
  EXPECT_FALSE(queue.take());
  EXPECT_EQ(queue.recipients(), 0u);
}

TEST_F(BatchQueueTest, IdentitiesOfAnAccountTakeTurnsHoweverMuchOneHas) {
  for (store::QueueId id = 1; id <= 1000; ++id) add(id, "bulk.example");
  order(10);
  add(2000, "reset.example");
  EXPECT_LE(order(3).find('r'), 1u);
}

TEST_F(BatchQueueTest, AccountsTakeTurnsHoweverManyIdentitiesOneHas) {
  for (store::QueueId id = 1; id <= 100; ++id) add(id, "a" + std::to_string(id % 10), "1");
  for (store::QueueId id = 1; id <= 100; ++id) add(1000 + id, "b", "2");
  const std::string served = order(40);
  EXPECT_EQ(std::count(served.begin(), served.end(), 'b'), 20);
}

TEST_F(BatchQueueTest, TransactionalMailOfTheSameIdentityGoesFirstAndStarvesNobody) {
  for (store::QueueId id = 1; id <= 100; ++id) add(id, "news");
  for (store::QueueId id = 1; id <= 100; ++id) add(1000 + id, "reset", "1", store::Priority::transactional);
  const std::string served = order(90);
  EXPECT_EQ(served.front(), 'r');
  EXPECT_EQ(std::count(served.begin(), served.end(), 'n'), 10);
}

TEST_F(BatchQueueTest, KnowsItsNextFlowAndItsOldestMessage) {
  EXPECT_EQ(queue.next_flow(), nullptr);
  EXPECT_EQ(queue.oldest(), std::nullopt);
  add(7);
  add(5, "b.example");
  EXPECT_EQ(queue.next_flow()->identity, "a.example");
  EXPECT_EQ(queue.recipients_of(*queue.next_flow()), 1u);
  EXPECT_EQ(queue.oldest(), from_unix_ms(5));
}

TEST(DestinationOf, IsWhatFollowsTheLastAtSignInLowerCase) {
  EXPECT_EQ(destination_of("\"a@b\"@Example.NET"), "example.net");
  EXPECT_EQ(destination_of("nobody"), "");
}

}  // namespace
}  // namespace sesame::delivery
