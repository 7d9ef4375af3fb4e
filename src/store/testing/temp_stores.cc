#include "store/testing/temp_stores.h"

#include <cstdlib>
#include <stdexcept>

namespace sesame::store {

TempDirectory::TempDirectory() {
  std::string name = (std::filesystem::temp_directory_path() / "sesame-store-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make a directory like " + name);
  path_ = name;
}

TempDirectory::~TempDirectory() {
  std::error_code ignored;  // a leftover in the temporary directory is no reason to fail a test
  std::filesystem::remove_all(path_, ignored);
}

TempStores::TempStores() : sealer_(Secret(std::string(32, 'k')), random_) { reopen(); }

void TempStores::reopen() {
  close();
  auto opened = open_stores("sqlite:" + directory_.path().string(), sealer_);
  if (!opened) throw std::runtime_error(opened.error());
  stores = std::move(*opened);
}

}  // namespace sesame::store
