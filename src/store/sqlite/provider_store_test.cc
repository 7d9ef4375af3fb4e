#include "store/sqlite/provider_store.h"

#include "store/testing/provider_conformance.h"
#include "store/testing/temp_stores.h"

namespace sesame::store {

INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, ProviderConformance, TempStores);

}  // namespace sesame::store
