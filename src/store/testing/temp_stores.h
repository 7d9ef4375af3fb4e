// store/testing/temp_stores.h: real stores in a directory of their own that goes with the object.
//
//   TempStores temp;
//   run_task(temp.stores.control->put_account(account));
//   temp.reopen();  // what was committed is still there
#pragma once

#include <filesystem>

#include "base/random.h"
#include "base/testing/temp_directory.h"
#include "store/open.h"

namespace sesame::store {

class TempStores {
 private:
  TempDirectory directory_;
  SecureRandom random_;
  Sealer sealer_;

 public:
  TempStores();   // throws std::runtime_error if the stores cannot be opened
  void reopen();  // closes and opens again; no operation may be under way
  void close() { stores = {}; }

  const std::filesystem::path& directory() const { return directory_.path(); }
  const Sealer& sealer() const { return sealer_; }

  Stores stores;
};

}  // namespace sesame::store
