#include "store/testing/pause_conformance.h"
#include "store/testing/temp_stores.h"

namespace sesame::store {

INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, PauseConformance, TempStores);

}  // namespace sesame::store
