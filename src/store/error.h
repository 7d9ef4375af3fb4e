// store/error.h: why a store operation did not happen.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "net/task.h"

namespace sesame::store {

enum class StoreErrc {
  not_found,       // no such row
  already_exists,  // the key is taken; nothing was changed
  conflict,        // the row changed since it was read (version); read again and decide anew
  full,            // disk or configured limit; the caller answers 452 / 429 and nothing was stored
  unavailable,     // the engine failed or is stopping; nothing is known to be stored
  corrupt,         // a row cannot be read back (damage, or a secret sealed with another key)
};

struct StoreError {
  StoreErrc code = StoreErrc::unavailable;
  std::string detail;  // for the log
};

std::string_view name(StoreErrc code);

template <class T>
using StoreResult = Result<T, StoreError>;
// Every operation: durable when it has returned without error; resumes on the caller's executor.
template <class T>
using StoreTask = net::Task<StoreResult<T>>;

}  // namespace sesame::store
