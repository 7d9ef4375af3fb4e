#include "store/testing/temp_stores.h"

#include <stdexcept>

namespace sesame::store {

TempStores::TempStores() : sealer_(Secret(std::string(32, 'k')), random_) { reopen(); }

void TempStores::reopen() {
  close();
  auto opened = open_stores("sqlite:" + directory_.path().string(), sealer_);
  if (!opened) throw std::runtime_error(opened.error());
  stores = std::move(*opened);
}

}  // namespace sesame::store
