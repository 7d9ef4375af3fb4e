#include "store/sqlite/session_store.h"

#include "store/testing/session_conformance.h"
#include "store/testing/temp_stores.h"

namespace sesame::store {

INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, SessionConformance, TempStores);

}  // namespace sesame::store
