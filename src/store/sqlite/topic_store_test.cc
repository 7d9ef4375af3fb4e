#include "store/sqlite/topic_store.h"

#include "store/testing/temp_stores.h"
#include "store/testing/topic_conformance.h"

namespace sesame::store {

INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, TopicConformance, TempStores);

}  // namespace sesame::store
