#include "store/sqlite/queue_store.h"

#include "store/testing/queue_conformance.h"
#include "store/testing/temp_stores.h"

namespace sesame::store {

INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, QueueConformance, TempStores);

namespace sqlite {
namespace {

std::string query_plan(Database& db, Sql explained) {
  Query query(db, explained);
  std::string plan;
  while (query.step()) plan += query.text(3) + "\n";
  return plan;
}

// The two ranges of LeaseTable::search.
TEST(SqliteQueueStore, LeasingReadsOnlyTheNarrowIndex) {
  TempStores temp;
  temp.close();
  Database db(temp.directory() / "queue.db", {});
  EXPECT_EQ(query_plan(db,
                       "explain query plan select next_attempt, recipient_id from recipients where next_attempt = ?1 "
                       "and recipient_id > ?2 and next_attempt <= ?3 order by recipient_id"),
            "SEARCH recipients USING COVERING INDEX recipients_due (next_attempt=? AND rowid>?)\n");
  EXPECT_EQ(query_plan(db,
                       "explain query plan select next_attempt, recipient_id from recipients where next_attempt > ?1 "
                       "and next_attempt <= ?2 order by next_attempt, recipient_id"),
            "SEARCH recipients USING COVERING INDEX recipients_due (next_attempt>? AND next_attempt<?)\n");
}

std::size_t content_files(const TempStores& temp) {
  const std::filesystem::directory_iterator files(temp.directory() / "contents");
  return static_cast<std::size_t>(std::distance(begin(files), end(files)));
}

TEST(SqliteQueueStore, LargeContentsAreInFilesForAsLongAsTheirMessageIsQueued) {
  TempStores temp;
  const auto enqueue = [&](const std::string& id, std::size_t octets) {
    NewMessage message = sample_message(id, {"a@example.net"});
    message.content = std::string(octets, id.back());
    return net::run_task(temp.stores.queue->enqueue(std::move(message), {})).value();
  };
  enqueue("m1", 8'191);
  EXPECT_EQ(content_files(temp), 0u);
  const QueueId bounced = enqueue("m2", 8'192), dropped = enqueue("m3", 2 << 20);
  EXPECT_EQ(content_files(temp), 1u);
  temp.reopen();
  EXPECT_EQ(*net::run_task(temp.stores.queue->content(bounced)).value(), std::string(8'192, '2'));
  EXPECT_EQ(*net::run_task(temp.stores.queue->content(dropped)).value(), std::string(2 << 20, '3'));

  EXPECT_EQ(net::run_task(temp.stores.queue->drop(dropped, from_unix_ms(0), "why", {})).value(), 1u);
  EXPECT_EQ(content_files(temp), 1u);
  for (const DueRecipient& due : net::run_task(temp.stores.queue->lease_due(Time::max(), 9)).value()) {
    const RecipientOutcome outcome{.recipient_id = due.recipient_id, .state = RecipientState::bounced};
    ASSERT_TRUE(net::run_task(temp.stores.queue->record_outcomes({outcome}, {})));
  }
  EXPECT_EQ(content_files(temp), 0u);
}

// Rows straight into the tables: enqueueing as many through the store would take the time of the whole suite.
void fill_with_recipients_due_at_once(Database& db, int count) {
  Query(db,
        "with recursive n(i) as (select 1 union all select i + 1 from n where i < ?1) "
        "insert into recipients (queue_id, forward_path, state, next_attempt, attempts) "
        "select i, 'r@example.net', 0, 1000, 0 from n",
        count)
      .run();
}

TEST(LeaseTable, WalksOverTheLeasedOnceOnly) {
  TempStores temp;
  temp.close();
  Database db(temp.directory() / "queue.db", {});
  db.execute("begin immediate");
  fill_with_recipients_due_at_once(db, 100000);
  LeaseTable table;
  RecipientId last = 0;
  for (int i = 0; i < 1000; ++i) {
    const auto leased = table.lease(db, from_unix_ms(1000), 100);
    ASSERT_EQ(leased.size(), 100u);
    EXPECT_EQ(leased.front(), last + 1);
    last = leased.back();
  }
  EXPECT_EQ(table.size(), 100000u);
  EXPECT_TRUE(table.lease(db, from_unix_ms(1000), 100).empty());
  table.release(db, {50000});
  EXPECT_EQ(table.lease(db, from_unix_ms(1000), 100), (std::vector<RecipientId>{50000}));
  db.execute("rollback");
}

}  // namespace
}  // namespace sqlite
}  // namespace sesame::store
