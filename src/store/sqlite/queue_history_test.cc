#include "store/testing/queue_history_conformance.h"
#include "store/testing/temp_stores.h"

namespace sesame::store {

INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, QueueHistoryConformance, TempStores);

}  // namespace sesame::store
