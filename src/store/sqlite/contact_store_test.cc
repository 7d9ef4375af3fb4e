#include "store/sqlite/contact_store.h"

#include "store/testing/contact_conformance.h"
#include "store/testing/temp_stores.h"

namespace sesame::store {

INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, ContactConformance, TempStores);

}  // namespace sesame::store
