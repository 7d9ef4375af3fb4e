#include "store/sqlite/outbox.h"

#include "store/testing/outbox_conformance.h"
#include "store/testing/temp_stores.h"

namespace sesame::store {

INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, OutboxConformance, TempStores);

namespace sqlite {
namespace {

// The cost of finding work must follow the work, not what waits behind it.
TEST(SqliteOutbox, QuestionsOfTheLanesUseTheirIndexes) {
  TempStores temp;
  temp.close();
  Database db(temp.directory() / "queue.db", {});
  Query plan(db,
             "explain query plan select entry_id from outbox o where o.destination = 'd' and o.dead = 0 "
             "and o.next_attempt <= 5 and not exists (select 1 from outbox b where b.destination = o.destination "
             "and b.dead = 0 and b.order_key = o.order_key and b.entry_id < o.entry_id) "
             "order by o.next_attempt, o.entry_id limit 3");
  std::string text;
  while (plan.step()) text += plan.text(3) + "\n";
  EXPECT_THAT(text, testing::HasSubstr("outbox_waiting (destination=? AND next_attempt<?)"));
  EXPECT_THAT(text, testing::HasSubstr("outbox_by_order_key (destination=? AND order_key=? AND rowid<?)"));
  EXPECT_THAT(text, testing::Not(testing::HasSubstr("TEMP B-TREE")));
}

}  // namespace
}  // namespace sqlite
}  // namespace sesame::store
