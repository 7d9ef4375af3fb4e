#include "store/sqlite/campaign_store.h"

#include "store/testing/temp_stores.h"
#include "store/testing/template_conformance.h"

namespace sesame::store {

INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, TemplateConformance, TempStores);

}  // namespace sesame::store
