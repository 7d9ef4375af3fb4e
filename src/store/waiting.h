// store/waiting.h: the operations that wait for a database.
#pragma once

#include <cstddef>

namespace sesame::store {

// Beyond the most of either, one that comes is refused with StoreErrc::full.
struct WaitingLine {
  std::size_t operations = 0, most_operations = 0;
  std::size_t octets = 0, most_octets = 0;  // what they carry; reads carry none
};

struct WaitingOperations {
  WaitingLine writes;  // for the log
  WaitingLine reads;
};

}  // namespace sesame::store
