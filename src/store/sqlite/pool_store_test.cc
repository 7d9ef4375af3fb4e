#include "store/testing/pool_conformance.h"
#include "store/testing/temp_stores.h"

namespace sesame::store {

INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, PoolConformance, TempStores);

}  // namespace sesame::store
